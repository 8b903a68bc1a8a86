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

/** Netlify Blobs, of a store that was opened with strong consistency. */
export function netlifyBlobs(store: Store): BlobStore {
  return {
    get: async (key) => {
      const found = await store.getWithMetadata(key, { type: 'text', consistency: 'strong' });
      if (found === null) return undefined;
      return { text: found.data, etag: found.etag ?? (await listedEtag(store, key)) };
    },
    set: async (key, text, condition) => {
      const { modified, etag } = await store.set(key, text, condition);
      if (!modified) return undefined;
      // For a write with a condition the client takes every answer but 412 for success.
      if (!etag) throw unanswered(key);
      return etag;
    },
    list: async (prefix) => (await store.list({ prefix })).blobs.map(({ key }) => key),
    delete: (key) => store.delete(key),
  };
}

/** The local server of `@netlify/blobs` 10.7 says it in lists alone. */
async function listedEtag(store: Store, key: string): Promise<string> {
  const { blobs } = await store.list({ prefix: key });
  const etag = blobs.find((blob) => blob.key === key)?.etag;
  if (etag === undefined) throw unanswered(key);
  return etag;
}

function unanswered(key: string): PosternError {
  return new PosternError('store-unavailable', `Netlify Blobs gave no usable answer for ${key}.`, {
    hint: 'Try again in a minute; if it stays, see https://www.netlifystatus.com.',
    facts: { key },
  });
}
