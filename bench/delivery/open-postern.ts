/** Opens Postern as it delivers: the SQLite store on disk, keys, guard and client. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { DeliverDeps } from '../../server/deliver.ts';
import { createAgents } from '../../server/http/agents.ts';
import { createInboxClient } from '../../server/http/inbox-client.ts';
import { createSigning } from '../../server/http/signing.ts';
import { userAgent } from '../../server/http/user-agent.ts';
import { loadKeys } from '../../server/keys.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { ACTOR, addressOf, makeCreate, ORIGIN, type Setup } from './setup.ts';

/** A store of its own, and what delivers from it. Its log lines are written and dropped. */
export async function openPostern(setup: Setup): Promise<DeliverDeps> {
  const folder = mkdtempSync(join(setup.folder, 'postern-'));
  const keys = await loadKeys({ dataFolder: setup.folder, contentFolder: join(setup.folder, 'content') });
  const store = openSqliteStore(join(folder, 'postern.db'));
  const inboxes = createInboxClient({
    agents: createAgents({ allowPrivate: true, resolve: async (name) => [{ address: addressOf(name), family: 4 }] }),
    allowPrivate: true,
    signPost: createSigning(keys.signingKeys(ACTOR)).signPost,
    userAgent: userAgent('0.0.0', ORIGIN),
    clock: Date.now,
  });
  const lines = { bytes: 0 };
  const log = (line: object): void => {
    lines.bytes += JSON.stringify(line).length;
  };
  return { store, inboxes, keys: keys.signingKeys(ACTOR), clock: Date.now, log };
}

/** Queues so many posts for all inboxes. */
export async function queuePosts(
  { store }: DeliverDeps,
  inboxes: readonly string[],
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const activity = makeCreate(name);
    const now = Date.now();
    await store.activities.put(activity, { now });
    await store.deliveries.enqueue(activity.id, inboxes, { now });
  }
}
