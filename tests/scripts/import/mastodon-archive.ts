import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { ZipFile } from 'yazl';

/** A file of an archive, as it is put in. */
export interface PackedFile {
  readonly name: string;
  readonly data: string | Buffer;
}

/** Writes a zip file as Mastodon 4.2 and later does. */
export async function writeZip(path: string, files: readonly PackedFile[]): Promise<string> {
  const zip = new ZipFile();
  for (const { name, data } of files)
    zip.addBuffer(Buffer.from(data), name, { mtime: new Date('2026-01-01T00:00:00Z') });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(path));
  return path;
}

/** Writes a tar file, with gzip as Mastodon before 4.2 does. */
export async function writeTar(
  path: string,
  files: readonly PackedFile[],
  { gzip = true }: { readonly gzip?: boolean } = {},
): Promise<string> {
  const tar = pack();
  for (const { name, data } of files) tar.entry({ name, mtime: new Date('2026-01-01T00:00:00Z') }, data);
  tar.finalize();
  const packed = Readable.from(tar);
  await (gzip ? pipeline(packed, createGzip(), createWriteStream(path)) : pipeline(packed, createWriteStream(path)));
  return path;
}

export const HOST = 'https://social.example';
export const ACTOR = `${HOST}/users/mara`;
export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';
const FOLLOWERS = `${ACTOR}/followers`;

export interface NoteFacts {
  readonly id?: number | string;
  readonly html?: string;
  readonly visibility?: 'public' | 'unlisted' | 'followers' | 'direct';
  readonly published?: string;
  /** Members that differ from what a plain post has. */
  readonly object?: Readonly<Record<string, unknown>>;
}

export function noteId(id: number | string): string {
  return `${ACTOR}/statuses/${id}`;
}

export function noteUrl(id: number | string): string {
  return `${HOST}/@mara/${id}`;
}

/** A Create as Mastodon's archive has it (mastodon `app/services/backup_service.rb`, `note_serializer.rb`). */
export function createOf({
  id = 1,
  html = '<p>Hello</p>',
  visibility = 'public',
  published = '2024-05-06T07:08:09Z',
  object,
}: NoteFacts) {
  const [to, cc] = {
    public: [[PUBLIC], [FOLLOWERS]],
    unlisted: [[FOLLOWERS], [PUBLIC]],
    followers: [[FOLLOWERS], []],
    direct: [[`${HOST}/users/bob`], []],
  }[visibility];
  return {
    id: `${noteId(id)}/activity`,
    type: 'Create',
    actor: ACTOR,
    published,
    to,
    cc,
    object: {
      id: noteId(id),
      type: 'Note',
      summary: null,
      inReplyTo: null,
      published,
      url: noteUrl(id),
      attributedTo: ACTOR,
      to,
      cc,
      sensitive: false,
      atomUri: noteId(id),
      inReplyToAtomUri: null,
      conversation: `tag:social.example,2024-05-06:objectId=${id}:objectType=Conversation`,
      content: html,
      contentMap: { en: html },
      attachment: [],
      tag: [],
      replies: {
        id: `${noteId(id)}/replies`,
        type: 'Collection',
        first: {
          type: 'CollectionPage',
          next: `${noteId(id)}/replies?only_other_accounts=true&page=true`,
          partOf: `${noteId(id)}/replies`,
          items: [],
        },
      },
      ...object,
    },
  };
}

export function announceOf(id: number | string, target: string, published = '2024-05-07T00:00:00Z') {
  const activity = `${noteId(id)}/activity`;
  return {
    id: activity,
    type: 'Announce',
    actor: ACTOR,
    published,
    to: [PUBLIC],
    cc: [`${HOST}/users/bob`, FOLLOWERS],
    object: target,
  };
}

export function attachmentOf(path: string, name: string | null, mediaType = 'image/png') {
  return {
    type: 'Document',
    mediaType,
    url: `/media_attachments/${path}`,
    name,
    blurhash: 'UBL_:rOpGG',
    focalPoint: [0.1, -0.2],
    width: 4,
    height: 3,
  };
}

export const ACTOR_DOCUMENT = {
  '@context': ['https://www.w3.org/ns/activitystreams'],
  id: ACTOR,
  type: 'Person',
  following: `${ACTOR}/following`,
  followers: FOLLOWERS,
  inbox: `${ACTOR}/inbox`,
  outbox: 'outbox.json',
  featured: `${ACTOR}/collections/featured`,
  preferredUsername: 'mara',
  name: 'Mara',
  summary:
    '<p>Gates and walls. <a href="https://mara.example" rel="me"><span class="invisible">https://</span><span class="">mara.example</span></a></p>',
  url: `${HOST}/@mara`,
  published: '2019-03-04T00:00:00Z',
  tag: [],
  attachment: [
    {
      type: 'PropertyValue',
      name: 'Web',
      value:
        '<a href="https://mara.example" target="_blank" rel="nofollow noopener me"><span class="invisible">https://</span><span class="">mara.example</span><span class="invisible"></span></a>',
    },
    { type: 'PropertyValue', name: 'Pronouns', value: 'she' },
  ],
  icon: { type: 'Image', mediaType: 'image/png', url: 'avatar.png' },
  image: { type: 'Image', mediaType: 'image/png', url: 'header.png' },
  likes: 'likes.json',
  bookmarks: 'bookmarks.json',
};

/** Four pixels by three, grey. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAACXBIWXMAAAPoAAAD6AG1e1JrAAAADklEQVQImWPoQAIMODkAdSYTIf8O1MEAAAAASUVORK5CYII=',
  'base64',
);

export function collectionOf(id: string, items: readonly unknown[]): string {
  return JSON.stringify({
    '@context': 'https://www.w3.org/ns/activitystreams',
    id,
    type: 'OrderedCollection',
    totalItems: items.length,
    orderedItems: items,
  });
}

export interface ArchiveFacts {
  /** Activities of the outbox, oldest first. */
  readonly outbox?: readonly unknown[];
  readonly likes?: readonly string[];
  readonly bookmarks?: readonly string[];
  readonly actor?: unknown;
  /** Below `media_attachments/`. */
  readonly media?: readonly PackedFile[];
  /** As they are. */
  readonly files?: readonly PackedFile[];
}

/** The files of an archive, in the order in which Mastodon writes them. */
export function mastodonFiles({
  outbox = [],
  likes = [],
  bookmarks = [],
  actor = ACTOR_DOCUMENT,
  media = [],
  files = [],
}: ArchiveFacts): PackedFile[] {
  return [
    ...media.map(({ name, data }) => ({ name: `media_attachments/${name}`, data })),
    { name: 'outbox.json', data: collectionOf('outbox.json', outbox) },
    { name: 'likes.json', data: collectionOf('likes.json', likes) },
    { name: 'bookmarks.json', data: collectionOf('bookmarks.json', bookmarks) },
    ...files,
    { name: 'actor.json', data: JSON.stringify(actor) },
  ];
}

/** The text of an outbox of any length, piece by piece: every fourth post answers the one before. */
export function* outboxText(posts: number): Generator<string> {
  yield `{"@context":"https://www.w3.org/ns/activitystreams","id":"outbox.json","type":"OrderedCollection","totalItems":${posts},"orderedItems":[`;
  for (let n = 1; n <= posts; n += 1) {
    const published = new Date(Date.UTC(2018, 0, 1) + n * 601_000).toISOString().replace('.000Z', 'Z');
    const html = `<p>Post ${n} says <a href="https://example.com/${n}" rel="nofollow noopener"><span class="invisible">https://</span><span class="">example.com/${n}</span></a> and <a href="${HOST}/tags/gates" class="mention hashtag" rel="tag">#<span>gates</span></a>.</p><p>${'Stone on stone. '.repeat(n % 9)}</p>`;
    const object = n % 4 === 0 ? { inReplyTo: noteId(n - 1) } : {};
    yield `${n === 1 ? '' : ','}${JSON.stringify(createOf({ id: n, html, published, object }))}`;
  }
  yield ']}';
}
