import { type ActivityDeps, buildActorDelete } from '../federation/activities.ts';
import { addressesOf } from '../federation/addresses.ts';
import { hostOf } from '../federation/audience.ts';
import { isDeed } from '../federation/deeds.ts';
import type { LedgerActor } from '../federation/ledger.ts';
import { withoutSending } from '../federation/ledger-entry.ts';
import type { OutgoingActivity } from '../federation/outcome.ts';
import { type KnownLedger, MOST_CONFLICTS } from './compare.ts';
import { sha256Hex } from './crypto.ts';
import { PosternError } from './errors.ts';
import { inboxesOfAll } from './listeners.ts';
import type { Deps } from './ports.ts';

export type AccountDeps = Pick<Deps, 'store' | 'site' | 'clock' | 'log'>;

/** What deleting the account would do, or has done so far. */
export interface AccountDeletion {
  readonly origin: string;
  readonly handle: string;
  readonly actor: string;
  /** Posts that the network knows. */
  readonly posts: number;
  readonly followers: number;
  /** Where the Delete goes: more than the followers' servers. */
  readonly servers: number;
  readonly deliveries: number;
  /** Deliveries of posts and answers that still wait: they are dropped. */
  readonly waiting: number;
  /** When it was told, and from when everything answers 410. RFC 3339 UTC. */
  readonly deleted?: string;
  readonly gone?: string;
}

export interface AccountDeletionReport {
  readonly activityId: string;
  /** New ones: a rerun finds its own in the queue already. */
  readonly deliveries: number;
  readonly deleted: string;
}

const DEPS: ActivityDeps = { sha256: sha256Hex };

/** Says what deleting the account means for this blog; writes nothing. Rejects with `not-begun` or `other-origin`. */
export async function planAccountDeletion(deps: AccountDeps): Promise<AccountDeletion> {
  const { ledger } = await readOwn(deps);
  const { host } = addressesOf(ledger.origin);
  // The name that the network knows: the profile's may be another since.
  const username = ledger.actor.username ?? (await deps.site.manifest()).actor.username;
  const inboxes = await inboxesOfAll(deps);
  const { deleted, gone, id } = ledger.actor;
  const posts = [...ledger.objects.values()].filter((told) => told.state !== 'deleted' && !isDeed(told)).length;
  return {
    origin: ledger.origin,
    handle: `@${username}@${host}`,
    actor: id,
    posts,
    followers: await deps.store.followers.count(),
    servers: new Set(inboxes.map(hostOf)).size,
    deliveries: inboxes.length,
    waiting: (await deps.store.deliveries.counts()).pending,
    ...(deleted === undefined ? {} : { deleted }),
    ...(gone === undefined ? {} : { gone }),
  };
}

/**
 * Deletes the account: tells everybody who may know it, and says nothing else ever after. There is no way back: peers
 * refuse a deleted actor for good (Mastodon keeps a tombstone of it).
 *
 * Stored first, then in the ledger with its mark, then queued; whatever waited for anybody is dropped. A run that was
 * interrupted is continued by the next one, with the same id. Rejects with `not-begun`, `other-origin` or
 * `publish-conflict`.
 */
export async function deleteAccount(deps: AccountDeps): Promise<AccountDeletionReport> {
  let known = await readOwn(deps);
  const planned = new Date(deps.clock()).toISOString().replace(/\.\d+Z$/, 'Z');
  const activity = await deps.store.activities.put(deleteOf(known.ledger.origin, planned), { now: deps.clock() });
  const deleted = typeof activity.json.published === 'string' ? activity.json.published : planned;
  if (known.ledger.actor.deleted === undefined) {
    known = await changeActor(deps, (actor) =>
      actor.deleted === undefined ? { ...actor, deleted, sending: activity.id } : actor,
    );
    deps.log({ event: 'account.deleted', level: 'warn', actor: known.ledger.actor.id, activity: activity.id });
  }
  const deliveries = known.ledger.actor.sending === undefined ? 0 : await queueDelete(deps, activity);
  return { activityId: activity.id, deliveries, deleted: known.ledger.actor.deleted ?? deleted };
}

/**
 * Goes on with an account's deletion: finishes what was interrupted, drops what came in between, and says that the account
 * is gone once its Delete has arrived or was given up everywhere. Undefined while the account lives.
 */
export async function finishAccountDeletion(
  deps: AccountDeps,
): Promise<{ gone: boolean; pending: number } | undefined> {
  const head = await deps.store.ledger.head();
  if (head?.actor.deleted === undefined) return undefined;
  const { store, clock, log } = deps;
  const { origin } = await deps.site.manifest();
  // Another origin's is not ours to go on with (invariant 4).
  if (addressesOf(origin).actor !== head.actor.id) return undefined;
  if (head.actor.sending !== undefined) await deleteAccount(deps);
  const activityId = deleteOf(origin, head.actor.deleted).id;
  // A publish or an answer that was under way at that moment may have queued something since, however late.
  await store.deliveries.supersedeAll({ except: activityId, now: clock() });
  if (head.actor.gone !== undefined) return { gone: true, pending: 0 };
  const { pending } = (await store.deliveries.progress([activityId], clock())).counts;
  if (pending > 0) return { gone: false, pending };
  const gone = new Date(clock()).toISOString();
  await changeActor(deps, (actor) => ({ ...actor, gone: actor.gone ?? gone }));
  log({ event: 'account.gone', level: 'warn', actor: head.actor.id });
  return { gone: true, pending: 0 };
}

async function queueDelete(deps: AccountDeps, activity: OutgoingActivity): Promise<number> {
  const { store, clock, log } = deps;
  const inboxes = await inboxesOfAll(deps);
  const deliveries = await store.deliveries.enqueue(activity.id, inboxes, { now: clock() });
  await store.deliveries.supersedeAll({ except: activity.id, now: clock() });
  const { type, id, object } = activity;
  log({ event: 'publish.queued', level: 'info', type, activity: id, object, deliveries });
  await changeActor(deps, (actor) => (actor.sending === id ? withoutSending(actor) : actor));
  return deliveries;
}

/** The actor alone is changed, so that nothing of what a publish wrote meanwhile is lost. Gives the ledger as it is then. */
async function changeActor(deps: AccountDeps, change: (actor: LedgerActor) => LedgerActor): Promise<KnownLedger> {
  for (let conflicts = 0; conflicts <= MOST_CONFLICTS; conflicts += 1) {
    const { ledger, version } = await readOwn(deps);
    const actor = change(ledger.actor);
    if (actor === ledger.actor) return { ledger, version };
    const next = await deps.store.ledger.compareAndSwap(version, { actor });
    if (next !== undefined) return { ledger: { ...ledger, actor }, version: next };
  }
  throw new PosternError('publish-conflict', 'The ledger kept changing while the account was deleted.', {
    hint: 'A publish is running. Run this again: it goes on where it stopped.',
    facts: {},
  });
}

/** The ledger, if it is this blog's: another origin's account is not ours to delete (invariant 4). */
async function readOwn({ store, site }: AccountDeps): Promise<KnownLedger> {
  const known = await store.ledger.read();
  if (!known) {
    throw new PosternError('not-begun', 'There is no account to delete: federation has not begun.', {
      hint: 'Check POSTERN_DATA and the folder you are in.',
      facts: {},
    });
  }
  const { origin } = await site.manifest();
  if (origin === known.ledger.origin) return known;
  const message = `The build is for ${origin}, but the account is ${known.ledger.origin}'s.`;
  throw new PosternError('other-origin', message, {
    hint: `Set POSTERN_ORIGIN=${known.ledger.origin} and build again.`,
    facts: { origin, ledger: known.ledger.origin },
  });
}

function deleteOf(origin: string, deleted: string): OutgoingActivity {
  return buildActorDelete(DEPS, addressesOf(origin), { deleted });
}
