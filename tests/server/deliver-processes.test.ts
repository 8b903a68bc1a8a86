import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../server/store/sqlite.ts';

const CHILD = fileURLToPath(new URL('./deliver-child.ts', import.meta.url));
const ORIGIN = 'https://blog.example';
const OWNERS = ['first', 'second'];

/** What arrived at the peer, as `<activity> <inbox>`. */
interface Peer {
  readonly server: Server;
  readonly port: number;
  /** Answered 2xx, in order. */
  readonly accepted: { readonly delivery: string; readonly by: string }[];
  /** Deliveries that were on their way twice at once. */
  readonly overlapping: string[];
}

let folder: string;
let peer: Peer;
let children: ChildProcessWithoutNullStreams[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'postern-deliver-'));
  peer = await startPeer();
  children = [];
});

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  peer.server.closeAllConnections();
  peer.server.close();
  rmSync(folder, { recursive: true });
});

/** A peer that takes its time, so that what overlaps is seen. */
async function startPeer(): Promise<Peer> {
  const accepted: Peer['accepted'] = [];
  const overlapping: string[] = [];
  const open = new Set<string>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { id }: { id: string } = JSON.parse(body);
    const delivery = `${id} ${request.url}`;
    if (open.has(delivery)) overlapping.push(delivery);
    open.add(delivery);
    await sleep(accepted.length % 7);
    open.delete(delivery);
    accepted.push({ delivery, by: String(request.headers['user-agent']) });
    response.writeHead(202).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, port, accepted, overlapping };
}

/** A process that is ready; it begins with `child.stdin.end()`. */
async function startChild(file: string, owner: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, file, owner]);
  children.push(child);
  let said = '';
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    errors += chunk;
  });
  const ready = new Promise<void>((resolve, reject) => {
    child.once('close', () => reject(new Error(errors)));
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
      if (said.startsWith('ready\n')) resolve();
    });
  });
  const delivered = new Promise<number>((resolve) => {
    child.once('close', () => resolve(Number(said.split('\n')[1])));
  });
  await ready;
  return { child, delivered };
}

test('Two processes deliver one SQLite queue: each delivery arrives once, and never twice at once', async () => {
  const file = join(folder, 'postern.db');
  const store = openSqliteStore(file);
  const inboxes = Array.from({ length: 120 }, (_, n) => `http://127.0.0.1:${peer.port}/${n}`);
  const now = Date.now();
  for (const [type, name] of [
    ['Create', 'a'],
    ['Update', 'a'],
    ['Create', 'b'],
  ] as const) {
    const id = `${ORIGIN}/ap/activities/${type}/${name}`;
    await store.activities.put({ id, type, object: name, json: { id, type, object: name } }, { now });
    await store.deliveries.enqueue(id, inboxes, { now });
  }
  const running = await Promise.all(OWNERS.map((owner) => startChild(file, owner)));
  for (const { child } of running) child.stdin.end();
  const shares = await Promise.all(running.map(({ delivered }) => delivered));

  expect(peer.overlapping).toEqual([]);
  expect(peer.accepted).toHaveLength(360);
  expect(new Set(peer.accepted.map(({ delivery }) => delivery)).size).toBe(360);
  expect(shares).toEqual(OWNERS.map((owner) => peer.accepted.filter(({ by }) => by === owner).length));
  expect(Math.min(...shares)).toBeGreaterThan(0);
  for (const inbox of inboxes) {
    const [create, update] = ['Create', 'Update'].map((type) =>
      peer.accepted.findIndex(
        ({ delivery }) => delivery === `${ORIGIN}/ap/activities/${type}/a ${new URL(inbox).pathname}`,
      ),
    );
    expect(create).toBeLessThan(update ?? -1);
  }
  expect(await store.deliveries.counts()).toMatchObject({ delivered: 360, pending: 0 });
  await store.close();
});
