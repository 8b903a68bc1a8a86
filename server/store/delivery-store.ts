import type { HostHealth } from '../../federation/breaker.ts';
import type { AfterAttempt, Delivery, DeliveryState, LeasedDelivery } from '../../federation/delivery.ts';

/**
 * The queue of deliveries, and the receipts it leaves. A delivery is leased, attempted and settled; a lease that runs
 * out, because its process died, is given to whoever asks next.
 *
 * In Netlify Blobs there is no transaction across documents, and each host is in one of them. What is promised of one
 * delivery, of one inbox and of one host holds there as well; for what concerns many hosts it is said how far it does.
 */
export interface DeliveryStore {
  /**
   * Create-if-absent for each pair of activity and inbox, all or nothing; gives how many this call made pending. With
   * `again`, a delivery in a final state starts over: no attempts, created `now`, due `now`, in its old place in the
   * order of its object; but not one that a later activity superseded, whatever came of that. One that is pending is left
   * alone. Rejects with `activity-not-stored` when the activity is not stored. In Blobs a fault may leave some pairs
   * asked for and others not: asked again, the rest is made, and with `again` what ended since starts over once more.
   *
   * What the activity supersedes (`supersedes` of federation/delivery) and is pending for the same object and inbox
   * becomes `superseded` in the same step, unless it is leased: then its lease is waited for, and when it ends with a
   * retry, or runs out, it becomes `superseded` instead. While the host is postponed, the delivery is due when the host is.
   */
  enqueue(activityId: string, inboxes: readonly string[], options: { now: number; again?: boolean }): Promise<number>;
  /**
   * Leases at most `limit` deliveries to `owner` for `leaseMs`: pending, due at `now`, and not leased, or leased until
   * `now` or earlier. No delivery is given to two callers while a lease lasts, whatever the number of processes.
   *
   * Priority: `priorityOf` the activity's type; all that is due of one priority goes before the next. Order: of the same
   * object to the same inbox, a delivery that was asked for later is not given out while an earlier one is pending,
   * leased or not, so that no Update overtakes its Create. Fairness: hosts take turns, and of one host
   * what has waited longest goes first; a host with a long backlog does not keep the others waiting. In Blobs priority
   * and turns are taken among what this process has seen, which is everything when that is less than `limit`, and is at
   * most ten seconds old.
   *
   * `owner` names one run of one process: a name that is used again would settle what its former run left behind.
   */
  lease(options: { owner: string; now: number; leaseMs: number; limit: number }): Promise<LeasedDelivery[]>;
  /**
   * Ends a lease with what came of it, which counts as one attempt. False, and nothing written, when `owner` does not
   * hold it: it was given to another, abandoned, released or settled. A lease that has run out and that nobody took
   * since is still held, since an attempt that happened is better known than made again.
   *
   * The same step keeps the inbox's record: delivered at, and missing since the first of 404s in a row; any other
   * answer but 408, 425, 429 and 5xx ends that row.
   */
  settle(
    delivery: { activityId: string; inbox: string; owner: string },
    after: AfterAttempt,
    now: number,
  ): Promise<boolean>;
  /**
   * Gives leases back unattempted: all of an owner, when the process stops, or `only` these, when their host fails. In
   * Blobs all of an owner that leased by this opening of the store are those that it leased by it.
   */
  release(owner: string, only?: readonly { activityId: string; inbox: string }[]): Promise<void>;
  /** Pending deliveries to one inbox, leased ones too, become `gone`, when the inbox is known to be no more. */
  abandon(inbox: string, reason: string, now: number): Promise<number>;
  counts(): Promise<Record<DeliveryState, number>>;
  /**
   * The earliest time at which `lease` may have something to give: for each delivery that is next of its object, when
   * it is due, or when its lease ends while one is held. Undefined when nothing is pending.
   */
  nextDue(): Promise<number | undefined>;
  /** How many pending deliveries are in somebody's hands: leased, and the lease lasts longer than `now`. */
  leased(now: number): Promise<number>;
  /**
   * The deliveries of one activity, for receipts, in the order in which they were asked for; in Blobs by the `now` of those
   * who asked, where they are of different hosts.
   */
  ofActivity(activityId: string): Promise<Delivery[]>;
  /**
   * How the deliveries of some activities stand, counted by the store; `due` are pending and leased, or due at `now` and
   * next of their object.
   */
  progress(
    activityIds: readonly string[],
    now: number,
  ): Promise<{ counts: Record<DeliveryState, number>; due: number }>;
  /** What was sent about one object, in the order in which it was asked for, and counts of what was folded. */
  receipts(object: string): Promise<{ deliveries: ObjectDelivery[]; folded: FoldedReceipts[] }>;
  /** Hosts with pending, failed or gone deliveries, those that fail longest first, at most `limit`. */
  troubled(options: { limit: number }): Promise<HostQueue[]>;
  /**
   * Makes what failed or waits for a host, or for every host when it is absent, due at `now`: failed ones start over,
   * unless a later activity superseded them. Gives how many. Ends the host's postponement.
   */
  retry(options: { host?: string; now: number }): Promise<number>;
  /**
   * Puts off what is pending and not leased for a host: the delivery that would come first to `probeAt`, every other,
   * and what is asked for until `hasten`, to `restAt`. Never to an earlier time than it is due. What is asked for while
   * nothing of the host is due by `probeAt` becomes its probe.
   */
  postpone(host: string, times: { probeAt: number; restAt: number }): Promise<void>;
  /** Ends what `postpone` began: all that is pending for the host is due at `now`. */
  hasten(host: string, now: number): Promise<void>;
  /** Pending, unleased deliveries to a host that were created before `createdBefore` become `failed`; gives how many. */
  giveUp(host: string, options: { createdBefore: number; error: string; now: number }): Promise<number>;
  /**
   * Whatever is pending and is not of the activity `except` becomes `superseded`, what is leased as in `enqueue`; gives how
   * many did at once. What has failed is not started over any more. For the end of the account, after which nothing
   * else is said. In Blobs what is asked for meanwhile may be left out.
   */
  supersedeAll(options: { except: string; now: number }): Promise<number>;
  /**
   * Turns receipts that ended before `before` into counts by object, type and state, and drops activities from before
   * then of which no delivery is left. Gives how many of each. What a `sending` of the ledger names is left as it is:
   * the publish that finishes it must find the deliveries that were made.
   */
  fold(before: number): Promise<{ deliveries: number; activities: number }>;
}

/** A delivery as a receipt shows it. */
export interface ObjectDelivery extends Delivery {
  /** Of the activity: `Create`, `Update`, … */
  readonly type: string;
  /** Host of the inbox, port included. */
  readonly host: string;
}

/** Receipts of one object that were folded. */
export interface FoldedReceipts {
  readonly type: string;
  readonly state: DeliveryState;
  readonly count: number;
}

/** What a host has in the queue. Times are milliseconds since the epoch. */
export interface HostQueue {
  readonly host: string;
  readonly pending: number;
  readonly failed: number;
  readonly gone: number;
  readonly nextDue?: number;
  readonly lastStatus?: number;
  readonly lastError?: string;
  readonly health?: HostHealth;
}
