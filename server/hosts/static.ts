import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { findPart } from '../../federation/live-part.ts';
import { refusesJson } from '../../federation/negotiate.ts';
import { nothingHere } from '../routes/nothing-here.ts';
import { CORS, etagOf, inPieces, matchesEtag, preflight, problem } from '../routes/respond.ts';
import { openSiteFolder, type SiteFile } from '../site-folder.ts';
import { contentTypeOf } from './content-types.ts';
import type { LivePage, LivePages } from './live-pages.ts';
import { isHtml, staticHeaders } from './static-headers.ts';

/** Larger files are sent as they are read. */
const STREAM_ABOVE = 1_048_576;

/** More files than most sites have; beyond it the memory begins anew. */
const MAX_FACTS = 20_000;

export interface StaticSite {
  /** The file at the request's path, a redirect to a page's address, or undefined when the site has neither. */
  respond(request: Request): Promise<Response | undefined>;
  /** What is said where nothing is. */
  notFound(request: Request): Promise<Response>;
}

/** What is known of one file, for as long as it does not change. */
interface FileFacts {
  readonly version: string;
  readonly etag: string;
  /** The object that its live part is about. */
  readonly liveId?: string;
}

/** Serves the files of a built site as of `clock`'s time, and pages that have a live part as `livePage` gives them. */
export function serveStatic(folder: string, clock: () => number = Date.now, livePage?: LivePages): StaticSite {
  const site = openSiteFolder(folder, clock);
  const facts = new Map<string, FileFacts>();
  const factsOf = async (file: SiteFile): Promise<FileFacts> => {
    const known = facts.get(file.path);
    if (known?.version === file.version) return known;
    if (facts.size >= MAX_FACTS) facts.clear();
    const isPage = livePage !== undefined && isHtml(contentTypeOf(file.path));
    const made = { version: file.version, ...(await (isPage ? readPage(file.path) : hashFile(file.path))) };
    facts.set(file.path, made);
    return made;
  };
  const respondWith = async (request: Request, path: string, file: SiteFile): Promise<Response> => {
    const refused = refusal(request, path);
    if (refused) return refused;
    const { etag, liveId } = await factsOf(file);
    const page = liveId === undefined ? undefined : await livePage?.(file, liveId);
    const headers = staticHeaders(contentTypeOf(path));
    return page ? sendPage(request, headers, page) : sendFile(request, headers, file, etag);
  };
  return {
    async respond(request) {
      const { pathname, search } = new URL(request.url);
      const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
      const file = await site.find(path);
      if (file) return respondWith(request, path, file);
      // Ids below /ap/ never redirect: Akkoma, Lemmy and Misskey refuse them.
      if (pathname.endsWith('/') || pathname.startsWith('/ap/')) return undefined;
      const page = await site.find(`${pathname}/index.html`);
      return page && new Response(null, { status: 308, headers: { location: `${pathname}/${search}` } });
    },
    async notFound(request) {
      const { pathname } = new URL(request.url);
      const machine = /^\/(ap|\.well-known)(\/|$)/.test(pathname);
      const file = machine ? undefined : await site.find('/404.html');
      if (!file) return nothingHere();
      const headers = staticHeaders('text/html; charset=utf-8');
      headers.set('content-length', String(file.size));
      return new Response(request.method === 'HEAD' ? null : await readFile(file.path), { status: 404, headers });
    },
  };
}

function refusal(request: Request, path: string): Response | undefined {
  const { method } = request;
  if (method === 'OPTIONS') return preflight();
  if (method !== 'GET' && method !== 'HEAD') {
    return problem(405, 'This address answers GET, HEAD, OPTIONS only.', { allow: 'GET, HEAD, OPTIONS' });
  }
  if (path.startsWith('/ap/') && refusesJson(request.headers.get('accept'))) {
    return problem(406, 'This address has JSON only.', CORS);
  }
  return undefined;
}

async function sendFile(request: Request, headers: Headers, file: SiteFile, etag: string): Promise<Response> {
  headers.set('etag', etag);
  if (matchesEtag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  headers.set('content-length', String(file.size));
  if (request.method === 'HEAD') return new Response(null, { headers });
  if (file.size > STREAM_ABOVE) return new Response(streamFile(file), { headers });
  const bytes = await readFile(file.path);
  // A new build may have come since: what is sent is what is named.
  headers.set('content-length', String(bytes.length));
  headers.set('etag', etagOf(bytes));
  return new Response(bytes, { headers });
}

function sendPage(request: Request, headers: Headers, { bytes, etag }: LivePage): Response {
  headers.set('etag', etag);
  if (matchesEtag(request.headers.get('if-none-match'), etag)) return new Response(null, { status: 304, headers });
  headers.set('content-length', String(bytes.length));
  return new Response(request.method === 'HEAD' ? null : inPieces(bytes), { headers });
}

async function readPage(path: string): Promise<Omit<FileFacts, 'version'>> {
  const bytes = await readFile(path);
  const part = findPart(bytes.toString());
  return { etag: etagOf(bytes), ...(part ? { liveId: part.id } : {}) };
}

async function hashFile(path: string): Promise<Omit<FileFacts, 'version'>> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return { etag: etagOf(hash) };
}

function streamFile({ path, size }: SiteFile): ReadableStream<Uint8Array> {
  // No more than was announced, should the file grow meanwhile.
  const chunks = createReadStream(path, { end: size - 1 }).iterator({ destroyOnReturn: true });
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await chunks.return?.();
    },
  });
}
