import type { IncomingMessage, ServerResponse } from 'node:http';

const EVENTS = '/__reload';
const SCRIPT = '/__reload.js';

/** The page asks itself anew when told to, and after the server was away. A file of its own: the CSP lets nothing inline run. */
const SCRIPT_TEXT = `let open = false;
const events = new EventSource('${EVENTS}');
events.addEventListener('reload', () => location.reload());
events.addEventListener('open', () => {
  if (open) location.reload();
  open = true;
});
`;

const TAG = `<script src="${SCRIPT}" defer></script>`;

/** Reloads open pages in development. */
export interface LiveReload {
  /** Answers its two addresses; false for every other request. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
  /** Gives an HTML response with the script in it, and any other as it is. */
  inject(response: Response): Promise<Response>;
  reload(): void;
  close(): void;
}

export function createLiveReload(): LiveReload {
  const listeners = new Set<ServerResponse>();
  return {
    handle(request, response) {
      if (request.url === SCRIPT) {
        response.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'no-store' });
        response.end(SCRIPT_TEXT);
        return true;
      }
      if (request.url !== EVENTS) return false;
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(': listening\n\n');
      listeners.add(response);
      response.on('close', () => listeners.delete(response));
      return true;
    },
    async inject(response) {
      if (response.body === null || !response.headers.get('content-type')?.startsWith('text/html')) return response;
      const html = await response.text();
      const end = html.lastIndexOf('</body>');
      const at = end < 0 ? html.length : end;
      const headers = new Headers(response.headers);
      for (const name of ['etag', 'content-length']) headers.delete(name);
      headers.set('cache-control', 'no-store');
      return new Response(html.slice(0, at) + TAG + html.slice(at), { status: response.status, headers });
    },
    reload() {
      for (const listener of listeners) listener.write('event: reload\ndata: built\n\n');
    },
    close() {
      for (const listener of listeners) listener.end();
    },
  };
}
