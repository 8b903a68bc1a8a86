import { addressesOf } from '../../federation/addresses.ts';
import type { Item } from '../setup/checklist.ts';
import type { LiveSite } from '../setup/live-site.ts';
import { shownUtc } from '../times.ts';
import { countsText } from './move-state.ts';
import type { ToldActivity } from './told-moves.ts';

/** All that was found out about a blog on its way to another domain. */
export interface DomainFacts {
  readonly from: string;
  readonly to: string;
  /** As it will be. */
  readonly handle: string;
  readonly dataFolder: string;
  readonly hasPrivateKeys: boolean;
  /** Whether the profile names the old account in `alsoKnownAs`, and whom in `movedTo`. */
  readonly alsoKnownAs: boolean;
  movedTo: string | undefined;
  /** What answers at the new origin. */
  readonly site: LiveSite;
  /** Why the new actor cannot be read; undefined when it can. */
  readonly newActor: string | undefined;
  /** Whether the live new actor names the old one. */
  readonly isWelcome: boolean;
  /** Whether the live old actor says that it moved. */
  readonly isMoveLive: boolean;
  /** Whether the store on this machine is that of the old origin. */
  readonly isOldHere: boolean;
  readonly move?: ToldActivity;
}

/** Gives the way to another domain, in its order, with what is done of it. */
export function domainChecklist(facts: DomainFacts): Item[] {
  const { from, to } = facts;
  const { actor: old } = addressesOf(from);
  const { actor: next } = addressesOf(to);
  return [
    item('named', facts.alsoKnownAs, `The profile names the old account: ${old}`, []),
    item(
      'second',
      facts.site.page.ok && facts.newActor === undefined,
      `${to} is built from this repository`,
      second(facts),
    ),
    item('found', facts.site.webfinger.ok, `WebFinger finds ${facts.handle}`, [
      'With the new deployment it does. Follow it from some account, to see that it takes followers.',
    ]),
    item('welcome', facts.isWelcome, 'The new account says that the old one is yours', [
      `Publish ${to} with this content/profile.md: its actor shall have ${old} in alsoKnownAs.`,
    ]),
    item('written', facts.movedTo === next, `The profile says where the old account moves: ${next}`, [
      'This command writes it once the step before is done. One profile serves both: what it says of the account that is built is left out there.',
    ]),
    item('moves', facts.isMoveLive, `The live actor of ${from} says so`, tell(facts)),
    told(facts),
    {
      id: 'stays',
      state: 'unknown',
      text: `${from} stays up, for as long as you can`,
      todo: [
        'Its ids keep answering, and its pages lead readers on to the new ones.',
        'Posts keep their old ids there, and have new ones here: replies and likes of before stay with the old.',
        `To have the profile say the new origin, first set POSTERN_ORIGIN=${from} where the old one is built.`,
      ],
    },
  ];
}

function item(id: string, isDone: boolean, text: string, todo: readonly string[]): Item {
  return { id, state: isDone ? 'done' : 'open', text, todo: isDone ? [] : todo };
}

function second({ to, dataFolder, hasPrivateKeys, site, newActor }: DomainFacts): string[] {
  const saw = site.page.ok ? newActor : site.page.saw;
  // Inside of the folder that git ignores: private keys are in it.
  const folder = `${dataFolder}/${new URL(to).hostname}`;
  return [
    ...(saw === undefined ? [] : [`Now ${to} ${site.page.ok ? `has no actor that can be read: ${saw}` : saw}.`]),
    'On a machine of your own, a second server beside the first, with the same keys:',
    `  mkdir -m 700 ${folder}`,
    `  cp -p ${dataFolder}/keys.json ${dataFolder}/owner.json ${folder}/`,
    `  POSTERN_ORIGIN=${to} \\`,
    `  POSTERN_DATA=${folder} PORT=4322 npm start`,
    'At Netlify, a second site of the same repository, with these variables for Production:',
    `  POSTERN_ORIGIN        ${to}`,
    `  POSTERN_PRIVATE_KEYS  ${hasPrivateKeys ? `all that is in ${dataFolder}/keys.json` : 'as the first site has it'}`,
  ];
}

function tell({ from, isOldHere }: DomainFacts): string[] {
  if (isOldHere) return [`As ${from}, so with the settings that it always had:`, `  ${CONFIRM}`];
  return [
    'Commit and push, so that the old site is deployed; then give your word for it:',
    `  npm run publish -- --at ${from} --confirm account-move`,
  ];
}

const CONFIRM = 'npm run publish -- --confirm account-move';

function told({ from, isOldHere, move }: DomainFacts): Item {
  const text = move
    ? `The Move was told at ${shownUtc(move.at)}: ${countsText(move.counts)}`
    : 'The followers are told by a Move';
  if (move) return { id: 'told', state: 'done', text, todo: [] };
  if (isOldHere) return { id: 'told', state: 'open', text, todo: ['It goes out with the publish above.'] };
  return { id: 'told', state: 'unknown', text, todo: [`  npm run move -- --at ${from}`] };
}
