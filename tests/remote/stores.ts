import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { DEFAULT_RULES, RULES_PATH } from '../../federation/rules.ts';
import { deliverDue } from '../../server/deliver.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { blobFiles, type Emulation, openBlobsOf, startEmulation } from '../netlify/emulation.ts';
import { newPrivateKeys } from '../netlify/private-keys.ts';
import { type Door, functionDoor, nodeDoor } from './doors.ts';
import { BLOG, siteOf } from './fake-blog.ts';
import { type DeliveringDeps, netlifyDoor } from './netlify-door.ts';
import { signingKeys } from './signing-keys.ts';

/** A store for one test, everything that it holds, and the way by which requests come in. */
export interface TestStore {
  readonly store: Store;
  /** What `createFakeBlog` is given. */
  readonly blog: { readonly store: Store; readonly door: Door };
  /** The bytes of its files; the writes that were made in memory. */
  bytes(): string;
  /** Delivers what is due, as its host does; `owner` is a name that no other run has. In this process `post` answers. */
  deliver(deps: DeliveringDeps, owner: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens a store of its own; the first of a file may take seconds where another process is needed. */
export type OpenStore = () => TestStore | Promise<TestStore>;

type Named = readonly [name: string, open: OpenStore];

/**
 * Those of `STORES` whose requests are answered in this process: for what counts each write or makes one fail, and for what
 * takes hundreds of requests.
 */
export const NEAR_STORES: readonly Named[] = [
  ['memory, as a function', openMemory],
  ['SQLite, over HTTP', openSqlite],
];

/** Each adapter by name, for `describe.each`, and each by another host: the function alone, the Node server, Netlify. */
export const STORES: readonly Named[] = [...NEAR_STORES, ['Blobs, in Netlify’s emulation', openBlobs]];

/** Whether the store of this name is one of `NEAR_STORES`. */
export const isNear = (name: string): boolean => NEAR_STORES.some(([near]) => near === name);

function openMemory(): TestStore {
  const store = openMemoryStore();
  return {
    store,
    blog: { store, door: functionDoor() },
    bytes: () => '',
    deliver: deliverHere,
    close: () => store.close(),
  };
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
    deliver: deliverHere,
    async close() {
      await door.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function deliverHere({ post, ...deps }: DeliveringDeps, owner: string): Promise<void> {
  if (!post) throw new Error('in this process a test has its own client');
  const inboxes = { post, close: async () => {} };
  await deliverDue({ ...deps, inboxes, keys: signingKeys(BLOG.actor) }, { owner, random: () => 0 });
}

let emulation: Promise<Emulation> | undefined;
let sites = 0;
// Registered where the file is collected: all of its tests share one emulation, and it ends with the last of them.
afterAll(async () => {
  await (await emulation)?.close();
  emulation = undefined;
});

const privateKeys = newPrivateKeys();
/** The inbox alone, unless a file says that it needs more. */
const functions = ['inbox'];

/** Has the emulation of this file deliver, too. */
export function withDelivery(): void {
  functions.push('deliver');
}

async function startInbox(): Promise<Emulation> {
  const manifest = JSON.stringify(await siteOf(BLOG.origin).manifest());
  return startEmulation({
    functions,
    site: { '/ap/manifest.json': manifest, [RULES_PATH]: JSON.stringify(DEFAULT_RULES) },
    variables: { POSTERN_PRIVATE_KEYS: privateKeys, POSTERN_ALLOW_PRIVATE_ADDRESSES: '1' },
  });
}

/** A site of its own in Blobs: the functions of the emulation are told which one is theirs. */
async function openBlobs(): Promise<TestStore> {
  emulation ??= startInbox();
  const emulated = await emulation;
  sites += 1;
  const siteId = `site-${sites}`;
  const store = openBlobsOf(emulated, siteId);
  const door = netlifyDoor(emulated, siteId);
  return {
    store,
    blog: { store, door },
    bytes: () => blobFiles(emulated, siteId),
    deliver: (deps) => door.deliver(deps, privateKeys),
    async close() {
      await door.close();
      await store.close();
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
    following: await collect(store.following.all()),
    reading: await store.reading.newest(1_000),
    votes: (await collect(store.answers.votes())).map((vote) => JSON.stringify(vote)).sort(),
    consents: (await collect(store.answers.consents())).map((consent) => JSON.stringify(consent)).sort(),
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
