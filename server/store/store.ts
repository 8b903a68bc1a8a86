import type { HostHealth } from '../../federation/breaker.ts';
import type { AfterAttempt, Delivery, DeliveryState, LeasedDelivery } from '../../federation/delivery.ts';
import type {
  Author,
  Interaction,
  InteractionCounts,
  InteractionKind,
  InteractionState,
  Notification,
  Stamp,
} from '../../federation/interaction.ts';
import type { Approval, Ledger, LedgerActor, LedgerObject, LedgerOutline } from '../../federation/ledger.ts';
import type { Follower, InteractionReference, OutgoingActivity, Received } from '../../federation/outcome.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';

/**
 * Everything Postern remembers. The interface has the shape of the domain; each adapter passes one conformance suite
 * (`tests/server/store/conformance.ts`), concurrency included. Times are milliseconds since the epoch unless a type
 * says otherwise. What a method gives back is the caller's own: changing it changes nothing that is stored.
 *
 * A promise that resolves means that the write is made, and for followers, the ledger, activities, new deliveries and
 * what others said, that it survives a power cut. Every other write survives the end of the process; when a power cut
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
  readonly inboxes: InboxStore;
  readonly hosts: HostStore;
  readonly interactions: InteractionStore;
  readonly stamps: StampStore;
  readonly requests: FollowRequestStore;
  readonly messages: MessageStore;
  readonly notifications: NotificationStore;
  readonly media: MediaCache;
  /** How much of each kind is stored, for people: a line for each, in a stable order. */
  sizes(): Promise<readonly StoreSize[]>;
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
  /** The actors whose inbox or shared inbox this is. */
  atInbox(inbox: string): Promise<string[]>;
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
  readonly approved?: Approval;
}

export interface LedgerPart {
  readonly objects: readonly LedgerObject[];
  readonly version: number;
}

/** What the network has been told. Two publishes at once cannot both win: see `compareAndSwap`. */
export interface LedgerStore {
  /** The ledger as of one moment and the version to compare with, or undefined before the baseline. */
  read(): Promise<{ ledger: Ledger; version: number } | undefined>;
  /** All but the objects, and the digests by which a build is compared with them. It costs the same for any number. */
  outline(): Promise<LedgerOutline | undefined>;
  /** The objects of some buckets (`bucketOf` of their ids) and those of some ids, in the order in which they were first told. */
  part(of: { buckets: Iterable<string>; ids: Iterable<string> }): Promise<LedgerPart | undefined>;
  /** One object without reading the rest. */
  object(id: string): Promise<LedgerObject | undefined>;
  /** The object that has, or last had, its page at this absolute address: `url` first, then `formerUrls`. */
  objectAt(url: string): Promise<LedgerObject | undefined>;
  /** The actor alone, and the version, without reading the objects. */
  head(): Promise<{ actor: LedgerActor; version: number } | undefined>;
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
  put(activity: OutgoingActivity, options: { now: number }): Promise<OutgoingActivity>;
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
   * order of its object; but not one that a later activity superseded, whatever came of that. One that is pending is left
   * alone. Rejects with `activity-not-stored` when the activity is not stored.
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
   * what has waited longest goes first; a host with a long backlog does not keep the others waiting.
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
  /** Gives leases back unattempted: all of an owner, when the process stops, or `only` these, when their host fails. */
  release(owner: string, only?: readonly { activityId: string; inbox: string }[]): Promise<void>;
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
   * else is said.
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

/** Every inbox that something was ever delivered to: where a Delete must go. */
export interface InboxStore {
  get(inbox: string): Promise<InboxRecord | undefined>;
  /** Inboxes that something was delivered to at `time` or later, in no order; all of them for 0. */
  deliveredSince(time: number): Promise<string[]>;
  /** Ends a row of 404s: something was heard from there. */
  found(inboxes: readonly string[]): Promise<void>;
  /** Adds or replaces records: a restore. */
  put(records: readonly InboxRecord[]): Promise<void>;
  all(): AsyncIterable<InboxRecord>;
}

export interface InboxRecord {
  readonly inbox: string;
  readonly deliveredAt?: number;
  readonly missingSince?: number;
}

/** The circuit breaker's memory: hosts that fail. A host that is well has no record. */
export interface HostStore {
  get(host: string): Promise<HostHealth | undefined>;
  put(health: HostHealth): Promise<void>;
  /** False when there was no record. */
  remove(host: string): Promise<boolean>;
}

/** What others sent. */
export interface InboundStore {
  seen(activityId: string): Promise<boolean>;
  /** Marked last, after the effects. Marked again, it is remembered from the later time on. */
  markSeen(activityId: string, now: number): Promise<void>;
  /**
   * What versions before the fourth schema kept as it was received, oldest first, at most `limit`: it is handled again as
   * if it came now (`adoptReceived`), and dropped one by one.
   */
  kept(limit: number): Promise<Received[]>;
  dropKept(activityId: string): Promise<void>;
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
  /** Everything that is kept, in no order: the end of the account is told to every actor we know of. */
  all(): AsyncIterable<CachedDocument>;
}

/** Which process delivers: a publish leaves the work to a server that is alive. */
export interface WorkerStore {
  /** Says that `owner` works the queue until `until`. */
  beat(owner: string, until: number): Promise<void>;
  leave(owner: string): Promise<void>;
  /** Who works the queue later than `now`, in the order of their names. */
  alive(now: number): Promise<string[]>;
}

/** The most that `thread` gives, and so the most replies of a page. */
export const MAX_THREAD = 500;

/**
 * What others said in public, and who they are. An author is kept for as long as an interaction of theirs is. Every write
 * that changes what is shown is lasting.
 */
export interface InteractionStore {
  /**
   * Adds, or replaces by id. `ignored`, and nothing written: the id belongs to another actor, or the owner removed it.
   *
   * A replaced one keeps `at`, its kind and `target`, and its place, and `hidden` stays `hidden`; otherwise the newer state
   * counts, except that what the owner approved stays `shown` (`setState` says so). Of the likes of one actor of one target
   * only the newest is kept, under what the owner decided about the one before; the same for boosts. Mentions that answer
   * this id move into its thread, those that answer them too: a reply may come before what it replies to. A mention that
   * answers what is in a thread already is a reply there from the start. Under what is not shown, none is shown
   * (`parent-not-shown`). The author is added, or replaced when `author.at` is not older.
   */
  put(interaction: Interaction, author: Author): Promise<'added' | 'updated' | 'ignored'>;
  get(id: string): Promise<Interaction | undefined>;
  /** The interaction of this actor that has the id or came with the activity of this id. */
  find(actor: string, id: string): Promise<Interaction | undefined>;
  /**
   * What the author took back is gone; gives how many. Replies to it stay, as replies to something that is not there, and
   * so does the id of what the owner removed.
   */
  remove(of: InteractionReference): Promise<number>;
  /**
   * The owner's word. `hidden` and `removed` go for all that answers it, too; `shown` for it alone. `removed` drops the
   * content, for good. Gives the ids that changed.
   */
  setState(id: string, state: InteractionState, reason?: string): Promise<string[]>;
  /** What is shown of these kinds at a target, oldest first: stable pages, as with followers. */
  page(options: {
    target: string;
    kinds: readonly InteractionKind[];
    limit: number;
    after?: string;
  }): Promise<{ items: Interaction[]; cursor?: string }>;
  /** All that is shown at a target with its authors, oldest first, at most `MAX_THREAD` of each kind. */
  thread(target: string): Promise<{ items: Interaction[]; authors: Author[] }>;
  /** For the owner: newest first. */
  list(options: {
    states?: readonly InteractionState[];
    kinds?: readonly InteractionKind[];
    target?: string;
    limit: number;
    before?: string;
  }): Promise<{ items: Interaction[]; authors: Author[]; cursor?: string }>;
  counts(target: string): Promise<InteractionCounts>;
  /** The targets at which anything is shown, in no order. */
  targets(): AsyncIterable<string>;
  author(actor: string): Promise<Author | undefined>;
  /** False, and nothing written, when nothing of the author is kept. */
  putAuthor(author: Author): Promise<boolean>;
  /** Every author, in no order: a block that is new drops what they said. */
  authors(): AsyncIterable<Author>;
  /** Whether a reply, quote or mention of the actor is shown. */
  wasShown(actor: string): Promise<boolean>;
  /** How many interactions of the actor were received at `since` (RFC 3339 UTC) or later. */
  countSince(actor: string, since: string): Promise<number>;
  /** Drops what an actor said and did, and the author; gives how many. */
  forgetActor(actor: string): Promise<number>;
  /** Drops replies, quotes and mentions that were received before `before` (RFC 3339 UTC); gives how many. */
  prune(before: string): Promise<number>;
  /** Drops what is stored at a target that is no more; gives how many. */
  forgetTarget(target: string): Promise<number>;
}

/** Consents to quotes. */
export interface StampStore {
  /** Create-if-absent; gives what is stored. */
  put(stamp: Stamp): Promise<Stamp>;
  get(id: string): Promise<Stamp | undefined>;
  /** The stamps of a quoting post. */
  ofQuote(quote: string): Promise<Stamp[]>;
  /** False when there is none, or it was taken back before. `at`: RFC 3339 UTC. */
  revoke(id: string, at: string): Promise<boolean>;
}

/** Follows that wait for the owner, oldest first. */
export interface FollowRequestStore {
  /** Adds, or replaces by actor; one that is replaced keeps its place and `since`. */
  put(request: Follower): Promise<'added' | 'updated'>;
  get(actor: string): Promise<Follower | undefined>;
  remove(actor: string): Promise<boolean>;
  list(limit: number): Promise<Follower[]>;
}

/** A message as it lies in the store: nobody but the owner can read it. */
export interface SealedMessage {
  /** Digests (hex SHA-256) of the object's id and of the sender's, so that both can take it back. */
  readonly object: string;
  readonly sender: string;
  /** A JWE in its compact form. */
  readonly jwe: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

export interface MessageStore {
  /** Adds, or replaces by `object` when the sender is the same; `ignored` when it is another. Replaced, it keeps `at`. */
  put(message: SealedMessage): Promise<'added' | 'updated' | 'ignored'>;
  /** Newest first. */
  list(options: { limit: number; before?: string }): Promise<{ items: SealedMessage[]; cursor?: string }>;
  remove(of: { object: string; sender?: string }): Promise<boolean>;
  forgetSender(sender: string): Promise<number>;
  count(): Promise<number>;
  prune(before: string): Promise<number>;
}

/** What happened lately, for the owner's feed. */
export interface NotificationStore {
  /** Create-if-absent by key; false when it was there. */
  add(notification: Notification): Promise<boolean>;
  /** Newest first. */
  list(limit: number): Promise<Notification[]>;
  forgetActor(actor: string): Promise<number>;
  prune(before: string): Promise<number>;
  /** The secret part of the feed's address: made with `random` (hex) on the first call, replaced with `renew`. */
  secret(random: () => string, options?: { renew?: boolean }): Promise<string>;
}

/** A picture of another server that pages show through the blog's own address. */
export interface CachedMedia {
  readonly url: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly fetchedAt: number;
}

/** The most that all pictures take; those that were fetched longest ago go first. */
export const MAX_MEDIA_BYTES = 64 * 1024 * 1024;

/** Pictures by their digest: `mediaDigest` of their URL. */
export interface MediaCache {
  /**
   * The URL that a digest stands for. Only what an author's avatar or an emoji of something shown names has one, so nobody
   * can make the blog fetch what they like.
   */
  urlOf(digest: string): Promise<string | undefined>;
  get(url: string): Promise<CachedMedia | undefined>;
  /** Adds, or replaces by URL; at most `MAX_MEDIA_BYTES` in all. A picture that nobody names any more is not kept. */
  put(media: CachedMedia): Promise<void>;
}

export interface StoreSize {
  /** A plural in plain words: `followers`, `replies`, `receipts`. */
  readonly kind: string;
  readonly count: number;
  /** About how many bytes the content takes; indexes are not counted. */
  readonly bytes: number;
}
