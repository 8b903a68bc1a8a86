import type { IncomingMessage, ServerResponse } from 'node:http';

/** Methods that the fetch standard refuses in a Request. */
const UNSUPPORTED = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** An unread rest of a body, such as one that is too large, is received for this long and then cut off. */
const LINGER_MS = 2_000;

/**
 * Makes a web Request of a message, at the public origin: proxies rewrite Host, and strangers write what they like into it.
 * Undefined for what has no such form: `OPTIONS *`, absolute targets, CONNECT.
 */
export function toRequest(message: IncomingMessage, origin: string): Request | undefined {
  const { method = 'GET', url = '' } = message;
  if (!url.startsWith('/') || UNSUPPORTED.has(method) || !URL.canParse(origin + url)) return undefined;
  const headers = new Headers();
  const { rawHeaders } = message;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
  }
  if (method === 'GET' || method === 'HEAD') return new Request(origin + url, { method, headers });
  const init: RequestInit & { duplex: 'half' } = { method, headers, body: bodyOf(message), duplex: 'half' };
  return new Request(origin + url, init);
}

function bodyOf(message: IncomingMessage): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>({
    start(controller) {
      // Its sender went away before anybody listened: no event will come.
      if (message.destroyed) return controller.error(new Error('the connection was closed'));
      message.on('data', (chunk: Buffer) => {
        controller.enqueue(chunk);
        if ((controller.desiredSize ?? 0) <= 0) message.pause();
      });
      message.on('end', () => controller.close());
      message.on('error', (error) => controller.error(error));
    },
    pull() {
      message.resume();
    },
    cancel() {
      dropBody(message);
    },
  });
}

/** Lets the rest of a body pass by unread, so that the connection can be used again. */
function dropBody(message: IncomingMessage): void {
  message.removeAllListeners('data');
  message.removeAllListeners('end');
  message.resume();
}

/** Writes a web Response; a reader that goes away ends it. Fails when the body cannot be read. */
export async function writeResponse(message: IncomingMessage, to: ServerResponse, response: Response): Promise<void> {
  to.setHeaders(response.headers).writeHead(response.status);
  if (message.method === 'HEAD' || response.body === null) to.end();
  else await writeBody(to, response.body);
  dropBody(message);
  if (!message.complete) setTimeout(() => message.complete || message.socket.destroy(), LINGER_MS).unref();
}

async function writeBody(to: ServerResponse, body: ReadableStream<Uint8Array>): Promise<void> {
  const reader = body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    if (to.destroyed) return reader.cancel();
    if (!to.write(read.value)) await drainedOrClosed(to);
  }
  to.end();
}

/** No listener stays behind: a long answer waits hundreds of times. */
function drainedOrClosed(to: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      to.off('drain', done).off('close', done);
      resolve();
    };
    to.on('drain', done).on('close', done);
  });
}
