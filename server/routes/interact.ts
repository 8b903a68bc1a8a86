import { escapeHtml } from '../../federation/html-text.ts';
import { type FoundIntent, findIntent } from '../find-intent.ts';
import type { Deps } from '../ports.ts';
import { otherMethod, problem } from './respond.ts';

type InteractDeps = Pick<Deps, 'site' | 'webfinger' | 'clock'>;

/** A reader's handle is in the address: nobody keeps it, and the next server does not read it. */
const PRIVATE = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex',
  'x-content-type-options': 'nosniff',
  vary: 'Accept',
} as const;

const PAGE_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** Longer than any address of ours. */
const MAX_URI = 2_048;

/**
 * Answers a reader who wants to reply from their own server: `handle` is theirs, `uri` the post. A script gets the address as
 * JSON, a browser a page with a link to it: a redirect would let anybody send readers of the blog wherever they like.
 */
export async function interact(deps: InteractDeps, request: Request): Promise<Response> {
  const other = otherMethod(request);
  if (other !== undefined) return other;
  const found = await find(deps, new URL(request.url).searchParams);
  // A form without a script asks for text/html; fetch() asks for anything.
  const wantsPage = /\btext\/html\b/i.test(request.headers.get('accept') ?? '');
  const response = wantsPage ? page(found) : json(found);
  return request.method === 'HEAD' ? new Response(null, response) : response;
}

async function find(deps: InteractDeps, query: URLSearchParams): Promise<FoundIntent> {
  const handle = query.get('handle') ?? '';
  const uri = ownAddress((await deps.site.parts()).head.origin, query.get('uri') ?? '');
  if (uri === undefined) return { kind: 'refused', status: 400, message: 'That address is not of this blog.' };
  return findIntent(deps, { handle, uri });
}

/** As the URL parser writes it, without a fragment; undefined for what is another's. */
function ownAddress(origin: string, text: string): string | undefined {
  if (text.length > MAX_URI || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  url.hash = '';
  const isOurs = url.origin === new URL(origin).origin && url.username === '' && url.password === '';
  return isOurs ? url.href : undefined;
}

function json(found: FoundIntent): Response {
  if (found.kind === 'found') return Response.json({ url: found.url }, { headers: PRIVATE });
  return problem(found.status, found.message, { ...PRIVATE, ...retryOf(found) });
}

function page(found: FoundIntent): Response {
  const headers = { ...PRIVATE, 'content-type': 'text/html; charset=utf-8', 'content-security-policy': PAGE_POLICY };
  if (found.kind === 'refused') {
    const body = `<p>${escapeHtml(found.message)}</p>`;
    return new Response(html(body), { status: found.status, headers: { ...headers, ...retryOf(found) } });
  }
  const host = escapeHtml(new URL(found.url).host);
  const link = `<a href="${escapeHtml(found.url)}" rel="nofollow noreferrer">Go on at ${host}</a>`;
  return new Response(html(`<p>${link}</p>`), { headers });
}

function retryOf({ status }: Extract<FoundIntent, { kind: 'refused' }>): Record<string, string> {
  return status === 502 || status === 503 ? { 'retry-after': '60' } : {};
}

function html(body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>Reply from your server</title><link rel="stylesheet" href="/assets/style.css"></head>
<body><main><h1>Reply from your server</h1>
${body}</main></body>
</html>
`;
}
