/**
 * The receiving side, a process of its own: reads every request to its end and answers 202. Connections are kept until
 * they have been idle for a second and a half, as peers do for longer. Arguments: certificate, key.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { addresses } from './setup.ts';

export type FromPeers =
  | { readonly told: 'listening'; readonly ports: { http: number; https: number } }
  | { readonly told: 'counts'; readonly requests: number; readonly connections: number; readonly open: number };

const IDLE_MS = 1_500;
const counts = { requests: 0, connections: 0, open: 0 };

const answer: RequestListener = (request, response) => {
  counts.requests += 1;
  // Named by hand, node leaves out its hint about the time-out, which most peers do not send.
  request.resume().on('end', () => response.writeHead(202, { connection: 'keep-alive', 'content-length': 0 }).end());
};

async function listen(make: () => Server, port: number, hosts: readonly string[]): Promise<number> {
  let taken = port;
  for (const host of hosts) {
    const server = make();
    server.keepAliveTimeout = IDLE_MS;
    server.on('connection', (socket) => {
      counts.connections += 1;
      counts.open += 1;
      socket.on('close', () => (counts.open -= 1));
    });
    await new Promise<void>((done, fail) =>
      server.on('error', fail).listen({ port: taken, host, backlog: 4096 }, done),
    );
    taken = (server.address() as AddressInfo).port;
  }
  return taken;
}

const [certFile = '', keyFile = ''] = process.argv.slice(2);
const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
const ports = {
  http: await listen(() => createHttp(answer), 0, addresses()),
  https: await listen(() => createHttps(tls, answer), 0, addresses()),
};
process.on('message', () => {
  process.send?.({ told: 'counts', ...counts } satisfies FromPeers);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ told: 'listening', ports } satisfies FromPeers);
