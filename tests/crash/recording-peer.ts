import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';

/** One request that reached an inbox, whole. */
export interface Posted {
  readonly inbox: string;
  /** Which process posted it: its `User-Agent`. */
  readonly run: string;
  readonly body: string;
  readonly activity: JsonObject;
  /** What it was answered, once it was: a process that was killed may never have read it. */
  answered?: number;
}

/** The rest of the fediverse: some servers on loopback that keep every request they get. */
export interface RecordingPeer {
  /** Their addresses, such as `http://127.0.0.1:40001`. */
  readonly servers: readonly string[];
  readonly posted: Posted[];
  /** What a request is answered: 202 at once unless it is changed, and nothing at all when this gives undefined. */
  answer: (posted: Posted) => number | undefined | Promise<number>;
  /** Waits until nobody is connected any more: what a killed process had written has been read by then. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export async function startRecordingPeer(servers: number): Promise<RecordingPeer> {
  const open = new Set<unknown>();
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      // Cut off in the middle: no peer would have taken it.
      return;
    }
    const body = Buffer.concat(chunks).toString();
    const activity: unknown = JSON.parse(body);
    if (!isJsonObject(activity)) throw new Error(`What was posted is no activity: ${body}`);
    const inbox = `http://${request.headers.host}${request.url}`;
    const posted: Posted = { inbox, run: request.headers['user-agent'] ?? '', body, activity };
    peer.posted.push(posted);
    const status = await peer.answer(posted);
    if (status === undefined) return;
    posted.answered = status;
    response.writeHead(status).end();
  };
  const listening = await Promise.all(
    Array.from({ length: servers }, async () => {
      const server = createServer(handle);
      server.on('connection', (socket) => {
        open.add(socket);
        socket.once('close', () => open.delete(socket));
      });
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
      return server;
    }),
  );
  const peer: RecordingPeer = {
    servers: listening.map(addressOf),
    posted: [],
    answer: () => 202,
    async settled() {
      for (let waited = 0; open.size > 0 && waited < 5_000; waited += 5) await sleep(5);
      if (open.size > 0) throw new Error('A connection stayed open after its process had ended.');
    },
    close: async () => {
      for (const server of listening) server.closeAllConnections();
      await Promise.all(listening.map((server) => new Promise((closed) => server.close(closed))));
    },
  };
  return peer;
}

function addressOf(server: Server): string {
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
