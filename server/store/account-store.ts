import type { Consent, FollowingRecord, ReadingItem, Vote } from '../../federation/heard.ts';

export type { Consent, FollowingRecord, ReadingItem, Vote } from '../../federation/heard.ts';

/** The answers to our Follows. That one was sent says the ledger. */
export interface FollowingStore {
  /** Adds, or replaces by actor; one that is older than what is stored changes nothing. Lasting. */
  put(record: FollowingRecord): Promise<void>;
  get(actor: string): Promise<FollowingRecord | undefined>;
  /** False when there was none. */
  remove(actor: string): Promise<boolean>;
  /** In the order in which they were first stored. */
  all(): AsyncIterable<FollowingRecord>;
}

/** The most that is kept of what followed accounts post; the oldest goes first, of all or of a bucket that is full. */
export const MAX_READING = 2_000;

/** What followed accounts said. */
export interface ReadingStore {
  /** Adds, or replaces by id, keeping `at`; `ignored` when the id belongs to another actor. */
  put(item: ReadingItem): Promise<'added' | 'updated' | 'ignored'>;
  get(id: string): Promise<ReadingItem | undefined>;
  /**
   * What this actor takes back: drops their item of this id, their boost of this object, and every boost of it if they wrote
   * it; gives how many.
   */
  remove(actor: string, id: string): Promise<number>;
  /** Newest first by `at`, at most `limit`. */
  newest(limit: number): Promise<ReadingItem[]>;
  /** Drops what was received before `before` (RFC 3339 UTC); gives how many. */
  prune(before: string): Promise<number>;
  forgetActor(actor: string): Promise<number>;
}

export interface Tally {
  /** By option, from 0; options that nobody chose at the end of the list may be missing. */
  readonly votes: readonly number[];
  readonly voters: number;
}

/** What others answered to what a post of ours asks of them. Every write is lasting. */
export interface AnswerStore {
  /**
   * `ignored`: this voter chose already, or chose this option already. However many come at once, each counts once. An adapter
   * that keeps them in bounded documents ignores those who come after tens of thousands of others.
   */
  vote(vote: Vote): Promise<'counted' | 'ignored'>;
  tally(poll: string): Promise<Tally>;
  /** Each inbox once, in no order. */
  voterInboxes(poll: string): Promise<string[]>;
  /** Adds, or replaces by object; one that is older than what is stored changes nothing. */
  putConsent(consent: Consent): Promise<void>;
  consent(object: string): Promise<Consent | undefined>;
  /** The consent whose stamp this is. */
  consentByStamp(stamp: string): Promise<Consent | undefined>;
  /** What the network was told last of an object's live part, as a digest: see `server/live-updates.ts`. */
  told(object: string): Promise<string | undefined>;
  setTold(object: string, digest: string): Promise<void>;
  /** Drops what is kept of an object that is no more; gives how many votes. */
  forgetObject(object: string): Promise<number>;
  /** Every vote that was counted, in no order: for commands. */
  votes(): AsyncIterable<Vote>;
  /** Every consent, in no order: for commands. */
  consents(): AsyncIterable<Consent>;
}
