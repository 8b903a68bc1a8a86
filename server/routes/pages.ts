import type { Deps } from '../ports.ts';
import { moved } from './moved.ts';
import { negotiated } from './negotiated.ts';
import { CORS, problem } from './respond.ts';

/** Below it is each page once more, for who asks for the object behind it. */
const PREFIX = '/ap/pages';

/**
 * Answers for the page whose path comes after `/ap/pages`, as a host that serves the pages itself does: with the object
 * behind it, also at an address that the page had before. 404 where there is none or another type is asked for: then the
 * page itself is meant.
 */
export async function pages(deps: Pick<Deps, 'site' | 'store' | 'clock'>, request: Request): Promise<Response> {
  const { origin, pathname, search } = new URL(request.url);
  const page = new Request(origin + (pathname.slice(PREFIX.length) || '/') + search, request);
  const answer = (await negotiated(deps, page)) ?? (await moved(deps, page));
  // Where the page moved to is a redirect for readers, which the site itself has.
  if (answer === undefined || answer.status === 301) return problem(404, 'No object is behind this page.', NOT_KEPT);
  return answer;
}

const NOT_KEPT = { ...CORS, 'cache-control': 'no-cache', vary: 'Accept' };
