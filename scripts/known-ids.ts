import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../build/settings.ts';
import type { Ledger } from '../federation/ledger.ts';
import type { KnownIds } from '../federation/restores.ts';

/**
 * Gives the ids that the ledger in the data folder knows, so that a post which was deleted and is there again gets a new
 * one. Without a store there are none, and none is made. Another process may write meanwhile. Rejects with the store's
 * own error: a build that did not know would bring the post back under the deleted id, which is then held.
 */
export async function readKnownIds({ dataFolder }: Settings): Promise<KnownIds> {
  const file = join(dataFolder, 'postern.db');
  if (!existsSync(file)) return { retired: new Set() };
  // A build for a host without a store never loads SQLite.
  const { openSqliteStore } = await import('../server/store/sqlite.ts');
  const store = openSqliteStore(file);
  try {
    return knownIdsOf((await store.ledger.read())?.ledger);
  } finally {
    await store.close();
  }
}

/** Gives the ids of a ledger: those that were deleted, and those in use with their files. */
export function knownIdsOf(ledger: Ledger | undefined): KnownIds {
  const retired = new Set<string>();
  const live = new Map<string, string>();
  for (const { id, state, source } of ledger?.objects.values() ?? []) {
    if (state === 'deleted') retired.add(id);
    else live.set(id, source);
  }
  return { retired, live };
}
