/** Somebody of another server, as the build knows them: resolved once, and kept with the content. */
export interface KnownActor {
  readonly id: string;
  /** `@user@host`. */
  readonly handle: string;
  /** Plain text; absent when the document has none. */
  readonly name?: string;
  /** Their page, for people. */
  readonly url: string;
  readonly inbox: string;
  readonly sharedInbox?: string;
}

/** Something that somebody of another server said. */
export interface KnownObject {
  readonly id: string;
  /** Its page, for people. */
  readonly url: string;
  readonly type: string;
  readonly author: KnownActor;
  /** Plain text: the title of an Article. */
  readonly name?: string;
  /** Plain text, shortened: what a page shows of it. */
  readonly excerpt?: string;
  /** RFC 3339 UTC. */
  readonly published?: string;
  /** True when it says that nobody, or only somebody else, may quote it (FEP-044f). */
  readonly refusesQuotes?: boolean;
}

/** What `in-reply-to`, `like-of`, `repost-of` or `quotation-of` names: something of another server, or a post of this blog. */
export type Reference =
  | { readonly kind: 'known'; readonly url: string; readonly object: KnownObject }
  /** `id` of the object, `path` of its page. */
  | { readonly kind: 'own'; readonly url: string; readonly id: string; readonly path: string; readonly title?: string }
  /** Nobody could say what it is, or nobody was asked: what would tell of it is held. */
  | { readonly kind: 'unresolved'; readonly url: string; readonly reason: string };

/** Whom the owner follows: a line of `content/following.csv`. */
export interface Followed {
  /** `@user@host` as the file has it, in lower case. */
  readonly handle: string;
  /** 1-based line of the file. */
  readonly line: number;
  /** Absent when it could not be resolved: a new Follow is held, and one that was sent stays. */
  readonly actor?: KnownActor;
  readonly showBoosts: boolean;
  readonly notify: boolean;
  /** BCP 47 tags; empty for all. */
  readonly languages: readonly string[];
}

/** A question with answers to choose from (Activity Vocabulary, Question). */
export interface Poll {
  /** Two or more, plain text, each once. */
  readonly options: readonly string[];
  /** True when a voter may choose several. */
  readonly multiple: boolean;
  /** RFC 3339 UTC. */
  readonly ends: string;
}

/** The same post in another language: one object carries both. */
export interface Translation {
  readonly language: string;
  readonly title?: string;
  /** The page: an absolute path. */
  readonly path: string;
  readonly description?: string;
  /** The rendered body, as its page shows it. */
  readonly html: string;
}
