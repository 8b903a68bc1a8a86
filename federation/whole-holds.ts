import { toTime } from './dates.ts';
import { confirmCommand } from './hold-text.ts';
import type { Ledger } from './ledger.ts';
import type { Manifest } from './manifest.ts';
import type { Hold, HoldCode, Plan } from './plan.ts';
import { differingIdentity } from './planned-activities.ts';

/** Holds of a build as a whole: nothing of it is sent, and it leaves no mark in the ledger. */
const WHOLE: ReadonlySet<HoldCode> = new Set(['other-origin', 'account-deleted', 'older-build', 'identity-changed']);

/** Whether a plan holds its build as a whole. */
export function isHeldWhole(plan: Pick<Plan, 'holds'>): boolean {
  return plan.holds.some(({ code }) => WHOLE.has(code));
}

/**
 * Gives the holds that concern a build as a whole; none when it may be published.
 *
 * `other-origin`: the ledger belongs to another origin (invariant 4). `account-deleted`: the account is no more. Nothing
 * releases these two. `older-build`: the build's commit is older than the newest that was applied, as after a rollback
 * of a deploy; a build that says the same as the one that the owner published last is none, nor one that does not say
 * where it comes from. `identity-changed`: other servers know the actor under another name or key. Never fails.
 */
export function holdWhole(manifest: Manifest, ledger: Ledger, confirm: ReadonlySet<string>): Hold[] {
  if (manifest.origin !== ledger.origin) return [otherOrigin(manifest, ledger)];
  if (ledger.actor.deleted !== undefined) return [accountDeleted(ledger, ledger.actor.deleted)];
  const holds: Hold[] = [];
  if (isOlder(manifest, ledger) && !confirm.has('older-build')) holds.push(olderBuild(manifest, ledger));
  const { username, keys } = differingIdentity(manifest, ledger);
  const isConfirmed = confirm.has('identity-changed') || confirm.has(ledger.actor.id);
  if ((username || keys) && !isConfirmed) holds.push(identityChanged(manifest, ledger, { username, keys }));
  return holds;
}

function otherOrigin(manifest: Manifest, ledger: Ledger): Hold {
  return {
    code: 'other-origin',
    ids: [],
    why: `the build is for ${manifest.origin}, but what was sent so far was sent as ${ledger.origin}`,
    release: `build with POSTERN_ORIGIN=${ledger.origin}, or give ${manifest.origin} a data folder of its own with POSTERN_DATA`,
  };
}

function accountDeleted(ledger: Ledger, deleted: string): Hold {
  return {
    code: 'account-deleted',
    ids: [],
    why: `the account ${ledger.actor.id} was deleted from the network at ${deleted}, and other servers take nothing from it any more`,
    release: 'nothing releases this; a blog that starts anew needs another origin and a data folder of its own',
  };
}

/**
 * Gives the newest build that was applied, as it is once this one is: an older one that says the same does not take the
 * place of a newer one, for builds in between would be the newest then. Undefined when nothing says where builds come
 * from. Never fails.
 */
export function sourceAfter(manifest: Manifest, ledger: Ledger, confirm: ReadonlySet<string>): Ledger['source'] {
  if (!manifest.source || (comesBefore(manifest, ledger) && !confirm.has('older-build'))) return ledger.source;
  return manifest.source;
}

function isOlder(manifest: Manifest, ledger: Ledger): boolean {
  return manifest.content !== ledger.approved?.content && comesBefore(manifest, ledger);
}

function comesBefore(manifest: Manifest, ledger: Ledger): boolean {
  const built = toTime(manifest.source?.committedAt);
  const applied = toTime(ledger.source?.committedAt);
  return built !== undefined && applied !== undefined && built < applied;
}

function olderBuild({ source }: Manifest, ledger: Ledger): Hold {
  return {
    code: 'older-build',
    ids: [],
    why:
      `this build is of ${source?.commit} (${source?.committedAt}), older than ` +
      `${ledger.source?.commit} (${ledger.source?.committedAt}), which was published already`,
    release:
      'deploy and publish the newest commit (to take something back, revert it in a new one); ' +
      `to make the network follow this older build: ${confirmCommand('older-build')}`,
  };
}

function identityChanged(manifest: Manifest, ledger: Ledger, differs: { username: boolean; keys: boolean }): Hold {
  const { host } = new URL(manifest.origin);
  const changes: string[] = [];
  const files: string[] = [];
  if (differs.username) {
    changes.push(
      `the handle is @${manifest.actor.username}@${host} now, but followers know @${ledger.actor.username}@${host}`,
    );
    files.push('username in content/profile.md');
  }
  if (differs.keys) {
    changes.push(
      'the public keys are not those that other servers know, which may refuse all that is signed with new ones',
    );
    files.push('the keys (npm run keys -- undo)');
  }
  return {
    code: 'identity-changed',
    ids: [ledger.actor.id],
    why: changes.join('; '),
    release: `put ${files.join(' and ')} back as before; if the change is meant: ${confirmCommand('identity-changed')}`,
  };
}
