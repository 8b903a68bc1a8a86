import type { Readable } from 'node:stream';

/** A post as another platform's export has it, before it is a Markdown file. */
export interface ImportedPost {
  readonly kind: 'article' | 'note';
  /** The permanent address it had: by it a second import knows it again. An export without one makes a `urn:` of it. */
  readonly originalUrl: string;
  /** Other addresses under which exports of the same account name it, such as the ActivityPub id. */
  readonly aliases?: readonly string[];
  /** What the file's name begins with; made of title or date where absent. */
  readonly slug?: string;
  readonly title?: string;
  /** RFC 3339 UTC, as is `updated`. */
  readonly published: string;
  readonly updated?: string;
  /** BCP 47. */
  readonly language?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** The body, as Markdown; pictures by the `name` of a file in `media`, as `![alt](media:name)`. */
  readonly markdown: string;
  readonly contentWarning?: string;
  readonly sensitive?: boolean;
  readonly visibility: 'public' | 'unlisted';
  /** True for what its author had not published: it becomes `draft: true`. */
  readonly draft?: boolean;
  /** Its author kept it at the head of the profile. */
  readonly pinned?: boolean;
  /** What it answers: an address, maybe the `originalUrl` of another post of the same import. */
  readonly inReplyTo?: string;
  readonly repostOf?: string;
  readonly likeOf?: string;
  /** A poll that ended, with its results. */
  readonly poll?: {
    readonly options: readonly { readonly name: string; readonly votes: number }[];
    readonly ends: string;
  };
  /** Paths on this blog that should lead to it: those of its old address, when the domain comes along. */
  readonly redirects?: readonly string[];
  /** Files that it shows, in order; the first may be its featured picture. */
  readonly media: readonly ImportedMedia[];
  /** The `name` of the one of `media` that leads an article. */
  readonly image?: string;
}

export interface ImportedMedia {
  /** A file name, without a folder. */
  readonly name: string;
  readonly alt: string;
  /** Opens the file in the archive; undefined when the archive has only its address. */
  readonly open: (() => Promise<Readable>) | undefined;
  /** Where it stood: linked when there is no file. */
  readonly url?: string;
}

/** Something of the export that does not become a file, for the report. */
export interface LeftOut {
  /** What it was: `direct message`, `post of others`, `broken entry`. The same words for the same kind: they are counted. */
  readonly kind: string;
  readonly reason: string;
  /** Where it is found: an address, or a place in the archive. */
  readonly where?: string;
}

export type ImportEntry =
  | { readonly type: 'post'; readonly post: ImportedPost }
  | { readonly type: 'left-out'; readonly leftOut: LeftOut }
  /** Lines that are added to a CSV file of `content/`, unless they are there. */
  | {
      readonly type: 'line';
      readonly file: 'following.csv' | 'blocks.csv';
      readonly columns: Readonly<Record<string, string>>;
    }
  /** What the profile may take: shown, and written only where profile.md says nothing yet. */
  | { readonly type: 'profile'; readonly profile: ImportedProfile };

export interface ImportedProfile {
  readonly name?: string;
  /** Markdown. */
  readonly bio?: string;
  readonly avatar?: ImportedMedia;
  readonly header?: ImportedMedia;
  readonly fields?: readonly { readonly name: string; readonly value: string }[];
  /** The account that it was: an actor id or page address. */
  readonly account?: string;
}

/** An export that was opened. Entries come as they are read: none is kept, however many there are. */
export interface ImportSource {
  /** What it is, for people: `Mastodon archive of @user@host`. */
  readonly title: string;
  /** How many entries there may be, for the progress; undefined when nobody knows. */
  readonly total?: number;
  /** Rejects with `PosternError` where the export is broken: nothing half-read becomes a file. */
  entries(): AsyncIterable<ImportEntry>;
  close(): Promise<void>;
}

/** A file of an archive, whatever packs it. */
export interface ArchiveFile {
  /** With `/`, relative, checked: no `..`, no absolute path, no drive, no NUL, no link. */
  readonly path: string;
  /** Bytes once unpacked. */
  readonly size: number;
}

/** A zip, tar or tar.gz file, or a folder, with random access. Bounded: see `open-archive.ts`. */
export interface Archive {
  readonly files: ReadonlyMap<string, ArchiveFile>;
  /** Rejects with `PosternError` where there is no such file or it is larger than it says. */
  open(path: string): Promise<Readable>;
  close(): Promise<void>;
}

/** A kind of export: whether a file is one, and how it is read. One file each in this folder. */
export interface ImportFormat {
  /** `mastodon`, `twitter`, `wordpress`, `ghost`, `medium`, `feed`: what `--from` takes. */
  readonly name: string;
  /** Looks at the names in an archive, or at the first 4 KiB of a single file. */
  readonly recognises: (input: ImportInput) => Promise<boolean> | boolean;
  readonly open: (input: ImportInput, options: ImportOptions) => Promise<ImportSource>;
}

export type ImportInput =
  | { readonly kind: 'archive'; readonly path: string; readonly archive: Archive }
  | { readonly kind: 'file'; readonly path: string; readonly head: string };

export interface ImportOptions {
  /** IANA name: for dates without a zone. */
  readonly timezone: string;
  readonly language: string;
  /** RFC 3339 UTC. */
  readonly now: string;
  /** Replies to others come along, where the format tells them from those to oneself. */
  readonly includeReplies: boolean;
}
