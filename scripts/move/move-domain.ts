import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkOrigin, type Settings } from '../../build/settings.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { PosternError } from '../../server/errors.ts';
import { printJson, shownPath } from '../command.ts';
import { namedOrigin } from '../named-origin.ts';
import { withSending } from '../sending-access.ts';
import { lookAtSite } from '../setup/live-site.ts';
import { checklistLines } from '../setup/print-checklist.ts';
import { lookIntoStore } from '../store-file.ts';
import { openMove } from './context.ts';
import { type DomainFacts, domainChecklist } from './domain-checklist.ts';
import { readLiveActor } from './live-actor.ts';
import { readProfile, writeProfile } from './profile-file.ts';
import { say } from './say.ts';
import { readTold } from './told-moves.ts';

interface DomainOptions {
  readonly from?: string;
  readonly json?: true;
}

/**
 * Leads through a move to another domain. Ids are addresses, so it is a Move between two accounts of one repository: both are
 * built from the same content, the new one as `POSTERN_ORIGIN` says. Writes into the profile what is due, and looks what is done.
 */
export async function moveDomain(typed: string, options: DomainOptions): Promise<void> {
  const { settings, profile, origin: own } = openMove();
  const to = readOrigin(typed, settings);
  const from =
    options.from === undefined ? oldOrigin(own, to, profile.alsoKnownAs) : readOrigin(options.from, settings);
  if (from === to) {
    throw new PosternError('not-an-origin', `The blog is at ${to} already.`, {
      hint: 'Name the origin to which it moves; --from says which it was, once the profile has the new one.',
      facts: { to },
    });
  }
  const accounts = { from: addressesOf(from).actor, to: addressesOf(to).actor };
  if (!profile.alsoKnownAs.includes(accounts.from)) {
    await writeProfile(settings, { alsoKnownAs: [...profile.alsoKnownAs, accounts.from] });
    if (!options.json) say('wrote', `alsoKnownAs: ${accounts.from} into content/profile.md`);
  }
  const facts = await gatherFacts(settings, { from, to });
  // Only now: before that servers would refuse it, and not ask again.
  if (facts.isWelcome && facts.movedTo !== accounts.to) {
    await writeProfile(settings, { movedTo: accounts.to });
    facts.movedTo = accounts.to;
    if (!options.json) say('wrote', `movedTo: ${accounts.to} into content/profile.md`);
  }
  const items = domainChecklist(facts);
  const again = `npm run move -- domain ${to}${options.from === undefined ? '' : ` --from ${from}`}`;
  if (options.json) printJson({ from, to, items });
  else for (const line of checklistLines(items, again)) console.log(line);
}

async function gatherFacts(settings: Settings, { from, to }: { from: string; to: string }) {
  const allowPrivate = settings.allowPrivateAddresses;
  const [old, next] = [addressesOf(from), addressesOf(to)];
  const profile = readProfile(settings);
  const [site, oldActor, newActor, told] = await Promise.all([
    lookAtSite(settings, { origin: to, username: profile.username }),
    readLiveActor(old.actor, { allowPrivate }),
    readLiveActor(next.actor, { allowPrivate }),
    toldHere(settings, old.actor),
  ]);
  const move = told?.find(({ type }) => type === 'Move');
  return {
    from,
    to,
    handle: `@${profile.username}@${next.host}`,
    dataFolder: shownPath(settings.dataFolder),
    hasPrivateKeys: existsSync(join(settings.dataFolder, 'keys.json')),
    alsoKnownAs: profile.alsoKnownAs.includes(old.actor),
    movedTo: profile.movedTo,
    site,
    newActor: newActor.kind === 'read' ? undefined : newActor.why,
    isWelcome: newActor.kind === 'read' && newActor.alsoKnownAs.includes(old.actor),
    isMoveLive: oldActor.kind === 'read' && oldActor.movedTo === next.actor,
    isOldHere: told !== undefined,
    ...(move ? { move } : {}),
  } satisfies DomainFacts;
}

/** What the store here was told with, when it is of the old origin; undefined when it is not. */
async function toldHere(settings: Settings, actor: string) {
  const known = await lookIntoStore(settings, async (store) => (await store.ledger.head())?.actor.id);
  if (known !== actor) return undefined;
  return withSending(undefined, ({ sending }) => readTold(sending, actor));
}

/** The profile says where the blog is; once that is the new origin, the account that it was says where it came from. */
function oldOrigin(own: string, to: string, alsoKnownAs: readonly string[]): string {
  if (own !== to) return own;
  const before = alsoKnownAs
    .map((id) => new URL(id).origin)
    .find((origin) => alsoKnownAs.includes(addressesOf(origin).actor));
  return before ?? to;
}

function readOrigin(value: string, { allowPrivateAddresses }: Settings): string {
  const checked = checkOrigin(namedOrigin(value), allowPrivateAddresses);
  if (checked.ok) return checked.origin;
  throw new PosternError('not-an-origin', `${checked.message}.`, {
    hint: 'Write an origin such as https://new.example.',
    facts: { value },
  });
}
