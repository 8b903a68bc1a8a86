import type { HostHealth } from '../../federation/breaker.ts';
import type { Approval, Ledger, LedgerActor, LedgerObject, LedgerOutline } from '../../federation/ledger.ts';
import type { Follower, OutgoingActivity, Received } from '../../federation/outcome.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import type { AnswerStore, FollowingStore, ReadingStore } from './account-store.ts';
import type { DeliveryStore } from './delivery-store.ts';
import type {
  FollowRequestStore,
  InteractionStore,
  MediaCache,
  MessageStore,
  NotificationStore,
  StampStore,
} from './interaction-store.ts';

/**
 * Everything Postern remembers. The interface has the shape of the domain; each adapter passes one conformance suite
 * (`tests/server/store/conformance.ts`), concurrency included. Times are milliseconds since the epoch unless a type
 * says otherwise. What a method gives back is the caller's own: changing it changes nothing that is stored.
 *
 * A promise that resolves means that the write is made, and for followers, the ledger, activities, new deliveries,
 * what others said and what they answered, that it survives a power cut. Every other write survives the end of the process; when a power cut
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
  readonly following: FollowingStore;
  readonly reading: ReadingStore;
  readonly answers: AnswerStore;
  /**
   * Makes several writes that belong together, in their order; gives their answers. An adapter that has transactions makes
   * all or none of them, in one; any other makes one after the other, and after one that fails none. So whatever happens, a
   * later one is never there without those before.
   *
   * Each function calls one writing method of this store, at once: it awaits nothing before it, and asks for nothing after.
   */
  together<T>(writes: readonly (() => Promise<T>)[]): Promise<T[]>;
  /** How much of each kind is stored, for people: a line for each, in a stable order. */
  sizes(): Promise<readonly StoreSize[]>;
  /** Gives file and memory back. Nothing may be called afterwards, except `close` again. */
  close(): Promise<void>;
}

/**
 * Who follows the blog, in the order in which they were first stored. Of those that several processes stored within
 * milliseconds any order may be kept, but always the same.
 */
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
  /**
   * Drops what writes that were cut short before `before` left, where an adapter leaves anything; gives how many. No write
   * that is under way may have begun before `before`: a day ago is safe.
   */
  collect(before: number): Promise<number>;
}

/** What the blog says, stored before it is sent. */
export interface ActivityStore {
  /** Create-if-absent: an activity once stored is sent as it was stored. Gives what is stored. */
  put(activity: OutgoingActivity, options: { now: number }): Promise<OutgoingActivity>;
  get(id: string): Promise<OutgoingActivity | undefined>;
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
  /**
   * Marked last, after the effects. Marked again, it is remembered from the later time on. An adapter that keeps them in
   * bounded documents drops the oldest of hundreds of thousands.
   */
  markSeen(activityId: string, now: number): Promise<void>;
  /** Marks it, unless it is marked already: true for one caller alone, whichever process asks, and for no other after it. */
  markFirst(activityId: string, now: number): Promise<boolean>;
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

/**
 * Remote documents by URL. At most `MAX_CACHED_ACTORS`; the one that was fetched longest ago goes first: of all, or, where an
 * adapter keeps them in buckets, of the bucket that is full.
 */
export interface ActorCache {
  get(url: string): Promise<CachedDocument | undefined>;
  /** Adds, or replaces by URL. */
  put(entry: CachedDocument): Promise<void>;
  remove(url: string): Promise<void>;
  /** Drops what was fetched before `before`, but for authors of what is kept; gives how many. */
  prune(before: number): Promise<number>;
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

export interface StoreSize {
  /** A plural in plain words: `followers`, `replies`, `receipts`. */
  readonly kind: string;
  readonly count: number;
  /** About how many bytes the content takes; indexes are not counted. */
  readonly bytes: number;
}
