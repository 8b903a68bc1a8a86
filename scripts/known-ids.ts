import type { Settings } from '../build/settings.ts';
import type { Ledger } from '../federation/ledger.ts';
import type { KnownIds } from '../federation/restores.ts';
import { lookIntoStore } from './store-file.ts';

/**
 * Gives the ids that the ledger in the data folder knows, so that a post which was deleted and is there again gets a new
 * one. Without a store there are none. Rejects with the store's own error: a build that did not know would bring the post
 * back under the deleted id, which is then held.
 */
export async function readKnownIds(settings: Settings): Promise<KnownIds> {
  const ledger = await lookIntoStore(settings, async (store) => (await store.ledger.read())?.ledger);
  return knownIdsOf(ledger);
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
