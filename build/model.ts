import type { PublishPolicy } from '../federation/manifest.ts';
import type { PictureFacts } from '../federation/picture.ts';
import type { Followed, KnownActor, Poll, Reference, Translation } from '../federation/reference.ts';
import type { Rules } from '../federation/rules.ts';

/** The checked settings of `content/profile.md`. Addresses are absolute paths of the site (`/media/me.png`). */
export interface Profile {
  /** `scheme://host[:port]`, already resolved from the environment, the file, or the local default. */
  readonly origin: string;
  readonly username: string;
  /** Names that the blog had before: whoever asks for one of them is told the name of now. */
  readonly formerUsernames?: readonly string[];
  readonly name: string;
  readonly language: string;
  /** Plain text: for meta descriptions and feeds. */
  readonly description: string;
  /** The body of profile.md as HTML, links absolute. */
  readonly bioHtml: string;
  readonly avatar?: Picture;
  readonly header?: Picture;
  readonly fields: readonly ProfileField[];
  readonly rules: readonly string[];
  readonly showFollowers: boolean;
  /** Send an Article's description as `summary`: a teaser on Mastodon, a content warning on GoToSocial and Misskey. */
  readonly teaser: boolean;
  readonly discoverable: boolean;
  readonly indexable: boolean;
  /** RFC 3339 UTC: when the blog began. */
  readonly since?: string;
  readonly alsoKnownAs: readonly string[];
  /** The actor id of the account to which this one moved. */
  readonly movedTo?: string;
  /** The origin that has the pages now: the blog moved there with all it has, and the files of both are the same. */
  readonly pagesAt?: string;
  /** True when the site shows whom the owner follows, as a page and as OPML. */
  readonly blogroll?: boolean;
  /** What a publish holds, and how long it waits. */
  readonly policy: PublishPolicy;
  /** IANA name of the time zone in which a date without a time begins. */
  readonly timezone: string;
}

export interface ProfileField {
  readonly name: string;
  /** Plain text or a URL; a URL becomes a `rel="me"` link. */
  readonly value: string;
}

/** A picture that the build copies; its path is percent-encoded as in a URL. */
export type Picture = PictureFacts;

export interface Tag {
  /** As the wire wants it: one word of letters, digits and underscores, without `#`. */
  readonly name: string;
  /** As the author wrote it. */
  readonly label: string;
  /** Last part of `/tags/<slug>/`. */
  readonly slug: string;
}

export interface Document {
  /** The Markdown file, relative to the content folder, with `/`. */
  readonly source: string;
  readonly slug: string;
  /** The page: an absolute path ending in `/`, percent-encoded as in a URL (`decodeURI` gives the file's place). */
  readonly path: string;
  /** Old addresses that lead here: absolute paths, percent-encoded, ending in `/` or a file name. */
  readonly redirects: readonly string[];
  readonly language: string;
  readonly description?: string;
  /** The body as written; a build empties it when the object is written. */
  markdown: string;
  /** The rendered body, as the page shows it. */
  html: string;
}

/** A page that does not federate. */
export interface Page extends Document {
  readonly kind: 'page';
  readonly title: string;
}

/** One Markdown file that becomes one object. */
export interface Post extends Document {
  readonly kind: 'article' | 'note';
  /** Front matter `id`, else the slug: the last part of the object's id. */
  readonly key: string;
  /** Absent for a note without one. */
  readonly title?: string;
  /** RFC 3339 UTC. */
  readonly published: string;
  readonly dateOnly: boolean;
  readonly updated?: string;
  readonly tags: readonly Tag[];
  readonly image?: Picture;
  /** The pictures of the body, in order, each once. */
  readonly pictures: readonly Picture[];
  readonly contentWarning?: string;
  readonly sensitive: boolean;
  readonly visibility: 'public' | 'unlisted';
  /** `silent`: nobody is told what is new of it. `update`: its changes are sent whatever is held. */
  readonly federate: boolean | 'silent' | 'update';
  /** The deleted object id that it had before it came back under `key`. */
  readonly restores?: string;
  readonly pinned: boolean;
  readonly teaser: boolean;
  /** See `PostFacts`, as for all that follows. */
  readonly inReplyTo?: Reference;
  readonly likeOf?: Reference;
  readonly repostOf?: Reference;
  readonly quotationOf?: Reference;
  readonly mentions?: readonly KnownActor[];
  readonly unknownMentions?: readonly string[];
  readonly poll?: Poll;
  readonly translations?: readonly Translation[];
  /** Where an imported post stood before: shown and linked, and never fetched. */
  readonly originalUrl?: string;
  /**
   * Of a part of a thread: all parts are posts of one `source`, the first has the page, and the `path` of the others is its
   * anchor (`/notes/x/#2`). Absent for a post that is whole.
   */
  readonly part?: { readonly number: number; readonly of: number };
}

/** A post in another language than the one that federates: it has a page, and its text is in the other's object. */
export interface TranslatedPost extends Document {
  readonly kind: 'translation';
  readonly title?: string;
  /** The page of the post that federates. */
  readonly translationOf: string;
  readonly published: string;
}

/** All that the templates and the ActivityPub emitter see. Posts are newest first; drafts are not in it, and nothing of it is dated ahead but `waiting`. */
export interface Site {
  readonly profile: Profile;
  readonly posts: readonly Post[];
  /** Newest first; their date has not come, so they are in no page and no document. */
  readonly waiting: readonly Post[];
  readonly pages: readonly Page[];
  /** Absent in a site without any. */
  readonly translations?: readonly TranslatedPost[];
  /** Whom `following.csv` names, in its order. */
  readonly following?: readonly Followed[];
  /** Public keys as the actor document shows them. */
  readonly keys: { readonly publicKeyPem: string; readonly publicKeyMultibase: string };
  /** What the owner decided about others; whom the posts mention is added when they are emitted. */
  readonly rules: Rules;
}

/** A file that the build copies into the site. */
export interface FileCopy {
  /** Absolute path on disk. */
  readonly from: string;
  /** Where it goes, relative to the site's folder, with `/` and not percent-encoded. */
  readonly to: string;
}

/** One thing wrong with one file; the build gathers all of them before it fails. */
export interface Fault {
  /** Relative to the content folder. */
  readonly file: string;
  /** 1-based; 1 when the fault is of the file as a whole. */
  readonly line: number;
  /** What is wrong and what would be right. */
  readonly message: string;
  /** The address or `@user@host` of somebody else's that nobody knows yet: whoever asked for it can say why. */
  readonly about?: string;
}
