import pc from 'picocolors';
import { PosternError } from '../../server/errors.ts';
import { count, EXIT, printJson } from '../command.ts';
import { typed } from '../sending-access.ts';
import { type MoveContext, openMove } from './context.ts';
import { type LiveActor, readLiveActor } from './live-actor.ts';
import { findAccount, type OtherAccount } from './other-account.ts';
import { writeProfile } from './profile-file.ts';
import { more, next, say, steps } from './say.ts';
import { kindOf } from './server-kinds.ts';
import { watchFollowers } from './watch-followers.ts';

export interface MoveInOptions {
  readonly check?: true;
  readonly watch?: boolean;
  readonly for?: string;
  readonly at?: string;
  readonly json?: true;
}

/**
 * Brings an account here: names it in the profile, sees that the live actor says so, tells what to press at the old server, and
 * watches the followers come. Run again at any time: it goes on where it stands.
 */
export async function moveIn(old: string, options: MoveInOptions): Promise<void> {
  const context = openMove();
  const account = await findAccount(old, context);
  assertMovable(account, context);
  const isNamed = context.profile.alsoKnownAs.includes(account.id);
  if (!isNamed && !options.check) {
    await writeProfile(context.settings, { alsoKnownAs: [...context.profile.alsoKnownAs, account.id] });
  }
  const live = await readLiveActor(context.actor, { allowPrivate: context.settings.allowPrivateAddresses });
  const isLive = live.kind === 'read' && live.alsoKnownAs.includes(account.id);
  const hasMoved = account.movedTo === context.actor;
  if (options.json) {
    printJson({ account, isNamed: isNamed || !options.check, isLive, hasMoved });
  } else {
    tellNamed(account, { isNamed, isWritten: !isNamed && !options.check });
    tellLive(live, { isLive, account, context });
  }
  if (!isLive) {
    process.exitCode = EXIT.held;
    return;
  }
  if (options.json) return;
  if (hasMoved) say('moved', `${account.handle} says that it moved to ${context.handle}`);
  else tellWhatToPress(account, context);
  const isAsked = options.watch ?? (process.stdout.isTTY === true && !options.check);
  if (isAsked) await watchFollowers(account, context, options);
  else next(`${typed(`move -- in ${account.handle} --watch`, undefined)} shows the followers come`);
}

function assertMovable({ id, handle, movedTo }: OtherAccount, { actor }: MoveContext): void {
  if (id === actor) {
    throw new PosternError('own-account', `${handle} is this blog itself.`, {
      hint: 'Name the account that you come from, such as @mara@social.example.',
      facts: { id },
    });
  }
  if (movedTo === undefined || movedTo === actor) return;
  throw new PosternError('moved-elsewhere', `${handle} has moved to ${movedTo} already; nothing was changed.`, {
    hint: 'Cancel that at its server first, as far as it lets you, or move the followers from there: name that account.',
    facts: { id, movedTo },
  });
}

function tellNamed(account: OtherAccount, { isNamed, isWritten }: { isNamed: boolean; isWritten: boolean }): void {
  say('found', `${account.handle}, ${account.id}${followersText(account)}`);
  if (isWritten) say('wrote', `alsoKnownAs: ${account.id} into content/profile.md`);
  else if (isNamed) say('ok', 'content/profile.md names it in alsoKnownAs');
  else say('open', 'content/profile.md does not name it in alsoKnownAs yet', pc.yellow);
}

function followersText({ followers, software }: OtherAccount): string {
  const parts = [
    ...(followers === undefined ? [] : [count(followers, 'follower')]),
    ...(software === undefined ? [] : [`at ${kindOf(software).name}`]),
  ];
  return parts.length === 0 ? '' : `; ${parts.join(' ')}`;
}

interface Looked {
  readonly isLive: boolean;
  readonly account: OtherAccount;
  readonly context: MoveContext;
}

function tellLive(live: LiveActor, { isLive, account, context }: Looked): void {
  const { actor, handle, profile } = context;
  if (isLive) {
    say('live', `${actor} says so, asked twice from outside`);
    if (live.kind === 'read' && live.movedTo !== undefined)
      say('note', `the blog itself says that it moved to ${live.movedTo}; then nobody follows it`, pc.yellow);
    if (profile.approves)
      say('note', 'approveFollowers is true: those who come wait for your word, one by one', pc.yellow);
    return;
  }
  const why = live.kind === 'read' ? 'it does not name that account yet' : live.why;
  say('open', `${actor} is not ready: ${why}`, pc.yellow);
  next('npm run publish puts it live; on Netlify commit content/profile.md and push. Then the same command again:');
  more(`npm run move -- in ${account.handle}`);
  more(`Only then move at the old server: it asks ${handle} at once, and refuses when that does not know it.`);
}

function tellWhatToPress(account: OtherAccount, context: MoveContext): void {
  const kind = kindOf(account.software);
  console.log(`\n${pc.bold(`What to do at ${new URL(account.id).host}`)} (${kind.name})`);
  steps(kind.leave(context));
  console.log('');
}
