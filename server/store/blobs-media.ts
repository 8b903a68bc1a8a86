import { mediaDigest } from '../../federation/addresses.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../crypto.ts';
import type { BlobStore } from './blobs-client.ts';
import { type DocumentKind, damaged, openDocuments } from './blobs-documents.ts';
import type { SaidDocuments } from './blobs-interaction-writes.ts';
import type { PlacedOptions } from './blobs-placed.ts';
import { bucketOf } from './blobs-references.ts';
import { isHome } from './blobs-threads.ts';
import { picturesOf, picturesOfAuthor } from './interaction-rules.ts';
import { type CachedMedia, MAX_MEDIA_BYTES, type MediaCache } from './interaction-store.ts';
import type { InteractionEntry } from './memory-interactions.ts';
import { hasTexts } from './stored-texts.ts';

/** How large a picture is, and when it was fetched. */
interface PictureSize {
  readonly size: number;
  readonly fetchedAt: number;
}

/** By digest, in the order in which they were put. */
type PictureSizes = Map<string, PictureSize>;

/** The document with the sizes: it is looked at when a picture is put, not when it is shown. */
const SIZES = 'all';

const pictureSizesKind: DocumentKind<PictureSizes> = {
  folder: 'picture-sizes',
  empty: () => new Map(),
  parse: (json) => {
    if (!Array.isArray(json)) throw new TypeError('no sizes');
    return new Map(
      json.map((entry) => {
        const [digest, size, fetchedAt]: unknown[] = entry;
        if (typeof digest !== 'string' || typeof size !== 'number' || typeof fetchedAt !== 'number')
          throw new TypeError('no size');
        return [digest, { size, fetchedAt }];
      }),
    );
  },
  print: (sizes) => [...sizes].map(([digest, { size, fetchedAt }]) => [digest, size, fetchedAt]),
};

export interface BlobsMedia extends MediaCache {
  /** Something as large as each picture, to be counted. */
  contents(): Promise<{ readonly bytes: Uint8Array }[]>;
}

/**
 * Pictures in Blobs, one a blob, with an index of who names them; whether they still do is looked up where they said it. What
 * nobody names any more is dropped when it is asked for, not at once: until then its address is that of nothing.
 */
export function blobsMedia(blobs: BlobStore, documents: SaidDocuments, options: PlacedOptions): BlobsMedia {
  const sizes = openDocuments(blobs, pictureSizesKind, options);
  const names = openNames(documents);
  const drop = async (digest: string): Promise<void> => {
    await sizes.change(SIZES, (all) => all.delete(digest));
    await blobs.delete(keyOf(digest));
  };

  return {
    urlOf: names.shownUrl,
    get: async (url) => {
      const digest = mediaDigest(sha256Hex, url);
      const found = await blobs.get(keyOf(digest));
      if (found === undefined) return undefined;
      if (await names.isNamed(url)) return parsePicture(found.text, digest);
      await drop(digest);
      return undefined;
    },
    put: async (picture) => {
      const { url, bytes, fetchedAt } = picture;
      if (!(await names.isNamed(url))) return;
      const digest = mediaDigest(sha256Hex, url);
      const former = await blobs.get(keyOf(digest));
      const dropped = await sizes.change(SIZES, (all) => trimmed(all, digest, { size: bytes.length, fetchedAt }));
      for (const each of dropped) await blobs.delete(keyOf(each));
      if (dropped.includes(digest)) return;
      // Where another process was first, that is the picture.
      const condition = former === undefined ? ({ onlyIfNew: true } as const) : { onlyIfMatch: former.etag };
      await blobs.set(keyOf(digest), printPicture(picture), condition);
    },
    contents: async () => [...(await sizes.read(SIZES)).values()].map(({ size }) => ({ bytes: new Uint8Array(size) })),
  };
}

/** Adds a picture, and takes out those that are too much, longest ago first; gives their digests. */
function trimmed(sizes: PictureSizes, digest: string, size: PictureSize): string[] {
  sizes.delete(digest);
  if (size.size > MAX_MEDIA_BYTES) return [digest];
  sizes.set(digest, size);
  const newestFirst = [...sizes].reverse().sort(([, a], [, b]) => b.fetchedAt - a.fetchedAt);
  let total = 0;
  const dropped = newestFirst.flatMap(([each, { size }]) => {
    total += size;
    return total > MAX_MEDIA_BYTES ? each : [];
  });
  for (const each of dropped) sizes.delete(each);
  return dropped;
}

function openNames({ threads, people, pictures }: SaidDocuments) {
  /** The URLs of a digest, and by whom they were named: an actor, or a document of a thread. */
  const namersOf = async (digest: string): Promise<(readonly [url: string, by: string])[]> => {
    const names = await pictures.read(digest);
    return [...names].flatMap(([name, by]) =>
      name.startsWith(`${digest} `) ? [...by.keys()].map((each) => [name.slice(digest.length + 1), each] as const) : [],
    );
  };
  /** An actor of whom nothing is kept is no document. */
  const isAt = async (by: string, matches: (entry: InteractionEntry) => boolean): Promise<boolean> =>
    isHome(by) && [...(await threads.read(by)).entries.values()].some(matches);
  const isShownAt = async (url: string, by: string): Promise<boolean> => {
    const person = (await people.read(bucketOf(by))).get(by);
    if (person === undefined) return isAt(by, (each) => isShown(each) && names(each, url));
    if (!picturesOfAuthor(person.author).includes(url)) return false;
    for (const home of new Set(person.references.map((each) => each.home).reverse()))
      if (await isAt(home, (each) => isShown(each) && each.interaction.actor === by)) return true;
    return false;
  };
  const isNamedBy = async (url: string, by: string): Promise<boolean> => {
    const person = (await people.read(bucketOf(by))).get(by);
    if (person) return picturesOfAuthor(person.author).includes(url);
    return isAt(by, (each) => names(each, url));
  };

  return {
    shownUrl: async (digest: string): Promise<string | undefined> => {
      if (!/^[0-9a-f]{32}$/.test(digest)) return undefined;
      for (const [url, by] of await namersOf(digest)) if (await isShownAt(url, by)) return url;
      return undefined;
    },
    isNamed: async (url: string): Promise<boolean> => {
      for (const [named, by] of await namersOf(mediaDigest(sha256Hex, url)))
        if (named === url && (await isNamedBy(url, by))) return true;
      return false;
    },
  };
}

function isShown({ interaction }: InteractionEntry): boolean {
  return interaction.state === 'shown';
}

function names({ interaction }: InteractionEntry, url: string): boolean {
  return picturesOf(interaction).includes(url);
}

function keyOf(digest: string): string {
  return `pictures/${digest}`;
}

function printPicture({ url, type, bytes, fetchedAt }: CachedMedia): string {
  return JSON.stringify({ url, type, fetchedAt, bytes: Buffer.from(bytes).toString('base64') });
}

function parsePicture(text: string, digest: string): CachedMedia {
  const json: unknown = JSON.parse(text);
  const fetchedAt = isJsonObject(json) ? json.fetchedAt : undefined;
  if (typeof fetchedAt !== 'number' || !hasTexts(json, ['url', 'type', 'bytes'])) throw damaged(keyOf(digest));
  return { url: json.url, type: json.type, fetchedAt, bytes: new Uint8Array(Buffer.from(json.bytes, 'base64')) };
}
