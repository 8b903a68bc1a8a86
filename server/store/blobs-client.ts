import type { Store } from '@netlify/blobs';
import { PosternError } from '../errors.ts';

/**
 * What the store needs of a key-value service: reads that see the last write, and writes that succeed only where nothing
 * has changed. Keys are ASCII letters, digits, `-`, `_` and `/`, at most 200 characters.
 */
export interface BlobStore {
  /** As of now, not of a cache. */
  get(key: string): Promise<StoredBlob | undefined>;
  /** Writes if the condition holds; gives the new etag, or undefined, and nothing written, where it does not. */
  set(key: string, text: string, condition: WriteCondition): Promise<string | undefined>;
  /** The keys that begin with `prefix`, in no order. What was written a moment ago may be missing, what was deleted still there. */
  list(prefix: string): Promise<readonly string[]>;
  /** Without a condition: only for what nobody changes any more. */
  delete(key: string): Promise<void>;
}

export interface StoredBlob {
  readonly text: string;
  readonly etag: string;
}

export type WriteCondition = { readonly onlyIfNew: true } | { readonly onlyIfMatch: string };

const MOST_LOOKS = 5;

/** Netlify Blobs, of a store that was opened with strong consistency. */
export function netlifyBlobs(store: Store): BlobStore {
  return {
    get: async (key) => {
      const found = await read(store, key);
      if (found === null) return undefined;
      return found.etag === undefined ? readListed(store, key) : { text: found.data, etag: found.etag };
    },
    set: async (key, text, condition) => {
      const { modified, etag } = await store.set(key, text, condition);
      if (!modified) return undefined;
      // For a write with a condition the client takes every answer but 412 for success, a 500 and a 429 too.
      if (!etag) throw unanswered(key);
      return etag;
    },
    list: async (prefix) => {
      const { blobs } = await store.list({ prefix });
      return blobs.map(({ key }) => key).filter((key) => !isTemporary(key));
    },
    delete: (key) => store.delete(key),
  };
}

function read(store: Store, key: string) {
  return store.getWithMetadata(key, { type: 'text', consistency: 'strong' });
}

/**
 * The local server of `@netlify/blobs` 10.7 tells etags in lists alone. The etag is asked for before the text: one that is
 * older than the text makes the next write fail, one that is newer would make it undo another.
 */
async function readListed(store: Store, key: string): Promise<StoredBlob | undefined> {
  for (let tries = 0; tries < MOST_LOOKS; tries += 1) {
    const { blobs } = await store.list({ prefix: key });
    const etag = blobs.find((blob) => blob.key === key)?.etag;
    const found = await read(store, key);
    if (found === null) return undefined;
    // A list leaves out what others write in the same moment.
    if (etag) return { text: found.data, etag };
  }
  throw unanswered(key);
}

/** The local server lists the files that it is about to rename. */
function isTemporary(key: string): boolean {
  return key.slice(key.lastIndexOf('/') + 1).startsWith('.');
}

function unanswered(key: string): PosternError {
  return new PosternError('store-unavailable', `Netlify Blobs gave no usable answer for ${key}.`, {
    hint: 'Try again in a minute; if it stays, see https://www.netlifystatus.com.',
    facts: { key },
  });
}
