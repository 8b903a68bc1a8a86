import { mediaAddress, mediaDigest } from '../../federation/addresses.ts';
import type { InteractionCounts } from '../../federation/interaction.ts';
import { areRepliesClosed, type Rules } from '../../federation/rules.ts';
import { buildThread, type Thread } from '../../federation/thread.ts';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../crypto.ts';
import type { Deps } from '../ports.ts';
import { type FoundObject, findPost } from './find-object.ts';
import { cacheControl, etagOf, matchesEtag, problem } from './respond.ts';

type CommentsDeps = Pick<Deps, 'site' | 'store' | 'clock'>;

/** What was said about one post, and what else its page needs. */
export interface PostComments {
  readonly thread: Thread;
  /** Of all that is shown, where the thread is but the first of it. */
  readonly counts: InteractionCounts;
  /** Of the post, a BCP 47 tag. */
  readonly language: string;
  /** The post takes no more replies. */
  readonly closed: boolean;
  readonly avatars: Rules['avatars'];
  /** Gives the path at which a picture of another server is shown. */
  readonly mediaPath: (url: string) => string;
  /** The page of the post. */
  readonly url: string;
}

const ALLOW = 'GET, HEAD';
const MAX_AGE = 60;

/** Words and pictures by way of the blog: no script, and nothing of another server. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const GUARD = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
  'referrer-policy': 'strict-origin-when-cross-origin',
} as const;

/**
 * Answers with what others said about a post, as `render` writes it: what is shown now, where the page has what was shown
 * when it was built. 404 for what is no post, 410 once its Delete was sent.
 */
export async function comments(
  deps: CommentsDeps,
  request: Request,
  render: (comments: PostComments) => string,
): Promise<Response> {
  if (request.method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow: ALLOW } });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return problem(405, `This address answers ${ALLOW} only.`, { allow: ALLOW });
  }
  const { origin } = (await deps.site.parts()).head;
  const { pathname } = new URL(request.url);
  const [, post] = /^\/ap\/comments(\/(?:posts|notes)\/[^/]+)\/?$/.exec(pathname) ?? [];
  const found: FoundObject =
    post === undefined ? { kind: 'unknown' } : await findPost(deps, `${origin}/ap${post}.json`);
  switch (found.kind) {
    case 'live':
      return page(request, render(await gather(deps, origin, found)));
    case 'deleted':
      return problem(410, 'This post was deleted.', NOT_KEPT);
    case 'held':
      return problem(503, 'This post is not here just now: try again later.', { ...NOT_KEPT, 'retry-after': '3600' });
    case 'unknown':
      return problem(404, 'There is no such post.', NOT_KEPT);
    default:
      return found satisfies never;
  }
}

const NOT_KEPT = { 'cache-control': 'no-cache' };

async function gather(
  { site, store, clock }: CommentsDeps,
  origin: string,
  { id, document }: Extract<FoundObject, { kind: 'live' }>,
): Promise<PostComments> {
  const [rules, counts, { items, authors }] = await Promise.all([
    site.rules(),
    store.interactions.counts(id),
    store.interactions.thread(id),
  ]);
  const { published, url } = document;
  return {
    thread: buildThread(id, items, authors),
    counts,
    language: languageOf(document),
    closed: areRepliesClosed(rules.replies, typeof published === 'string' ? published : '', clock()),
    avatars: rules.avatars,
    mediaPath: (picture) => mediaAddress('', mediaDigest(sha256Hex, picture)),
    url: typeof url === 'string' ? url : `${origin}/`,
  };
}

/** As Mastodon reads it: the first key of `contentMap`, or of `nameMap` where the object was too long for both. */
function languageOf({ contentMap, nameMap }: JsonObject): string {
  const [language = 'en'] = [contentMap, nameMap].flatMap((map) => (isJsonObject(map) ? Object.keys(map) : []));
  return language;
}

function page(request: Request, html: string): Response {
  const etag = etagOf(html);
  const headers = new Headers({
    ...GUARD,
    'content-type': 'text/html; charset=utf-8',
    'cache-control': cacheControl(MAX_AGE),
    etag,
  });
  if (matchesEtag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  headers.set('content-length', String(Buffer.byteLength(html)));
  return new Response(request.method === 'HEAD' ? null : html, { headers });
}
