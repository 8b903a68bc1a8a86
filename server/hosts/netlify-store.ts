import { getDeployStore, getStore, type Store as NetlifyStore } from '@netlify/blobs';
import { type Deployment, isLocal } from '../deployment.ts';
import { type BlobsStoreOptions, openBlobsStore } from '../store/blobs.ts';
import { type BlobStore, netlifyBlobs } from '../store/blobs-client.ts';
import type { Store } from '../store/store.ts';

/** The name of the store that production has. */
export const NETLIFY_STORE = 'postern';

/**
 * Opens what the blog remembers. Only production has the site's own store, which every deploy of the site could reach: each
 * preview has one of its own, that is dropped with it, and reads and writes no other.
 */
export function openNetlifyStore(
  { context }: Pick<Deployment, 'context'>,
  env: Readonly<Record<string, string | undefined>>,
  options: Pick<BlobsStoreOptions, 'delivering' | 'sizes'> = {},
): Store {
  const open = (): NetlifyStore => {
    if (context === 'production') return getStore({ name: NETLIFY_STORE, consistency: 'strong' });
    if (isLocal({ context })) return getStore({ name: 'postern-dev', consistency: 'strong' });
    return getDeployStore({ name: NETLIFY_STORE, consistency: 'strong' });
  };
  return openBlobsStore(
    followingContext(open, () => env.NETLIFY_BLOBS_CONTEXT),
    options,
  );
}

/** Each request brings a token of its own, which ends: a client that was made for an earlier one would be refused some day. */
function followingContext(open: () => NetlifyStore, context: () => string | undefined): BlobStore {
  let known: { readonly context: string | undefined; readonly blobs: BlobStore } | undefined;
  const blobs = (): BlobStore => {
    const now = context();
    if (!known || known.context !== now) known = { context: now, blobs: netlifyBlobs(open()) };
    return known.blobs;
  };
  return {
    get: (key) => blobs().get(key),
    set: (key, text, condition) => blobs().set(key, text, condition),
    list: (prefix) => blobs().list(prefix),
    delete: (key) => blobs().delete(key),
  };
}
