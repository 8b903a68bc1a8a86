import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../build/settings.ts';
import type { Store } from '../server/store/store.ts';

/** Gives the file of the store. */
export function storeFile({ dataFolder }: Pick<Settings, 'dataFolder'>): string {
  return join(dataFolder, 'postern.db');
}

/**
 * Looks into the store of the data folder, which another process may write to meanwhile; undefined where there is none, and
 * none is made. Rejects with the store's own error.
 */
export async function lookIntoStore<T>(
  settings: Pick<Settings, 'dataFolder'>,
  look: (store: Store) => Promise<T>,
): Promise<T | undefined> {
  const file = storeFile(settings);
  if (!existsSync(file)) return undefined;
  // A build for a host without a store never loads SQLite.
  const { openSqliteStore } = await import('../server/store/sqlite.ts');
  const store = openSqliteStore(file);
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}
