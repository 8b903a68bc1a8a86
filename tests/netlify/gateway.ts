import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Attempt } from '../../federation/delivery.ts';
import type { Deps } from '../../server/ports.ts';

/** Every server there is besides the blog's: where connections of the functions end. */
export interface Gateway {
  readonly port: number;
  close(): void;
}

/** Who is behind it: what they have, what the blog has live at its own address, and what their inboxes answer. */
export interface Behind extends Pick<Deps, 'documents' | 'site'> {
  readonly post?: (inbox: string) => Promise<Attempt>;
}

/** Answers over HTTP what `behind` answers in memory. */
export async function startGateway({ documents, site, post }: Behind): Promise<Gateway> {
  const server = createServer(async ({ headers: { host }, method, url: path = '/' }, to) => {
    const url = new URL(path, `https://${host}`);
    try {
      const manifest = await site.manifest();
      const isOwn = url.origin === manifest.origin;
      if (isOwn && url.pathname === '/ap/manifest.json') return sendJson(to, 'application/json', manifest);
      // What a function starts in the background is not waited for, and not done here.
      if (isOwn && method === 'POST') return void to.writeHead(202).end();
      if (method === 'POST') {
        const attempt = await post?.(url.href);
        if (attempt?.kind === 'response') return void to.writeHead(attempt.status).end();
        return void to.destroy();
      }
      const got = await documents.get(url.href);
      if (got.kind === 'document') return sendJson(to, 'application/activity+json', got.document);
      if (got.kind === 'refused') return void to.writeHead(got.status).end();
    } catch {
      // A network that fails.
    }
    to.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function sendJson(to: ServerResponse, type: string, value: unknown): void {
  to.writeHead(200, { 'content-type': type }).end(JSON.stringify(value));
}
