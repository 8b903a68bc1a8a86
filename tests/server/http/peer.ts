import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { ResolvedAddress } from '../../../server/http/addresses.ts';
import type { Connect } from '../../../server/http/agents.ts';

/** A real HTTP server on loopback that behaves as a test tells it to. */
export interface Peer {
  readonly origin: string;
  readonly server: Server;
  readonly requests: { method: string; url: string; headers: NodeJS.Dict<string | string[]> }[];
  /** Sockets opened so far. */
  sockets(): number;
  close(): Promise<void>;
}

export async function startPeer(answer: RequestListener): Promise<Peer> {
  const requests: Peer['requests'] = [];
  const open = new Set<Socket>();
  let sockets = 0;
  const server: Server = createServer((request, response) => {
    requests.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers });
    answer(request, response);
  });
  server.on('connection', (socket) => {
    sockets += 1;
    open.add(socket);
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    server,
    requests,
    sockets: () => sockets,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

export interface Recorder {
  readonly connect: Connect;
  /** Every address that a socket would have been opened to. */
  readonly opened: string[];
}

/** Stands in for the socket: asks `lookup` as node does, notes where it would connect, and opens nothing. */
export function recordConnections(): Recorder {
  const opened: string[] = [];
  const connect: Connect = (options) => {
    const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
    const host = String(options.host).replace(/^\[|\]$/g, '');
    const { lookup } = options;
    if (/^[\d.]+$|:/.test(host) || !lookup) {
      opened.push(host);
      setImmediate(() => socket.destroy(new Error('recorded')));
      return socket;
    }
    lookup(host, { all: true }, (error, answers) => {
      if (!error) opened.push(...(Array.isArray(answers) ? answers.map(({ address }) => address) : [answers]));
      setImmediate(() => socket.destroy(error ?? new Error('recorded')));
    });
    return socket;
  };
  return { connect, opened };
}

/** A resolver that gives the next list of addresses with each call, the last one for ever. */
export function resolving(...lists: string[][]): (hostname: string) => Promise<ResolvedAddress[]> {
  let call = 0;
  return async () => {
    const list = lists[Math.min(call, lists.length - 1)] ?? [];
    call += 1;
    return list.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
}
