import { newFeedSecret } from '../notification-feed.ts';
import type { Deps } from '../ports.ts';
import { readReading } from '../read-reading.ts';
import { type ReadingFormat, readingAtom, readingJson, readingSecret } from '../reading-feed.ts';
import { isSameSecret, PRIVATE } from './private-feed.ts';
import { etagOf, matchesEtag, problem } from './respond.ts';

const ALLOW = 'GET, HEAD';

/** As many as a feed reader shows. */
const MOST = 100;

/** A reader's own cache may keep it, and asks each time. */
const KEPT = { ...PRIVATE, 'cache-control': 'private, no-cache' } as const;

const WAYS: Readonly<Record<ReadingFormat, { type: string; write: typeof readingAtom }>> = {
  atom: { type: 'application/atom+xml; charset=utf-8', write: readingAtom },
  json: { type: 'application/feed+json; charset=utf-8', write: readingJson },
};

/**
 * Answers with what followed accounts posted, as Atom or JSON Feed, to whoever knows the secret address. Any other secret is
 * answered as if there were nothing, and takes as long.
 */
export async function reading(deps: Pick<Deps, 'site' | 'store'>, request: Request): Promise<Response> {
  const [, given = '', format = ''] = /^\/ap\/reading\/([^/]*)\.([a-z]+)$/.exec(new URL(request.url).pathname) ?? [];
  const secret = await deps.store.notifications.secret(newFeedSecret);
  const isKnown = isSameSecret(given, secret === '' ? '' : readingSecret(secret));
  if (!isKnown || !isFormat(format)) return problem(404, 'There is nothing at this address.', PRIVATE);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return problem(405, `This address answers ${ALLOW} only.`, { ...PRIVATE, allow: ALLOW });
  }
  const { type, write } = WAYS[format];
  const feed = write((await deps.site.manifest()).origin, await readReading(deps, MOST));
  const headers = { ...KEPT, 'content-type': type, etag: etagOf(feed) };
  if (matchesEtag(request.headers.get('if-none-match'), headers.etag)) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(request.method === 'HEAD' ? null : feed, { headers });
}

function isFormat(name: string): name is ReadingFormat {
  return Object.hasOwn(WAYS, name);
}
