import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { PosternError } from '../errors.ts';
import type { Deps } from '../ports.ts';
import { goneAnswer } from '../routes/gone.ts';
import { HEALTH_PATH, health } from '../routes/health.ts';
import { moved } from '../routes/moved.ts';
import { negotiated } from '../routes/negotiated.ts';
import { problem } from '../routes/respond.ts';
import { contextWith, type FunctionModule } from './host.ts';
import { listen, type Place } from './listen.ts';
import { createLivePages, type LivePart } from './live-pages.ts';
import { createLiveReload } from './live-reload.ts';
import { toRequest, writeResponse } from './node-messages.ts';
import { createRouter } from './router.ts';
import { serveStatic } from './static.ts';

export interface ServeOptions extends Place {
  readonly functions: readonly FunctionModule[];
  readonly siteFolder: string;
  readonly deps: Deps;
  /** Pages reload when told to: for development. */
  readonly liveReload?: boolean;
  readonly limits?: Partial<Limits>;
  /** What pages have that changes without a build; absent: they are served as they were built. */
  readonly livePart?: LivePart;
  /** Told of each answer and how long it took, in milliseconds. */
  readonly onAnswered?: (method: string, status: number, ms: number) => void;
}

export interface Limits {
  /** For the head of a request, and for all of it. */
  readonly headersMs: number;
  readonly requestMs: number;
  readonly headerBytes: number;
  /** How long `close` waits for what is under way. */
  readonly graceMs: number;
}

export interface Serving {
  /** Where it listens; the public address may be another. */
  readonly url: string;
  readonly port: number;
  /** Makes open pages load again; without `liveReload` nothing. */
  reload(): void;
  /** Takes nothing new, lets what is under way end within a bound, and stops. */
  close(): Promise<void>;
}

const LIMITS: Limits = { headersMs: 10_000, requestMs: 20_000, headerBytes: 16_384, graceMs: 5_000 };

/** Longer than the minute for which nginx and others keep their connections: the proxy closes first, and loses no request. */
const KEEP_ALIVE_MS = 65_000;

/** Serves the built site and its functions from one process, behind any proxy that ends TLS. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const limits = { ...LIMITS, ...options.limits };
  const { log } = options.deps;
  const live = options.liveReload ? createLiveReload() : undefined;
  const answer = createAnswer(options);
  const server = createServer({
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
    maxHeaderSize: limits.headerBytes,
    keepAliveTimeout: KEEP_ALIVE_MS,
  });
  server.on('clientError', refuseConnection);
  server.on('request', async (message: IncomingMessage, to: ServerResponse) => {
    if (live?.handle(message, to)) return;
    const began = performance.now();
    to.once('close', () => options.onAnswered?.(message.method ?? '', to.statusCode, performance.now() - began));
    try {
      const response = await answer(message).catch((error: unknown) => failed(log, message, error));
      if (!server.listening) to.setHeader('connection', 'close');
      await writeResponse(message, to, live ? await live.inject(response) : response);
    } catch (error) {
      // The answer had begun: cutting it off is all that is left.
      failed(log, message, error);
      to.destroy();
    }
  });
  const port = await listen(server, options);
  return {
    url: `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`,
    port,
    reload: () => live?.reload(),
    close: () => {
      live?.close();
      return close(server, limits.graceMs);
    },
  };
}

type Answer = (message: IncomingMessage) => Promise<Response>;

/** Functions come first, then the object behind a page, files, where a page moved to, and 404. */
function createAnswer({ functions, siteFolder, deps, livePart }: ServeOptions): Answer {
  const route = createRouter(functions);
  const files = serveStatic(siteFolder, deps.clock, livePart && createLivePages(livePart, deps));
  return async (message) => {
    // Also where the site cannot be read.
    if (message.url?.split('?', 1)[0] === HEALTH_PATH) return health(deps, { method: message.method ?? '' });
    const request = toRequest(message, (await deps.site.manifest()).origin);
    if (!request) return problem(400, 'The request target must be a path of this site.');
    const found = route(new URL(request.url).pathname);
    if (found) return found.module.default(request, contextWith(deps, found.params));
    return (
      (await goneAnswer(deps, request)) ??
      (await negotiated(deps, request)) ??
      (await files.respond(request)) ??
      (await moved(deps, request)) ??
      files.notFound(request)
    );
  };
}

/** A site that is not built yet, or cannot be read: whoever asks shall come again, where 500 would end a delivery. */
const NO_SITE: ReadonlySet<string> = new Set(['no-build', 'manifest-unreadable', 'document-unreadable']);
const NO_SITE_RETRY = { 'retry-after': '60' };

/** A fault of ours is one line in the log, and for the peer a word without detail. */
function failed(log: Deps['log'], message: IncomingMessage, error: unknown): Response {
  const code = error instanceof PosternError ? error.code : 'unexpected';
  log({
    event: 'request.failed',
    level: 'error',
    method: message.method,
    path: loggedPath(message.url ?? ''),
    code,
    error: error instanceof Error ? error.message : String(error),
  });
  const told = 'Something is wrong on our side: try again later.';
  return NO_SITE.has(code) ? problem(503, told, NO_SITE_RETRY) : problem(500, told);
}

/** Without the query, in which readers name themselves, and without the secrets of the owner's feeds (invariant 12). */
function loggedPath(target: string): string {
  const [path = ''] = target.split('?', 1);
  return path.replace(/(\/(?:notifications|reading)\/).*/i, '$1…').slice(0, 200);
}

/** Requests that node could not read never become requests; some are cut short in the middle of an answer. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || ('bytesWritten' in socket && Number(socket.bytesWritten) > 0)) {
    socket.destroy();
    return;
  }
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request';
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const bound = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection whose answer had begun before stays open, idle, unless it is looked for again.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(bound);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
