import type { AfterAttempt, Delivery, DeliveryState, LeasedDelivery } from '../../federation/delivery.ts';
import type { Ledger, LedgerActor, LedgerObject } from '../../federation/ledger.ts';
import type { Follower, OutgoingActivity, Received } from '../../federation/outcome.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';

/**
 * Everything Postern remembers. The interface has the shape of the domain; each adapter passes one conformance suite,
 * concurrency included. Times are milliseconds since the epoch unless a type says otherwise.
 */
export interface Store {
  readonly followers: FollowerStore;
  readonly ledger: LedgerStore;
  readonly activities: ActivityStore;
  readonly deliveries: DeliveryStore;
  readonly inbound: InboundStore;
  readonly actors: ActorCache;
  readonly workers: WorkerStore;
  close(): Promise<void>;
}

export interface FollowerStore {
  /** Adds or replaces by actor id. A replaced follower keeps its `since`. */
  put(follower: Follower): Promise<'added' | 'updated'>;
  remove(actor: string): Promise<boolean>;
  get(actor: string): Promise<Follower | undefined>;
  count(): Promise<number>;
  /** Newest first, at most `limit`; `before` is the `cursor` of an earlier page. */
  page(options: { limit: number; before?: string }): Promise<{ items: Follower[]; cursor?: string }>;
  /** Every follower, for fan-out and export, in stable order. */
  all(): AsyncIterable<Follower>;
}

/** One write to the ledger: what changes together with the activity that tells it. */
export interface LedgerChange {
  readonly actor?: LedgerActor;
  readonly objects?: readonly LedgerObject[];
  readonly source?: Ledger['source'];
}

export interface LedgerStore {
  /** The ledger and the version to compare with, or undefined before the baseline. */
  read(): Promise<{ ledger: Ledger; version: number } | undefined>;
  /** One object without reading the rest. */
  object(id: string): Promise<LedgerObject | undefined>;
  /** Writes the baseline if there is no ledger yet; false when another process was first. */
  begin(ledger: Ledger): Promise<boolean>;
  /** Applies `change` if the version is still `version`: the new version, or undefined when it is not. */
  compareAndSwap(version: number, change: LedgerChange): Promise<number | undefined>;
}

export interface ActivityStore {
  /** Create-if-absent: an activity once stored is sent as it was stored. Gives what is stored. */
  put(activity: OutgoingActivity): Promise<OutgoingActivity>;
  get(id: string): Promise<OutgoingActivity | undefined>;
}

export interface DeliveryStore {
  /**
   * Create-if-absent for each pair of activity and inbox; gives how many were new. The activity must be stored.
   * With `again`, a delivery in a final state starts over.
   */
  enqueue(activityId: string, inboxes: readonly string[], options: { now: number; again?: boolean }): Promise<number>;
  /**
   * Leases due deliveries to `owner` for `leaseMs`: pending, due at `now`, not leased by another. Earlier deliveries of
   * the same object to the same inbox come first: a later one is not given out while an earlier one is pending.
   */
  lease(options: { owner: string; now: number; leaseMs: number; limit: number }): Promise<LeasedDelivery[]>;
  /** Ends a lease with what came of it. False, and nothing written, when `owner` no longer holds it. */
  settle(delivery: { activityId: string; inbox: string; owner: string }, after: AfterAttempt, now: number): Promise<boolean>;
  /** Gives leases back unattempted, when the process stops. */
  release(owner: string): Promise<void>;
  /** Pending deliveries to one inbox become `gone`, when the inbox is known to be no more. */
  abandon(inbox: string, reason: string, now: number): Promise<number>;
  counts(): Promise<Record<DeliveryState, number>>;
  /** The earliest due time of all pending deliveries that nobody leases. */
  nextDue(): Promise<number | undefined>;
  /** The deliveries of one activity, for receipts. */
  ofActivity(activityId: string): Promise<Delivery[]>;
}

export interface InboundStore {
  seen(activityId: string): Promise<boolean>;
  /** Marked last, after the effects. */
  markSeen(activityId: string, now: number): Promise<void>;
  /** Create-if-absent by activity id. */
  storeReceived(received: Received): Promise<boolean>;
  /** Newest first; with `actor`, only what that actor sent (asked for each Delete, so it wants an index). */
  received(options: { limit: number; actor?: string }): Promise<Received[]>;
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

export interface ActorCache {
  get(url: string): Promise<CachedDocument | undefined>;
  put(entry: CachedDocument): Promise<void>;
  remove(url: string): Promise<void>;
}

/** Which process delivers: a publish leaves the work to a server that is alive. */
export interface WorkerStore {
  /** Says that `owner` works the queue until `until`. */
  beat(owner: string, until: number): Promise<void>;
  leave(owner: string): Promise<void>;
  alive(now: number): Promise<string[]>;
}
