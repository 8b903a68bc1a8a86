import type { DeedType, PostType } from './manifest.ts';

/** What the network has been told about one object. */
export interface LedgerObject {
  readonly id: string;
  /**
   * `baseline`: it existed before federation began and was never announced. `announced`: a Create or Update was sent, or
   * the deed was done. `deleted`: a Delete was sent, and the id is never used again; or the deed was undone, and may be done
   * again, with a revision and so with an activity of its own.
   */
  readonly state: 'baseline' | 'announced' | 'deleted';
  readonly type: PostType | DeedType;
  /** Digest of the meaning that was last told. */
  readonly digest: string;
  /** Digest of the same without the page's address, where the build gave one: recognises a renamed file. */
  readonly bodyDigest?: string;
  /** 0 when first told; one more with each Update, and each time that a deed is done again. Part of the activity's id. */
  readonly revision: number;
  /** As it was announced; may differ from the file's date when that had no time. RFC 3339 UTC. */
  readonly published: string;
  readonly updated?: string;
  /** When a deleted object was deleted. RFC 3339 UTC. */
  readonly deleted?: string;
  readonly title: string;
  readonly visibility: 'public' | 'unlisted';
  /** The page; empty for a deed, which is no answer to the question what was at an address. */
  readonly url: string;
  /** Page addresses it had before, newest first: they redirect to `url`. */
  readonly formerUrls?: readonly string[];
  readonly source: string;
  /** Of a deed: what it was done to, and for a QuoteRequest the post of ours. */
  readonly object?: string;
  readonly instrument?: string;
  /** Of a poll: as the manifest had it when it was told. */
  readonly pollDigest?: string;
  /** Inboxes of those whom it addressed, all that were ever told: what takes it back goes there too. */
  readonly inboxes?: readonly string[];
  /**
   * The activity that tells this, while it may not be queued for every follower yet. Set before anything is queued and
   * cleared afterwards, so that an interrupted publish is finished by the next one whatever the site says by then.
   */
  readonly sending?: string;
}

/** What the network has been told about the actor. */
export interface LedgerActor {
  readonly id: string;
  readonly digest: string;
  readonly revision: number;
  /** The name and keys that were told; absent in a ledger from before they were kept. */
  readonly username?: string;
  readonly keyDigest?: string;
  /** Where the account moved, once its Move was told. */
  readonly movedTo?: string;
  /** When the account's Delete was told. Nothing is sent afterwards. RFC 3339 UTC. */
  readonly deleted?: string;
  /** From when every document of the account answers 410: its Delete has arrived or was given up everywhere. */
  readonly gone?: string;
  /** As for an object. */
  readonly sending?: string;
}

/** The build that the owner published last: what it still owes, delayed or dated ahead, is sent without a further word. */
export interface Approval {
  /** `content` of its manifest. */
  readonly content: string;
  /** When it was first published: `sendAfter` counts from here. RFC 3339 UTC. */
  readonly at: string;
  /** What the owner released with it: codes of holds, and ids of objects. */
  readonly confirmed: readonly string[];
}

/** Everything the network has been told. An origin's ledger is empty until its baseline has been taken. */
export interface Ledger {
  readonly origin: string;
  readonly actor: LedgerActor;
  /** The newest build that was applied, where builds say where they come from. */
  readonly source?: { readonly commit: string; readonly committedAt: string };
  /** When federation began: older posts that come later are not announced. RFC 3339 UTC. */
  readonly begun: string;
  readonly approved?: Approval;
  readonly objects: ReadonlyMap<string, LedgerObject>;
  /** How many posts that are not deleted are not in `objects`, where only a part of them was read: see `LedgerOutline`. */
  readonly elsewhere?: number;
}

/** A ledger without its objects, and what has to be known to read no more of them than a plan looks at. */
export interface LedgerOutline {
  readonly ledger: Omit<Ledger, 'objects' | 'elsewhere'>;
  readonly version: number;
  /** How many posts are not deleted; deeds are none. */
  readonly live: number;
  /** `digestTold` of those that are not deleted, by the name of their bucket; one without any has none. */
  readonly buckets: ReadonlyMap<string, string>;
  /** Ids of the objects with a `sending` mark. */
  readonly sending: readonly string[];
}
