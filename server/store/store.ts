import type { AfterAttempt, Delivery, DeliveryState, LeasedDelivery } from '../../federation/delivery.ts';
import type { Ledger, LedgerActor, LedgerObject } from '../../federation/ledger.ts';
import type { Follower, OutgoingActivity, Received } from '../../federation/outcome.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';

/**
 * Everything Postern remembers. The interface has the shape of the domain; each adapter passes one conformance suite
 * (`tests/server/store/conformance.ts`), concurrency included. Times are milliseconds since the epoch unless a type
 * says otherwise. What a method gives back is the caller's own: changing it changes nothing that is stored.
 *
 * A promise that resolves means that the write is made, and for followers, the ledger, activities, new deliveries and
 * what was received, that it survives a power cut. Every other write survives the end of the process; when a power cut
 * takes it, the work it stood for is done again, with the same ids. A method rejects only for a fault of our own side.
 */
export interface Store {
  readonly followers: FollowerStore;
  readonly ledger: LedgerStore;
  readonly activities: ActivityStore;
  readonly deliveries: DeliveryStore;
  readonly inbound: InboundStore;
  readonly actors: ActorCache;
  readonly workers: WorkerStore;
  /** Gives file and memory back. Nothing may be called afterwards, except `close` again. */
  close(): Promise<void>;
}

/** Who follows the blog, in the order in which they were first stored. */
export interface FollowerStore {
  /** Adds, or replaces by actor id. A replaced follower keeps its `since` and its place in the order. */
  put(follower: Follower): Promise<'added' | 'updated'>;
  /** False when the actor was no follower. One that follows again later is new, with a new place. */
  remove(actor: string): Promise<boolean>;
  get(actor: string): Promise<Follower | undefined>;
  count(): Promise<number>;
  /**
   * Newest first, at most `limit`; `before` is the `cursor` of an earlier page. Pages are stable: while followers come
   * and go, nobody who stays is shown twice or left out. There is a cursor exactly when more follow, and a `before`
   * that is no cursor (it comes back in a URL) gives an empty page.
   */
  page(options: { limit: number; before?: string }): Promise<{ items: Follower[]; cursor?: string }>;
  /** Every follower, oldest first, for fan-out and export. One who comes during the walk may or may not be in it. */
  all(): AsyncIterable<Follower>;
}

/** One write to the ledger: what changes together with the activity that tells it. What is absent stays as it is. */
export interface LedgerChange {
  readonly actor?: LedgerActor;
  /** Added, or replaced by id. No object ever leaves the ledger. */
  readonly objects?: readonly LedgerObject[];
  readonly source?: Ledger['source'];
}

/** What the network has been told. Two publishes at once cannot both win: see `compareAndSwap`. */
export interface LedgerStore {
  /** The ledger as of one moment and the version to compare with, or undefined before the baseline. */
  read(): Promise<{ ledger: Ledger; version: number } | undefined>;
  /** One object without reading the rest. */
  object(id: string): Promise<LedgerObject | undefined>;
  /** Writes the baseline, as version 1, if there is no ledger yet; false when another process was first. */
  begin(ledger: Ledger): Promise<boolean>;
  /**
   * Applies all of `change` if the version is still `version`, and gives the new version; undefined, and nothing
   * written, when it is not, or when there is no ledger.
   */
  compareAndSwap(version: number, change: LedgerChange): Promise<number | undefined>;
}

/** What the blog says, stored before it is sent. */
export interface ActivityStore {
  /** Create-if-absent: an activity once stored is sent as it was stored. Gives what is stored. */
  put(activity: OutgoingActivity): Promise<OutgoingActivity>;
  get(id: string): Promise<OutgoingActivity | undefined>;
}

/**
 * The queue of deliveries, and the receipts it leaves. A delivery is leased, attempted and settled; a lease that runs
 * out, because its process died, is given to whoever asks next.
 */
export interface DeliveryStore {
  /**
   * Create-if-absent for each pair of activity and inbox, all or nothing; gives how many this call made pending. With
   * `again`, a delivery in a final state starts over: no attempts, created `now`, due `now`, in its old place in the
   * order of its object. One that is pending is left alone. Rejects with `activity-not-stored` when the activity is not
   * stored.
   */
  enqueue(activityId: string, inboxes: readonly string[], options: { now: number; again?: boolean }): Promise<number>;
  /**
   * Leases at most `limit` deliveries to `owner` for `leaseMs`: pending, due at `now`, and not leased, or leased until
   * `now` or earlier. No delivery is given to two callers while a lease lasts, whatever the number of processes.
   *
   * Order: of the same object to the same inbox, a delivery that was asked for later is not given out while an earlier
   * one is pending, leased or not, so that no Update overtakes its Create. Fairness: hosts take turns, and of one host
   * what has waited longest goes first; a host with a long backlog does not keep the others waiting.
   *
   * `owner` names one run of one process: a name that is used again would settle what its former run left behind.
   */
  lease(options: { owner: string; now: number; leaseMs: number; limit: number }): Promise<LeasedDelivery[]>;
  /**
   * Ends a lease with what came of it, which counts as one attempt. False, and nothing written, when `owner` does not
   * hold it: it was given to another, abandoned, released or settled. A lease that has run out and that nobody took
   * since is still held, since an attempt that happened is better known than made again.
   */
  settle(
    delivery: { activityId: string; inbox: string; owner: string },
    after: AfterAttempt,
    now: number,
  ): Promise<boolean>;
  /** Gives leases back unattempted, when the process stops. */
  release(owner: string): Promise<void>;
  /** Pending deliveries to one inbox, leased ones too, become `gone`, when the inbox is known to be no more. */
  abandon(inbox: string, reason: string, now: number): Promise<number>;
  counts(): Promise<Record<DeliveryState, number>>;
  /**
   * The earliest time at which `lease` may have something to give: for each delivery that is next of its object, when
   * it is due, or when its lease ends while one is held. Undefined when nothing is pending.
   */
  nextDue(): Promise<number | undefined>;
  /** The deliveries of one activity, for receipts, in the order in which they were asked for. */
  ofActivity(activityId: string): Promise<Delivery[]>;
}

/** What others sent. */
export interface InboundStore {
  seen(activityId: string): Promise<boolean>;
  /** Marked last, after the effects. Marked again, it is remembered from the later time on. */
  markSeen(activityId: string, now: number): Promise<void>;
  /** Create-if-absent by activity id; false when it was there. */
  storeReceived(received: Received): Promise<boolean>;
  /** What was stored last comes first; with `actor`, only what that actor sent (asked for each Delete: index it). */
  received(options: { limit: number; actor?: string }): Promise<Received[]>;
  /** The activity that this actor sent under this id, else the newest that it sent about the object of this id. */
  earlier(actor: string, id: string): Promise<Received | undefined>;
  /** Drops what an actor sent; gives how many. */
  forgetActor(actor: string): Promise<number>;
  /** Forgets activity ids that were seen before `before`; gives how many. */
  forgetSeen(before: number): Promise<number>;
}

/** What is known of a remote actor or key document, so that not every request costs a fetch. */
export interface CachedDocument {
  readonly url: string;
  readonly fetchedAt: number;
  /** Absent when the last fetch failed for good: `status` says how. */
  readonly document?: JsonObject;
  readonly status: number;
}

/**
 * How many documents an adapter keeps: anybody can make us look at a key, so the cache must not grow with what they
 * send. A blog hears from far fewer actors than this in the time that a cached key is trusted.
 */
export const MAX_CACHED_ACTORS = 5_000;

/** Remote documents by URL. At most `MAX_CACHED_ACTORS`; the one that was fetched longest ago goes first. */
export interface ActorCache {
  get(url: string): Promise<CachedDocument | undefined>;
  /** Adds, or replaces by URL. */
  put(entry: CachedDocument): Promise<void>;
  remove(url: string): Promise<void>;
}

/** Which process delivers: a publish leaves the work to a server that is alive. */
export interface WorkerStore {
  /** Says that `owner` works the queue until `until`. */
  beat(owner: string, until: number): Promise<void>;
  leave(owner: string): Promise<void>;
  /** Who works the queue later than `now`, in the order of their names. */
  alive(now: number): Promise<string[]>;
}
