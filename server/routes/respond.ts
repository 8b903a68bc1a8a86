import { createHash, type Hash } from 'node:crypto';
import { refusesJson } from '../../federation/negotiate.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';

/** What a route says; `publicAnswer` makes a response of it. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: JsonObject;
  /** How many seconds caches may keep it; 0 means that they ask each time. */
  readonly maxAge: number;
  /** In how many seconds to ask again, where nothing can be said now. */
  readonly retryAfter?: number;
}

const ALLOW = 'GET, HEAD, OPTIONS';

/** Anyone may read, from any page: there are no cookies and nothing private behind these addresses. */
export const CORS = { 'access-control-allow-origin': '*' } as const;

const PREFLIGHT = {
  ...CORS,
  allow: ALLOW,
  'access-control-allow-methods': ALLOW,
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
} as const;

/** Answers OPTIONS: who may ask, and how. */
export function preflight(): Response {
  return new Response(null, { status: 204, headers: PREFLIGHT });
}

/** Answers other methods than GET and HEAD: OPTIONS with what is allowed, the rest with 405. Undefined for those two. */
export function otherMethod({ method }: Pick<Request, 'method'>): Response | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow: ALLOW } });
  return problem(405, `This address answers ${ALLOW} only.`, { allow: ALLOW });
}

/** An answer that is written already. */
export interface WrittenAnswer {
  readonly status: number;
  readonly type: string;
  /** One that is large is given as bytes, which all who read it share. */
  readonly text: string | Uint8Array;
  readonly cacheControl: string;
  /** What an answer with status 200 is known by. */
  readonly etag?: string;
  readonly retryAfter?: number;
}

/**
 * Answers a request for a public document: GET and HEAD with the answer and its ETag, OPTIONS with what is allowed, 304 to
 * who has it already, 405 to other methods, 406 to who plainly refuses JSON.
 */
export function publicAnswer(request: Request, answer: () => Promise<Answer>): Promise<Response> {
  return writtenAnswer(request, async () => {
    const { body, maxAge, ...rest } = await answer();
    const text = JSON.stringify(body);
    const isFound = rest.status === 200;
    const control = isFound ? cacheControl(maxAge) : 'no-cache';
    return { ...rest, text, cacheControl: control, ...(isFound ? { etag: etagOf(text) } : {}) };
  });
}

/** The same for an answer that is written already. */
export async function writtenAnswer(request: Request, answer: () => Promise<WrittenAnswer>): Promise<Response> {
  if (request.method === 'OPTIONS') return preflight();
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return problem(405, `This address answers ${ALLOW} only.`, { ...CORS, allow: ALLOW });
  }
  if (refusesJson(request.headers.get('accept'))) return problem(406, 'This address has JSON only.', CORS);
  const { status, type, text, etag, cacheControl: control, retryAfter } = await answer();
  const headers = new Headers({ ...CORS, 'content-type': type, 'x-content-type-options': 'nosniff' });
  headers.set('cache-control', control);
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter));
  if (etag !== undefined) {
    headers.set('etag', etag);
    if (matchesEtag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  }
  headers.set('content-length', String(Buffer.byteLength(text)));
  if (request.method === 'HEAD') return new Response(null, { status, headers });
  return new Response(typeof text === 'string' ? text : inPieces(text), { status, headers });
}

const PIECE = 65_536;

/** A Response copies the bytes that it is made of: a thousand who read slowly would hold a thousand copies. */
export function inPieces(bytes: Uint8Array): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        controller.enqueue(bytes.subarray(at, at + PIECE));
        at += PIECE;
        if (at >= bytes.length) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

/** An answer that says what is wrong: the peer's side of it, never ours. */
export function problem(status: number, message: string, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ error: message }), {
    status,
    headers: { 'content-type': 'application/json', 'x-content-type-options': 'nosniff', ...headers },
  });
}

export function cacheControl(maxAge: number): string {
  return maxAge === 0 ? 'public, max-age=0, must-revalidate' : `public, max-age=${maxAge}`;
}

/** A strong ETag: the bytes alone decide (RFC 9110 §8.8.3). A hash that was filled before is only read. */
export function etagOf(content: Uint8Array | string | Hash): string {
  const hash =
    typeof content === 'string' || content instanceof Uint8Array ? createHash('sha256').update(content) : content;
  return `"${hash.digest('base64url').slice(0, 27)}"`;
}

/** Compares weakly, as If-None-Match asks: proxies mark an ETag weak when they compress (RFC 9110 §13.1.2). */
export function matchesEtag(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(',').some((candidate) => ['*', etag].includes(candidate.trim().replace(/^W\//, '')));
}
