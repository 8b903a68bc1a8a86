import type {
  Author,
  Interaction,
  InteractionCounts,
  InteractionKind,
  InteractionState,
  Notification,
  Stamp,
} from '../../federation/interaction.ts';
import type { Follower, InteractionReference } from '../../federation/outcome.ts';

/** The most that `thread` gives, and so the most replies of a page. */
export const MAX_THREAD = 500;

/** The most of their content, in characters of JSON: what a page shows must be bearable for who reads it and who writes it. */
export const MAX_THREAD_CONTENT = 2_097_152;

/**
 * What others said in public, and who they are. An author is kept for as long as an interaction of theirs is. Every write
 * that changes what is shown is lasting.
 */
export interface InteractionStore {
  /**
   * Adds, or replaces by id. `ignored`, and nothing written: the id belongs to another actor, or to something said where this
   * is a like or boost, or the other way round; or the owner removed it; or an
   * adapter bounds what it keeps at one place, and this would be too much.
   *
   * A replaced one keeps `at`, its kind and `target`, and its place, and `hidden` stays `hidden`; otherwise the newer state
   * counts, except that what the owner approved stays `shown` (`setState` says so). Against other content that is held for
   * `word` neither stands: it is held, and no longer approved; `hidden` does where the owner hid this very one. Of the likes of one actor of one target
   * only the newest is kept, under what the owner decided about the one before; the same for boosts. Mentions that answer
   * this id move into its thread, those that answer them too: a reply may come before what it replies to. A mention that
   * answers what is in a thread already, from the start or once it is replaced, is a reply there. Under what is not shown, none is shown
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
   * The owner's word. `removed` goes for all that answers it, too, and drops the content, for good. `hidden` goes for all
   * that answers it and is shown (reason `parent-not-shown`), and `shown` shows that again, level by level, but for what is
   * below something that stays hidden or held: what the owner hid itself stays hidden. Gives the ids that changed.
   */
  setState(id: string, state: InteractionState, reason?: string): Promise<string[]>;
  /** What is shown of these kinds at a target, oldest first: stable pages, as with followers. */
  page(options: {
    target: string;
    kinds: readonly InteractionKind[];
    limit: number;
    after?: string;
  }): Promise<{ items: Interaction[]; cursor?: string }>;
  /**
   * All that is shown at a target with its authors, oldest first, at most `MAX_THREAD` of each kind and `MAX_THREAD_CONTENT`
   * of content.
   */
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
  /**
   * A number that grows with every change of what is shown at a target, names and faces of authors included, whichever
   * process makes it; 0 where nothing ever was. It may grow without one, and no number comes twice.
   */
  version(target: string): Promise<number>;
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
  /**
   * Drops replies, quotes and mentions that were received before `before` (RFC 3339 UTC), but for what the owner removed: that
   * must not come back. Gives how many.
   */
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
  /**
   * Adds, or replaces by `object` when the sender is the same; `ignored` when it is another, except that an adapter may keep
   * both where two senders, whose server gave both the same id, come at the same moment. Replaced, it keeps `at`.
   * An adapter that has bounded room drops the sender's oldest for it, and rejects (`store-full`) where there are none.
   */
  put(message: SealedMessage): Promise<'added' | 'updated' | 'ignored'>;
  /** Newest first. */
  list(options: { limit: number; before?: string }): Promise<{ items: SealedMessage[]; cursor?: string }>;
  remove(of: { object: string; sender?: string }): Promise<boolean>;
  forgetSender(sender: string): Promise<number>;
  /** How many of a sender were first received at `since` (RFC 3339 UTC) or later; of any time for ''. */
  countSince(sender: string, since: string): Promise<number>;
  count(): Promise<number>;
  prune(before: string): Promise<number>;
}

/** What happened lately, for the owner's feed. */
export interface NotificationStore {
  /** Create-if-absent by key; false when it was there. An adapter that has bounded room drops the oldest for it. */
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
   * The URL that a digest stands for. Only what something shown names has one, or the avatar and the name of who said it, so
   * nobody can make the blog fetch, or show under its address, what they like.
   */
  urlOf(digest: string): Promise<string | undefined>;
  get(url: string): Promise<CachedMedia | undefined>;
  /** Adds, or replaces by URL; at most `MAX_MEDIA_BYTES` in all. A picture that nobody names any more is not kept. */
  put(media: CachedMedia): Promise<void>;
}
