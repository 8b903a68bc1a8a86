/** What a build says is public. It is written to `/ap/manifest.json` and compared with the ledger by the plan. */
export interface Manifest {
  readonly version: 1;
  readonly origin: string;
  /** Where the build came from, when it was made in a git work tree: the commit and its committer time (RFC 3339). */
  readonly source?: { readonly commit: string; readonly committedAt: string };
  /**
   * Hex SHA-256 over all that the build makes public, at once or at a later date. Equal for builds that say the same; a
   * publish approves a build by it.
   */
  readonly content: string;
  readonly policy: PublishPolicy;
  readonly actor: ManifestActor;
  /** One entry for each object that federates, newest first. */
  readonly objects: readonly ManifestObject[];
}

/** What the profile says about publishing. */
export interface PublishPolicy {
  readonly limits: Limits;
  /** Milliseconds between a publish and its sending, in which a mistake can still be mended. 0: at once. */
  readonly sendAfterMs: number;
}

/** What a profile that says nothing of it means. */
export const DEFAULT_POLICY: PublishPolicy = { limits: { creates: 10, updates: 20, deletes: 5 }, sendAfterMs: 0 };

/** The most of each kind that one publish sends unasked. */
export interface Limits {
  readonly creates: number;
  readonly updates: number;
  readonly deletes: number;
}

/** The actor as built, with the few settings that the functions need after the build. */
export interface ManifestActor {
  readonly id: string;
  readonly username: string;
  /** Names that it had before: WebFinger answers them with the name of now. */
  readonly formerUsernames?: readonly string[];
  /** Hex SHA-256 of the actor document. */
  readonly digest: string;
  /** Hex SHA-256 of the public keys. */
  readonly keyDigest: string;
  /** False unless the profile shows who follows the blog. */
  readonly showFollowers: boolean;
  /** The actor to which the account moved: told by a Move. */
  readonly movedTo?: string;
}

/** A post becomes one of these. A note with a poll is a Question. */
export type PostType = 'Article' | 'Note' | 'Question';

export interface ManifestObject {
  readonly id: string;
  readonly type: PostType | DeedType;
  /** The page, absolute; of a Follow the front page. */
  readonly url: string;
  /**
   * Title, or the beginning of a note: for people who read the plan. Of a deed, what it is done to: the title, the beginning
   * or the URL; of a Follow `@user@host`, by which it is known when nobody can say who that is.
   */
  readonly title: string;
  /** The Markdown file, relative to the content folder. */
  readonly source: string;
  /** Hex SHA-256 of the object's meaning: see `digestMeaning`. */
  readonly digest: string;
  /** The same without the page's address: recognises a file that was renamed without an `id`. */
  readonly bodyDigest?: string;
  /** RFC 3339 UTC. */
  readonly published: string;
  /** True when the front matter's date had no time: the plan then says when it was published (see `planPublish`). */
  readonly dateOnly: boolean;
  /** RFC 3339 UTC, when the front matter has it. */
  readonly updated?: string;
  readonly visibility: 'public' | 'unlisted';
  /**
   * `silent`: what is new or changed is told to nobody; the ledger takes it as it is. `update`: its changes are sent
   * whatever is held. Absent: as usual.
   */
  readonly federate?: 'silent' | 'update';
  /** The deleted id that the post had before: it came back, and the build gave it this new one (invariant 3). */
  readonly restores?: string;
  /** Of a deed (see `DeedType`): the id of what it is done to. */
  readonly object?: string;
  /** Of a QuoteRequest: the post of ours that quotes. */
  readonly instrument?: string;
  /** Who hears of it besides the followers; of a Like, Follow or QuoteRequest, who alone hears of it. */
  readonly addressees?: readonly Addressee[];
  /** What it names and nobody could resolve, as it is written: nothing new is told of it until that is done. */
  readonly unresolved?: readonly string[];
  /** Of a poll: when it ends. RFC 3339 UTC. */
  readonly ends?: string;
  /** Of a poll: hex SHA-256 of its options, in their order, and of whether a voter may choose several. */
  readonly pollDigest?: string;
}

/** Somebody who is addressed by name. */
export interface Addressee {
  readonly actor: string;
  /** Where it is sent: the shared inbox of the server where there is one, but for what is for the actor alone. */
  readonly inbox: string;
  /** `@user@host`, for people who read the plan. */
  readonly handle: string;
}

/**
 * What the owner does to something of somebody else: an activity without an object of ours, undone once its file is gone. Its
 * id in manifest and ledger is `deedId`; that of the activity also depends on how often it was done, for an id is used once.
 * (ActivityPub §6.5, §6.8, §6.10, §6.11; FEP-044f)
 */
export type DeedType = 'Like' | 'Announce' | 'Follow' | 'QuoteRequest';
