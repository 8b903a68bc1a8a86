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
  try {
    const { method } = request;
    const answer = await fetch(`${origin}/ap/pages${pathname}`, { method, headers: passedOn(request.headers) });
    return answer.status === 404 ? undefined : answer;
  } catch {
    // The page instead would be taken for the last word: that there is no object.
    return new Response('Something is wrong on our side: try again later.\n', {
      status: 503,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '60', 'cache-control': 'no-store' },
    });
  }
}

/** What the answer depends on, and what a signature is made of; whatever else a client sends is meant for nobody there. */
const PASSED_ON = [
  'accept',
  'content-digest',
  'date',
  'digest',
  'if-none-match',
  'signature',
  'signature-input',
  'user-agent',
];

function passedOn(headers: Headers): Headers {
  return new Headers(
    PASSED_ON.flatMap((name): [string, string][] => {
      const value = headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
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
