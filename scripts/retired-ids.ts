import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../build/settings.ts';
import type { KnownIds } from '../federation/restores.ts';
import { PosternError } from '../server/errors.ts';
import type { Store } from '../server/store/store.ts';

/** A server that has just begun may hold the file for a moment. */
const TRIES = 10;
const PAUSE_MS = 200;

/**
 * Gives the ids that the ledger in the data folder knows, so that a post which was deleted and is there again gets a new
 * one. Without a ledger there are none. A store that stays busy or cannot be read ends the build: with the deleted id, a
 * post that came back would be held.
 */
export async function readKnownIds({ dataFolder }: Settings): Promise<KnownIds> {
  const file = join(dataFolder, 'postern.db');
  if (!existsSync(file)) return { retired: new Set() };
  const { openSqliteStore } = await import('../server/store/sqlite.ts');
  for (let tries = 1; ; tries += 1) {
    let store: Store | undefined;
    try {
      store = openSqliteStore(file);
      return await idsOf(store);
    } catch (cause) {
      if (tries === TRIES) throw unread(file, cause);
    } finally {
      await store?.close();
    }
    await sleep(PAUSE_MS);
  }
}

async function idsOf(store: Store): Promise<KnownIds> {
  const objects = [...((await store.ledger.read())?.ledger.objects.values() ?? [])];
  const isDeleted = ({ state }: { state: string }): boolean => state === 'deleted';
  return {
    retired: new Set(objects.filter(isDeleted).map(({ id }) => id)),
    live: new Map(objects.filter((object) => !isDeleted(object)).map(({ id, source }) => [id, source])),
  };
}

function unread(file: string, cause: unknown): PosternError {
  if (cause instanceof PosternError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PosternError('ledger-unreadable', `${file} cannot be read: ${why}.`, {
    hint: 'Build again; if another program holds the file, end that one first.',
    facts: { file },
    cause,
  });
}
