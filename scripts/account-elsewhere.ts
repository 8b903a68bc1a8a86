import pc from 'picocolors';
import { readSettings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';
import type { OwnerAccount } from '../server/owner-account.ts';
import { confirmDeletion, otherHandle, tellDeletion } from './account-deletion.ts';
import { type AccountShown, stateOf, tellAccount } from './account-view.ts';
import { count, printJson } from './command.ts';
import { openRemote } from './owner-access.ts';
import { printable } from './printable.ts';
import { openRemoteAccount } from './remote-account.ts';
import { createSendingCall } from './remote-sending.ts';

/** Its store is on another machine, and only there or with a token of its host is it read whole. */
const EXPORT_FIRST = 'To take all of it along first: npm run export there; of Netlify with --netlify';

interface Elsewhere {
  readonly at: string;
  readonly json?: true;
}

/** Shows the account of a blog that runs at `at`. */
export async function showElsewhere({ at, json }: Elsewhere): Promise<void> {
  const { account, origin } = await open(at);
  const shown = await shownBy(account);
  if (!shown) {
    if (json) printJson({ state: 'not-begun' });
    else console.log(`No account yet: the blog at ${origin} has not begun to federate.`);
    return;
  }
  if (json) return printJson(shown);
  tellAccount(shown);
  const { state } = shown;
  if (state === 'deleted') console.log(pc.dim(`next  ${untilGone(origin)}`));
  if (state === 'gone') console.log(pc.dim(`next  ${onceGone()}`));
}

/** Deletes the account of a blog that runs at `at`; whatever runs there tells the network. */
export async function deleteElsewhere({ at, json, yes }: Elsewhere & { readonly yes?: string }): Promise<void> {
  const { account, origin } = await open(at);
  const planned = await account.account();
  if (!planned) throw notBegun(origin);
  if (planned.gone !== undefined) {
    if (json) return printJson({ ...planned, state: 'gone' });
    console.log(`${printable(planned.handle)} is gone since ${planned.gone}: nobody is left to be told.`);
    return console.log(pc.dim(`next  ${onceGone()}`));
  }
  let typed = planned.handle;
  if (planned.deleted === undefined) {
    if (!json) {
      tellDeletion(planned);
      console.log(`  ${EXPORT_FIRST}`);
    }
    typed = await confirmDeletion(planned.handle, yes, ` --at ${origin}`);
  }
  const ended = await account.deleteAccount(typed);
  if (ended.kind === 'not-begun') throw notBegun(origin);
  if (ended.kind === 'not-confirmed') throw otherHandle(typed, ended.handle);
  const { handle, activityId, deleted, gone, pending } = ended;
  if (json) return printJson({ handle, activityId, deleted, state: gone ? 'gone' : 'deleted', pending });
  const told = gone
    ? 'everybody who knew it was told'
    : `${count(pending, 'inbox is', 'inboxes are')} still to be told`;
  console.log(`${pc.green('deleted')} ${printable(handle)}: ${told}`);
  console.log(pc.dim(`next  ${gone ? onceGone() : untilGone(origin)}`));
}

async function open(at: string): Promise<{ account: OwnerAccount; origin: string }> {
  const remote = await openRemote(readSettings(process.env, process.cwd()), at);
  return { account: openRemoteAccount(createSendingCall(remote)), origin: remote.origin };
}

async function shownBy(account: OwnerAccount): Promise<AccountShown | undefined> {
  const found = await account.account();
  if (!found) return undefined;
  const { handle, actor, since, followers, deleted, gone } = found;
  const when = { ...(deleted ? { deleted } : {}), ...(gone ? { gone } : {}) };
  return { state: stateOf(when), handle, actor, since, followers, ...when };
}

function untilGone(origin: string): string {
  return `the blog there tells them by itself and tries again for three days; npm run account -- --at ${origin} says when it is gone`;
}

/** Nothing is deployed by this command: what a host builds, and when, is the owner's. */
function onceGone(): string {
  return 'on Netlify, deploy once more: a build leaves out actor.json and the other files of the account then, and they answer 410 too';
}

function notBegun(origin: string): PosternError {
  return new PosternError('not-begun', 'There is no account to delete: federation has not begun.', {
    hint: `Check the origin: ${origin}.`,
    facts: { origin },
  });
}
