import { isJsonObject } from '../../federation/vocabulary.ts';
import { openBuckets } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import { atOnce } from './blobs-documents.ts';
import type { GroundOptions } from './blobs-ground.ts';
import type { InteractionStore } from './interaction-store.ts';
import { type ActorCache, type CachedDocument, MAX_CACHED_ACTORS } from './store.ts';

/** Documents of one bucket. The buckets of all hold `MAX_CACHED_ACTORS` at most. */
const PER_BUCKET = 10;

/** The most text of one bucket: a stranger decides how long a document is, and each of them is read with the others. */
const MAX_TEXT = 262_144;

type Bucket = Map<string, CachedDocument>;

/**
 * Remote documents in Blobs, in buckets of a bounded size. What is fetched longest ago goes first when its bucket is full,
 * which may be before all of them are.
 */
export function blobsActors(blobs: BlobStore, author: InteractionStore['author'], options: GroundOptions): ActorCache {
  const kind = { folder: 'actors', buckets: MAX_CACHED_ACTORS / PER_BUCKET, parse, print };
  const actors = openBuckets<Bucket>(blobs, { ...kind, empty: () => new Map() }, options);
  return {
    get: async (url) => (await actors.read(url)).get(url),
    put: (entry) =>
      actors.change(entry.url, (bucket) => {
        bucket.delete(entry.url);
        bucket.set(entry.url, entry);
        makeRoom(bucket);
      }),
    remove: async (url) => {
      await actors.change(url, (bucket) => bucket.delete(url));
    },
    prune: async (before) => {
      let dropped = 0;
      for await (const bucket of actors.each()) {
        const doomed = await strangersIn(bucket, before, author);
        const [first] = doomed;
        if (first !== undefined) dropped += await actors.change(first, (now) => dropOld(now, doomed, before));
      }
      return dropped;
    },
    all: async function* () {
      for await (const bucket of actors.each()) yield* bucket.values();
    },
  };
}

/** What was fetched longest ago goes, of two of an age the one that was put first. */
function makeRoom(bucket: Bucket): void {
  const oldestFirst = [...bucket.values()].sort((a, b) => a.fetchedAt - b.fetchedAt);
  let text = JSON.stringify(oldestFirst).length;
  for (const { url, ...rest } of oldestFirst) {
    if (bucket.size <= 1 || (bucket.size <= PER_BUCKET && text <= MAX_TEXT)) return;
    bucket.delete(url);
    text -= JSON.stringify({ url, ...rest }).length + 1;
  }
}

/** The URLs of what was fetched before, but for authors of what is kept. */
async function strangersIn(bucket: Bucket, before: number, author: InteractionStore['author']): Promise<string[]> {
  const old = [...bucket.values()].filter(({ fetchedAt }) => fetchedAt < before);
  const strangers = await atOnce(old, async ({ url }) => ((await author(url)) === undefined ? [url] : []));
  return strangers.flat();
}

/** Drops those that were not fetched again meanwhile; gives how many. */
function dropOld(bucket: Bucket, urls: readonly string[], before: number): number {
  const old = urls.filter((url) => (bucket.get(url)?.fetchedAt ?? before) < before);
  for (const url of old) bucket.delete(url);
  return old.length;
}

function parse(json: unknown): Bucket {
  if (!Array.isArray(json)) throw new TypeError('no documents');
  const bucket: Bucket = new Map();
  for (const entry of json) {
    if (!isCached(entry)) throw new TypeError('no document');
    bucket.set(entry.url, entry);
  }
  return bucket;
}

function print(bucket: Bucket): unknown {
  return [...bucket.values()];
}

function isCached(json: unknown): json is CachedDocument {
  if (!isJsonObject(json)) return false;
  const { url, fetchedAt, status, document } = json;
  const isDocument = document === undefined || isJsonObject(document);
  return typeof url === 'string' && typeof fetchedAt === 'number' && typeof status === 'number' && isDocument;
}
