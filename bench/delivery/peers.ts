/**
 * The receiving side, a process of its own: reads every request to its end and answers 202. Connections are kept until
 * they have been idle for a second and a half, as peers do for longer. Beside them are servers that are as good as dead.
 * Arguments: certificate, key.
 */
import { readFileSync } from 'node:fs';
import { createServer as createHttp, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, createServer as createTcp, type Server as TcpServer } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { addresses, type Ports } from './setup.ts';

export type FromPeers =
  | { readonly told: 'listening'; readonly ports: { http: Ports; https: Ports } }
  | { readonly told: 'counts'; readonly requests: number; readonly connections: number; readonly open: number };

const IDLE_MS = 1_500;
/** Longer than any sender waits. */
const HANG_MS = 15_000;
const counts = { requests: 0, connections: 0, open: 0 };

const answer: RequestListener = (request, response) => {
  counts.requests += 1;
  // Named by hand, node leaves out its hint about the time-out, which most peers do not send.
  const answerNow = (): unknown => response.writeHead(202, { connection: 'keep-alive', 'content-length': 0 }).end();
  const [, after] = /^\/after\/(\d+)\//.exec(request.url ?? '') ?? [];
  request.resume().on('end', () => (after === undefined ? answerNow() : setTimeout(answerNow, Number(after))));
};

/** Reads, and answers nothing. */
const hang: RequestListener = (request) => void request.resume();

function counted(server: Server): Server {
  server.keepAliveTimeout = IDLE_MS;
  return server.on('connection', (socket) => {
    counts.connections += 1;
    counts.open += 1;
    socket.on('close', () => (counts.open -= 1));
  });
}

function bounded<T extends TcpServer>(server: T): T {
  server.on('connection', (socket) => {
    socket.setTimeout(HANG_MS, () => socket.destroy()).on('error', () => undefined);
  });
  return server;
}

/** Sockets that read and say nothing. */
const silent = (): TcpServer => bounded(createTcp((socket) => void socket.resume()));

async function listen(make: () => TcpServer): Promise<number> {
  let taken = 0;
  for (const host of addresses()) {
    const server = make();
    await new Promise<void>((done, fail) =>
      server.on('error', fail).listen({ port: taken, host, backlog: 4096 }, done),
    );
    taken = (server.address() as AddressInfo).port;
  }
  return taken;
}

const [certFile = '', keyFile = ''] = process.argv.slice(2);
const tls = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
const secureContext = createSecureContext(tls);

const resetting = (): TcpServer =>
  bounded(createTcp((socket) => void socket.once('data', () => socket.resetAndDestroy())));

/** Resets the connection as soon as the handshake is through. */
const resettingTls = (): TcpServer =>
  bounded(
    createTcp((socket) => {
      const secure = new TLSSocket(socket, { isServer: true, secureContext });
      secure.on('error', () => undefined).once('secure', () => socket.resetAndDestroy());
    }),
  );

const ports = {
  http: {
    well: await listen(() => counted(createHttp(answer))),
    hanging: await listen(() => bounded(createHttp(hang))),
    silent: await listen(silent),
    resetting: await listen(resetting),
  },
  https: {
    well: await listen(() => counted(createHttps(tls, answer))),
    hanging: await listen(() => bounded(createHttps(tls, hang))),
    silent: await listen(silent),
    resetting: await listen(resettingTls),
  },
};
process.on('message', () => {
  process.send?.({ told: 'counts', ...counts } satisfies FromPeers);
});
process.on('disconnect', () => process.exit(0));
process.send?.({ told: 'listening', ports } satisfies FromPeers);
