import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemoryStore } from '../../server/store/memory.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { type Door, functionDoor, nodeDoor } from './doors.ts';

/** A store for one test, everything that it holds, and the way by which requests come in. */
export interface TestStore {
  readonly store: Store;
  /** What `createFakeBlog` is given. */
  readonly blog: { readonly store: Store; readonly door: Door };
  /** The bytes of its files; the writes that were made in memory. */
  bytes(): string;
  close(): Promise<void>;
}

/** Each adapter by name, for `describe.each`, and each by another host: the function alone, and the real Node server. */
export const STORES: readonly (readonly [name: string, open: () => TestStore])[] = [
  ['memory, as a function', openMemory],
  ['SQLite, over HTTP', openSqlite],
];

function openMemory(): TestStore {
  const store = openMemoryStore();
  return { store, blog: { store, door: functionDoor() }, bytes: () => '', close: () => store.close() };
}

function openSqlite(): TestStore {
  const folder = mkdtempSync(join(tmpdir(), 'postern-scenario-'));
  const store = openSqliteStore(join(folder, 'postern.db'));
  const door = nodeDoor();
  return {
    store,
    blog: { store, door },
    bytes: () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join('\n'),
    async close() {
      await door.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Everything that a store gives out, as text: two that are equal hold the same, and what is not in it was not stored. */
export async function dumpOf(store: Store): Promise<string> {
  const authors = await collect(store.interactions.authors());
  const interactions = await store.interactions.list({ limit: 1_000 });
  const stamps = [];
  for (const { id } of interactions.items) stamps.push(...(await store.stamps.ofQuote(id)));
  const threads = [];
  for (const target of (await collect(store.interactions.targets())).sort()) {
    threads.push([target, await store.interactions.thread(target), await store.interactions.counts(target)]);
  }
  const parts = {
    followers: await collect(store.followers.all()),
    requests: await store.requests.list(1_000),
    ...{ authors, interactions, threads, stamps },
    messages: await store.messages.list({ limit: 1_000 }),
    notifications: await store.notifications.list(1_000),
    actors: await collect(store.actors.all()),
    inboxes: await collect(store.inboxes.all()),
    deliveries: [await store.deliveries.counts(), await store.deliveries.troubled({ limit: 1_000 })],
    kept: await store.inbound.kept(1_000),
    ledger: await store.ledger.outline(),
  };
  return JSON.stringify(parts, undefined, 1);
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
