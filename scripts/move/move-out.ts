import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { DAY } from '../../federation/dates.ts';
import { PosternError } from '../../server/errors.ts';
import { count } from '../command.ts';
import { withSending } from '../sending-access.ts';
import { lookIntoStore } from '../store-file.ts';
import { shownUtc } from '../times.ts';
import { type MoveContext, openMove } from './context.ts';
import { findAccount, type OtherAccount } from './other-account.ts';
import { writeProfile } from './profile-file.ts';
import { more, next, say } from './say.ts';
import { kindOf } from './server-kinds.ts';
import { readTold } from './told-moves.ts';

export interface MoveOutOptions {
  readonly at?: string;
  readonly anyway?: true;
}

/** Mastodon and GoToSocial take no Move of an account that moved within this time. */
export const COOL_DOWN = 7 * DAY;

/** Sends the followers to another account: sees that it takes them, names it in the profile, and shows what would be told. */
export async function moveOut(target: string, options: MoveOutOptions): Promise<void> {
  const context = openMove();
  const account = await findAccount(target, context);
  say('found', `${account.handle}, ${account.id}`);
  assertWelcome(account, context);
  say('ok', `it names ${context.actor} in its alsoKnownAs`);
  if (!options.anyway) await assertCooled(context, options.at);
  if (await writeProfile(context.settings, { movedTo: account.id })) {
    say('wrote', `movedTo: ${account.id} into content/profile.md`);
  } else say('ok', 'content/profile.md names it in movedTo');
  await showPlan(options.at);
  const at = options.at === undefined ? '' : `--at ${options.at} `;
  next(`npm run publish -- ${at}--confirm account-move`);
  more(
    'tells it, and cannot be taken back: followers whose servers believe it go to the other account within minutes to days. ' +
      'Until then nobody is told: npm run move -- undo. On Netlify commit and push content/profile.md first.',
  );
}

function assertWelcome(account: OtherAccount, context: MoveContext): void {
  const { id, handle, movedTo, alsoKnownAs, software } = account;
  if (id === context.actor) {
    throw new PosternError('own-account', `${handle} is this blog itself; nothing was changed.`, {
      hint: 'Name the account that you go to, such as @mara@social.example.',
      facts: { id },
    });
  }
  if (movedTo !== undefined) {
    throw new PosternError('moved-elsewhere', `${handle} has itself moved, to ${movedTo}; nothing was changed.`, {
      hint: 'Name that account, or take the move back at its server.',
      facts: { id, movedTo },
    });
  }
  if (alsoKnownAs.includes(context.actor)) return;
  const kind = kindOf(software);
  const how = kind.welcome(context).map((line, index) => `  ${index + 1}. ${line}`);
  throw new PosternError(
    'not-welcome',
    `${handle} does not say that this blog is yours too, so servers would believe no move; nothing was changed.`,
    {
      hint: `At ${new URL(id).host} (${kind.name}):\n${how.join('\n')}\nThen the same command again.`,
      facts: { id },
    },
  );
}

/** A second Move so soon is refused by those who took the first: their followers stay where they are. */
async function assertCooled({ actor, settings }: MoveContext, at: string | undefined): Promise<void> {
  const told =
    at === undefined && (await lookIntoStore(settings, async () => true)) === undefined ? [] : await lookUp();
  const last = told.find(({ type }) => type === 'Move');
  if (last === undefined || Date.now() - last.at >= COOL_DOWN) return;
  throw new PosternError(
    'too-soon',
    `A Move was told at ${shownUtc(last.at)}: Mastodon and GoToSocial take no second one for 7 days.`,
    {
      hint: `Wait until ${shownUtc(last.at + COOL_DOWN)}. Sooner, those servers would do nothing, and not try again later; --anyway does it all the same.`,
      facts: { at: last.at },
    },
  );

  function lookUp() {
    return withSending(at, ({ sending }) => readTold(sending, actor));
  }
}

/** The plan as it is: what is told, to how many, and what is held. */
async function showPlan(at: string | undefined): Promise<void> {
  console.log('');
  const args = ['plan', ...(at === undefined ? [] : ['--against', at])];
  const run = fileURLToPath(new URL('../run.mjs', import.meta.url));
  const child = spawn(process.execPath, [run, ...args], { stdio: 'inherit' });
  const code = await new Promise<number | null>((done, fail) => child.on('error', fail).on('close', done));
  if (code !== 0) {
    throw new PosternError('build-failed', 'The plan could not be made; nobody was told of the move.', {
      hint: 'Correct what is said above, then: npm run plan. Until it is told, npm run move -- undo takes movedTo out again.',
      facts: { code },
    });
  }
  console.log('');
}

/** Takes `movedTo` out of the profile, and says what that does. */
export async function undoMove(options: { readonly at?: string }): Promise<void> {
  const context = openMove();
  const { movedTo } = context.profile;
  if (movedTo === undefined) {
    say('same', 'content/profile.md has no movedTo: there is nothing to take back', pc.dim);
    return;
  }
  const told = await withSending(options.at, ({ sending }) => readTold(sending, context.actor)).catch(
    (error: unknown) => {
      if (error instanceof PosternError && error.code === 'no-store') return [];
      throw error;
    },
  );
  await writeProfile(context.settings, { movedTo: undefined });
  say('took', `movedTo: ${movedTo} out of content/profile.md`);
  const move = told.find(({ type }) => type === 'Move');
  if (!move) {
    more('No Move was told, so nobody has heard of it, and everything is as it was before.');
    return;
  }
  const { delivered } = move.counts;
  more(`The Move of ${shownUtc(move.at)} reached ${count(delivered, 'server inbox', 'server inboxes')}.`);
  next('npm run publish tells that the account is no longer moved: one Update');
  more('What that does: Mastodon shows the blog as an account of its own again, and lets people follow it.');
  more('What it does not do: nobody who followed the other account comes back; they would have to follow anew.');
  more(`To move again, to whichever account, wait until ${shownUtc(move.at + COOL_DOWN)}.`);
}
