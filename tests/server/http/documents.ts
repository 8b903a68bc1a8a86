import type { RequestListener, ServerResponse } from 'node:http';
import { afterEach } from 'vitest';
import { createAgents } from '../../../server/http/agents.ts';
import { createDocumentClient, type DocumentClientOptions } from '../../../server/http/document-client.ts';
import { userAgent } from '../../../server/http/user-agent.ts';
import { type Peer, startPeer } from './peer.ts';

export const type = 'application/activity+json';
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

export async function peer(answer: RequestListener): Promise<Peer> {
  const started = await startPeer(answer);
  opened.push(started);
  return started;
}

export function client(options: Partial<DocumentClientOptions> = {}) {
  const agents = createAgents({ allowPrivate: true });
  opened.push(agents);
  return createDocumentClient({
    agents,
    allowPrivate: true,
    signGet: (url, now) => ({
      Date: new Date(now).toUTCString(),
      Accept: 'to be replaced',
      Signature: `signed ${url}`,
    }),
    userAgent: userAgent('0.1.0', 'https://blog.example'),
    clock: () => Date.UTC(2026, 10, 23),
    ...options,
  });
}

export function give(response: ServerResponse, document: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(200, { 'content-type': type, ...headers }).end(JSON.stringify(document));
}

/** A peer that gives at each path a document with that id, but for the given paths. */
export function peerWith(paths: Record<string, RequestListener>): Promise<Peer> {
  return peer((request, response) => {
    const special = paths[request.url ?? ''];
    if (special) special(request, response);
    else give(response, { id: `http://${request.headers.host}${request.url}`, type: 'Note' });
  });
}

export const redirect =
  (location: string): RequestListener =>
  (_request, response) => {
    response.writeHead(302, { location }).end();
  };
