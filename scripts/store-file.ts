import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pc from 'picocolors';
import type { Settings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';
import type { Migrated } from '../server/store/sqlite-schema.ts';
import type { Store } from '../server/store/store.ts';
import { shownPath } from './command.ts';

/** Gives the file of the store. */
export function storeFile({ dataFolder }: Pick<Settings, 'dataFolder'>): string {
  return join(dataFolder, 'postern.db');
}

/**
 * For commands that look at what a blog has, or change it: where nothing is they would find nothing, and leave an empty store
 * behind that looks like a blog nobody follows.
 *
 * @throws PosternError `no-store`.
 */
export function assertStore({ dataFolder }: Pick<Settings, 'dataFolder'>): void {
  if (existsSync(storeFile({ dataFolder }))) return;
  throw new PosternError('no-store', `There is no blog's store in ${shownPath(dataFolder)}.`, {
    hint: 'Run this in the folder of the blog, or set POSTERN_DATA to its data folder; npm start or npm run publish makes a new one. For a blog that runs elsewhere, replies, messages, notifications, reading, followers, publish, deliveries, receipts and store take --at https://blog.example.',
    facts: { dataFolder },
  });
}

/** Says on standard error that versions before cannot go on with this store. */
export function tellMigrated({ file, to }: Migrated): void {
  console.error(
    `${pc.yellow('note ')} The store in ${shownPath(dirname(file))} was brought to its ${ORDINALS[to] ?? `${to}th`} schema; the version before cannot read it any more.`,
  );
}

const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];

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
  const store = openSqliteStore(file, { onMigrated: tellMigrated });
  try {
    return await look(store);
  } finally {
    await store.close();
  }
}
