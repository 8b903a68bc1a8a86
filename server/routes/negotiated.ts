import { addressesOf } from '../../federation/addresses.ts';
import { isDeed } from '../../federation/deeds.ts';
import type { Manifest } from '../../federation/manifest.ts';
import { wantsActivity } from '../../federation/negotiate.ts';
import type { Deps } from '../ports.ts';
import { goneObject } from './gone.ts';
import { objectAnswer } from './object-answer.ts';
import { publicAnswer } from './respond.ts';

const pagesOf = new WeakMap<Manifest, ReadonlyMap<string, string>>();

/**
 * Answers a request for a page with the object behind it, when it asks for ActivityPub and the page has one; undefined when
 * the page itself is meant. Akkoma and Lemmy never look for the link in the HTML. The JSON comes in place: a redirect breaks
 * the signature of some clients. Caches must know: `Vary: Accept`, on the page as well.
 */
export async function negotiated(
  deps: Pick<Deps, 'site' | 'store' | 'clock'>,
  request: Request,
): Promise<Response | undefined> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return undefined;
  if (!wantsActivity(request.headers.get('accept'))) return undefined;
  const manifest = await deps.site.manifest();
  const { pathname } = new URL(request.url);
  const id = pages(manifest).get(manifest.origin + pathname.replace(/\/?$/, '/'));
  return id === undefined ? undefined : objectInPlace(deps, request, id);
}

/** Answers with the object of this id at the address of a page; undefined when there is none. */
export async function objectInPlace(
  deps: Pick<Deps, 'site' | 'store' | 'clock'>,
  request: Request,
  id: string,
): Promise<Response | undefined> {
  const response = (await goneObject(deps, request, id)) ?? (await answerFor(deps, request, id));
  response?.headers.set('vary', 'Accept');
  return response;
}

async function answerFor(
  deps: Pick<Deps, 'site' | 'store' | 'clock'>,
  request: Request,
  id: string,
): Promise<Response | undefined> {
  const answer = await objectAnswer(deps, id);
  return answer.status === 404 ? undefined : publicAnswer(request, async () => answer);
}

function pages(manifest: Manifest): ReadonlyMap<string, string> {
  const known = pagesOf.get(manifest);
  if (known) return known;
  // A deed is no document, and has the page of the post that does it.
  const posts = manifest.objects.filter((entry) => !isDeed(entry));
  const made = new Map(posts.map(({ id, url }) => [new URL(url).href.replace(/\/?$/, '/'), id]));
  made.set(`${manifest.origin}/`, addressesOf(manifest.origin).actor);
  pagesOf.set(manifest, made);
  return made;
}
