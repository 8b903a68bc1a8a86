import { getStore } from '@netlify/blobs';
import { PosternError } from '../../server/errors.ts';
import { NETLIFY_STORE } from '../../server/hosts/netlify-store.ts';
import { type BlobStore, netlifyBlobs } from '../../server/store/blobs-client.ts';
import { blobsDelivering } from '../../server/store/blobs-delivering.ts';
import { blobsSizes } from '../../server/store/blobs-sizes.ts';
import { openPortableBlobsStore } from '../../server/store/blobs-transfer.ts';
import type { PortableStore } from '../../server/store/transfer-store.ts';

const TOKEN = 'NETLIFY_AUTH_TOKEN';

/**
 * Opens the store that the functions of a site on Netlify use, from anywhere, with a token of its owner. Throws
 * `no-netlify-token`; a token that is refused shows with the first request: see `explained`.
 */
export function openSiteStore(siteId: string, env: Readonly<Record<string, string | undefined>>): PortableStore {
  const token = env[TOKEN]?.trim();
  if (!token)
    throw new PosternError('no-netlify-token', `${TOKEN} is not set: without it Netlify lets nobody in.`, {
      hint: `Make a token at https://app.netlify.com/user/applications and give it in the environment alone: read -rs ${TOKEN}; export ${TOKEN}`,
    });
  const place = { siteID: siteId, token, ...placeIn(env.NETLIFY_BLOBS_CONTEXT, siteId) };
  const blobs = netlifyBlobs(getStore({ name: NETLIFY_STORE, consistency: 'strong', ...place }));
  return openPortableBlobsStore(explained(blobs, siteId), { delivering: blobsDelivering, sizes: blobsSizes });
}

/** Where Netlify's own commands say that the store of this very site is: their emulation, or their build. */
function placeIn(context: string | undefined, siteId: string): { edgeURL?: string; uncachedEdgeURL?: string } {
  if (!context) return {};
  const { siteID, edgeURL, uncachedEdgeURL }: Record<string, unknown> = Object(parsed(context));
  if (siteID !== siteId || typeof edgeURL !== 'string' || typeof uncachedEdgeURL !== 'string') return {};
  return { edgeURL, uncachedEdgeURL };
}

function parsed(context: string): unknown {
  try {
    return JSON.parse(Buffer.from(context, 'base64').toString());
  } catch {
    return undefined;
  }
}

/** The client tells a status alone. */
function explained(blobs: BlobStore, siteId: string): BlobStore {
  const explain = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (cause) {
      if (cause instanceof PosternError) throw cause;
      throw notReached(siteId, cause);
    }
  };
  return {
    get: (key) => explain(() => blobs.get(key)),
    set: (...write) => explain(() => blobs.set(...write)),
    list: (prefix) => explain(() => blobs.list(prefix)),
    delete: (key) => explain(() => blobs.delete(key)),
  };
}

function notReached(siteId: string, cause: unknown): PosternError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const isRefused = /\b40[134]\b/.test(said);
  return new PosternError(
    isRefused ? 'netlify-refused' : 'netlify-not-reached',
    isRefused
      ? `Netlify does not give the store of the site ${siteId} to the owner of this token.`
      : `The store of the site ${siteId} could not be reached: ${said}`,
    {
      hint: isRefused
        ? `Check the site's ID (Project configuration > General > Project ID) and ${TOKEN}.`
        : 'Try again in a minute: what was copied is not copied twice. If it stays, see https://www.netlifystatus.com.',
      facts: { siteId },
      cause,
    },
  );
}
