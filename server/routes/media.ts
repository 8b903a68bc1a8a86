import { PICTURE_TYPES } from '../http/picture-type.ts';
import type { Deps } from '../ports.ts';
import type { CachedMedia, MediaCache } from '../store/interaction-store.ts';
import { etagOf, matchesEtag, otherMethod, problem } from './respond.ts';

type MediaDeps = Pick<Deps, 'store' | 'media' | 'clock'>;

/** An address stands for one URL for ever, and a picture under one URL rarely changes. */
const LASTING = 'public, max-age=604800, immutable';

/** What is not there may be soon. */
const SHORT = 'public, max-age=60';

/** Only pictures, and never a program: whatever a browser makes of the bytes may do nothing. */
const GUARD = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
} as const;

const RETRY = { 'retry-after': '300', 'cache-control': 'no-cache' };

/**
 * Answers with a picture of another server, so that no reader's browser asks strangers: an avatar or emoji that something
 * shown names, by the digest of its URL; for any other digest 404, so that nobody can make the blog fetch what they like.
 * The store has it, or it is fetched and kept.
 */
export async function media(deps: MediaDeps, request: Request): Promise<Response> {
  const other = otherMethod(request);
  if (other !== undefined) return other;
  const [, digest] = /^\/ap\/media\/([0-9a-f]{32})$/.exec(new URL(request.url).pathname) ?? [];
  const url = digest === undefined ? undefined : await deps.store.media.urlOf(digest);
  const found = url === undefined ? undefined : await pictureAt(deps, url);
  if (found === 'later') return problem(503, 'The picture cannot be had just now.', RETRY);
  // A store can be changed by other hands: what is no picture is not served.
  if (found === undefined || !PICTURE_TYPES.has(found.type)) {
    return problem(404, 'There is no such picture.', { 'cache-control': SHORT });
  }
  return picture(request, found);
}

function picture(request: Request, { type, bytes }: CachedMedia): Response {
  const etag = etagOf(bytes);
  const headers = new Headers({ ...GUARD, 'content-type': type, 'cache-control': LASTING, etag });
  if (matchesEtag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  headers.set('content-length', String(bytes.length));
  return new Response(request.method === 'HEAD' ? null : Uint8Array.from(bytes), { headers });
}

type Picture = CachedMedia | 'later' | undefined;

/** By store: a picture that many ask for is fetched and kept once. */
const underWay = new WeakMap<MediaCache, Map<string, Promise<Picture>>>();

async function pictureAt(deps: MediaDeps, url: string): Promise<Picture> {
  const cache = deps.store.media;
  const kept = await cache.get(url);
  if (kept) return kept;
  const shared = underWay.get(cache) ?? new Map<string, Promise<Picture>>();
  underWay.set(cache, shared);
  const begun = shared.get(url) ?? fetchPicture(deps, url).finally(() => shared.delete(url));
  shared.set(url, begun);
  return begun;
}

async function fetchPicture({ store, media, clock }: MediaDeps, url: string): Promise<Picture> {
  const fetched = await media.get(url);
  switch (fetched.kind) {
    case 'media': {
      const kept = { url, type: fetched.type, bytes: fetched.bytes, fetchedAt: clock() };
      await store.media.put(kept);
      return kept;
    }
    case 'refused':
      return undefined;
    case 'failed':
      return 'later';
    default:
      return fetched satisfies never;
  }
}
