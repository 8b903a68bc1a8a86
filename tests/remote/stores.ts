import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMemoryStore } from '../../server/store/memory.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';

/** A store for one test, and everything that it holds. */
export interface TestStore {
  readonly store: Store;
  /** The bytes of its files; the writes that were made in memory. */
  bytes(): string;
  close(): Promise<void>;
}

/** Each adapter by name, for `describe.each`. */
export const STORES: readonly (readonly [name: string, open: () => TestStore])[] = [
  ['memory', openMemory],
  ['SQLite', openSqlite],
];

function openMemory(): TestStore {
  const store = openMemoryStore();
  return { store, bytes: () => '', close: () => store.close() };
}

function openSqlite(): TestStore {
  const folder = mkdtempSync(join(tmpdir(), 'postern-scenario-'));
  const store = openSqliteStore(join(folder, 'postern.db'));
  return {
    store,
    bytes: () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'latin1'))
        .join('\n'),
    async close() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
