import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { Deps } from '../../server/ports.ts';

/** Every server there is besides the blog's: where connections of the functions end. */
export interface Gateway {
  readonly port: number;
  close(): void;
}

/** Answers over HTTP what `documents` answers in memory; at the blog's own address lies what is live. */
export async function startGateway({ documents, site }: Pick<Deps, 'documents' | 'site'>): Promise<Gateway> {
  const server = createServer(async ({ headers: { host }, method, url: path = '/' }, to) => {
    const url = new URL(path, `https://${host}`);
    try {
      const manifest = await site.manifest();
      const isOwn = url.origin === manifest.origin;
      if (isOwn && url.pathname === '/ap/manifest.json') return sendJson(to, 'application/json', manifest);
      // What a function starts in the background is not waited for, and not done here.
      if (isOwn && method === 'POST') return void to.writeHead(202).end();
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
