import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Resolve } from '../../server/http/addresses.ts';

/** A request that arrived, as far as tests ask. */
export interface Arrived {
  readonly path: string;
  /** The activity's id. */
  readonly id: string;
  readonly rfc9421: boolean;
}

/** Answers the `nth` request (from 1) to an origin. */
export type Behave = (answer: ServerResponse, request: IncomingMessage, nth: number) => void;

/** One server of the simulated fediverse, on a loopback address of its own. */
export interface Origin {
  /** Host with port, as in its inboxes. */
  readonly host: string;
  readonly arrived: Arrived[];
  /** The most requests that it ever had open at once. */
  readonly mostAtOnce: number;
}

/** Many origins, and the names that lead to them: no packet leaves loopback. */
export interface Fediverse {
  readonly resolve: Resolve;
  /** Starts an origin. Without `behave` nothing listens there. */
  start(name: string, behave?: Behave): Promise<Origin>;
  close(): Promise<void>;
}

export function createFediverse(): Fediverse {
  const addresses = new Map<string, string>();
  const servers: Server[] = [];
  return {
    resolve: async (name) => {
      const address = addresses.get(name);
      return address === undefined ? [] : [{ address, family: 4 }];
    },
    async start(name, behave) {
      const number = addresses.size + 1;
      const seen = { arrived: [] as Arrived[], open: 0, mostAtOnce: 0 };
      const server = createServer((request, response) => void serve(seen, request, response, behave));
      // Linux answers on all of 127.0.0.0/8, other systems on one address of it.
      const wanted = `127.1.${number >> 8}.${number & 255}`;
      const address = await listen(server, wanted).catch(() => listen(server, '127.0.0.1'));
      addresses.set(name, address.address);
      if (behave) servers.push(server);
      else await new Promise<void>((resolve) => server.close(() => resolve()));
      return {
        host: `${name}:${address.port}`,
        arrived: seen.arrived,
        get mostAtOnce() {
          return seen.mostAtOnce;
        },
      };
    },
    async close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

async function serve(
  seen: { arrived: Arrived[]; open: number; mostAtOnce: number },
  request: IncomingMessage,
  response: ServerResponse,
  behave: Behave | undefined,
): Promise<void> {
  seen.open += 1;
  seen.mostAtOnce = Math.max(seen.mostAtOnce, seen.open);
  response.once('close', () => {
    seen.open -= 1;
  });
  try {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const activity: { id: string } = JSON.parse(body);
    seen.arrived.push({
      path: request.url ?? '',
      id: activity.id,
      rfc9421: request.headers['signature-input'] !== undefined,
    });
    behave?.(response, request, seen.arrived.length);
  } catch {
    // The sender has left.
    response.destroy();
  }
}

function listen(server: Server, address: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, address, () => {
      const bound = server.address();
      if (bound === null || typeof bound === 'string') reject(new Error('no address'));
      else resolve(bound);
    });
  });
}

/** What servers do. */
export const behaviours = {
  status:
    (status: number, headers: Record<string, string> = {}): Behave =>
    (answer) =>
      void answer.writeHead(status, headers).end(),

  /** Each answer in turn; the last one repeats. */
  inTurn:
    (...each: readonly Behave[]): Behave =>
    (answer, request, nth) =>
      each[Math.min(nth, each.length) - 1]?.(answer, request, nth),

  slow:
    (ms: number): Behave =>
    (answer) =>
      void setTimeout(() => answer.writeHead(202).end(), ms),

  hanging: (): Behave => () => {},

  /** 401 unless it is signed by RFC 9421. */
  rfc9421Alone: (): Behave => (answer, request) =>
    void answer.writeHead(request.headers['signature-input'] === undefined ? 401 : 202).end(),

  resetting: (): Behave => (answer) => void answer.socket?.resetAndDestroy(),

  /** Says 202 and a length, and closes in the middle of the body. */
  closingMidBody: (): Behave => (answer) =>
    raw(answer, 'HTTP/1.1 202 Accepted\r\ncontent-length: 1000\r\n\r\nhalf', (socket) => socket.end()),

  /** More than the length it said. */
  wrongLength: (): Behave => (answer) =>
    raw(answer, 'HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nfar more than two', (socket) => socket.end()),

  endlessBody: (): Behave => (answer) => {
    answer.writeHead(202);
    const timer = setInterval(() => answer.write('x'.repeat(16_384)), 1);
    answer.once('close', () => clearInterval(timer));
  },

  noHttp: (): Behave => (answer) => raw(answer, 'SSH-2.0-OpenSSH_9.7\r\n', (socket) => socket.end()),
};

function raw(answer: ServerResponse, text: string, then: (socket: Socket) => void): void {
  const { socket } = answer;
  if (socket) socket.write(text, () => then(socket));
}
