import type { Manifest } from '../../federation/manifest.ts';
import { wantsActivity } from '../../federation/negotiate.ts';
import type { Deps } from '../ports.ts';
import { objectInPlace } from './negotiated.ts';

/**
 * Redirects from the page address that a live post had before to the one it has, with the query; undefined when there was
 * none. Who asks for ActivityPub gets the object in place, as at the page. Only the ledger remembers it: the build knows
 * nothing of what a post was called before. Asked before 404 is said.
 */
export async function moved(
  deps: Pick<Deps, 'site' | 'store' | 'clock'>,
  request: Request,
): Promise<Response | undefined> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  const { pathname, search } = new URL(request.url);
  // Ids never redirect: Akkoma, Lemmy and Misskey refuse them.
  if (pathname.startsWith('/ap/')) return undefined;
  const { site, store } = deps;
  const manifest = await site.manifest();
  const id = await objectAt(store, manifest.origin, pathname);
  const url = id === undefined ? undefined : urlOf(manifest, id);
  if (id === undefined || url === undefined) return undefined;
  const to = new URL(url);
  // It may be the very page that the build says to have and has not: no circle.
  if (withSlash(to.pathname) === withSlash(pathname)) return undefined;
  if (wantsActivity(request.headers.get('accept'))) return objectInPlace(deps, request, id);
  // Asked for each time: a post may take its former address again, and browsers keep a 301 for ever.
  const headers = { location: to.pathname + search, 'cache-control': 'no-cache', vary: 'Accept' };
  return new Response(null, { status: 301, headers });
}

/** The ledger has addresses as the build wrote them: with or without percent-encoding, most with a slash at the end. */
async function objectAt(store: Deps['store'], origin: string, pathname: string): Promise<string | undefined> {
  const spellings = new Set([pathname, withSlash(pathname)]);
  for (const path of [...spellings]) spellings.add(decoded(path));
  for (const path of spellings) {
    const object = await store.ledger.objectAt(origin + path);
    if (object && object.state !== 'deleted') return object.id;
  }
  return undefined;
}

/** The address that the build has now: the ledger learns of it only with the next publish. */
function urlOf({ objects }: Manifest, id: string): string | undefined {
  return objects.find((entry) => entry.id === id)?.url;
}

function withSlash(pathname: string): string {
  return pathname.replace(/\/?$/, '/');
}

function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}
