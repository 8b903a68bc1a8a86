import { type FoundObject, findPost } from './find-object.ts';
import { type CommentsDeps, type PostComments, readComments } from './post-comments.ts';
import { cacheControl, etagOf, matchesEtag, otherMethod, problem } from './respond.ts';

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
 * Answers with what others said about a post, as `render` writes it: what is shown now, for pages that are open, and for
 * those of a host that serves them as they were built. 404 for what is no post, 410 once its Delete was sent.
 */
export async function comments(
  deps: CommentsDeps,
  request: Request,
  render: (comments: PostComments) => string,
): Promise<Response> {
  const other = otherMethod(request);
  if (other !== undefined) return other;
  const { origin } = (await deps.site.parts()).head;
  const { pathname } = new URL(request.url);
  const [, post] = /^\/ap\/comments(\/(?:posts|notes)\/[^/]+)\/?$/.exec(pathname) ?? [];
  const found: FoundObject =
    post === undefined ? { kind: 'unknown' } : await findPost(deps, `${origin}/ap${post}.json`);
  switch (found.kind) {
    case 'live':
      return page(request, render(await readComments(deps, found)));
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
