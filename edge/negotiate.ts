import { wantsActivity } from '../federation/negotiate.ts';

/** What Netlify gives an edge function, of which this one needs nothing but the request. */
interface EdgeConfig {
  readonly path: string;
  readonly excludedPath: readonly string[];
  readonly method: readonly string[];
  readonly header: Readonly<Record<string, string>>;
}

/**
 * Asks the function behind the pages for the object of a page, when the request wants it; where there is none, and for
 * everybody else, the request goes on as if nothing had been here. In place, not by a redirect, which would break the
 * signature of some clients (`server/routes/negotiated.ts`).
 */
export default async function negotiate(request: Request): Promise<Response | undefined> {
  if (!wantsActivity(request.headers.get('accept'))) return undefined;
  const { origin, pathname } = new URL(request.url);
  const answer = await fetch(`${origin}/ap/pages${pathname}`, { method: request.method, headers: request.headers });
  return answer.status === 404 ? undefined : answer;
}

/**
 * Wider than what is answered: `Accept` is parsed above, and its types are in either case. Browsers name no type of that kind
 * when they ask for a page, so no reader passes here. Ids below /ap/ and the well-known addresses are never pages.
 */
export const config: EdgeConfig = {
  path: '/*',
  excludedPath: ['/ap/*', '/.well-known/*', '/.netlify/*'],
  method: ['GET', 'HEAD'],
  header: { accept: '\\+[Jj][Ss][Oo][Nn]' },
};
