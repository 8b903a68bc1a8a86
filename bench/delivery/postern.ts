/**
 * Postern as it delivers: the SQLite store on disk, one activity stored and queued for all inboxes, leased, signed,
 * guarded, sent, settled and logged.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { deliverDue } from '../../server/deliver.ts';
import { createAgents } from '../../server/http/agents.ts';
import { createInboxClient } from '../../server/http/inbox-client.ts';
import { createSigning } from '../../server/http/signing.ts';
import { userAgent } from '../../server/http/user-agent.ts';
import { loadKeys } from '../../server/keys.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { ACTOR, addressOf, inboxesOf, makeCreate, ORIGIN } from './setup.ts';
import { runSide } from './side.ts';

await runSide(async (setup) => {
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
  let round = 0;
  return async (work) => {
    round += 1;
    for (let i = 0; i < work.activities; i += 1) {
      const activity = makeCreate(`${round}-${i}`);
      const now = Date.now();
      await store.activities.put(activity, { now });
      await store.deliveries.enqueue(activity.id, inboxesOf(setup, work), { now });
    }
    const { delivered } = await deliverDue({ store, inboxes, clock: Date.now, log }, { owner: `bench-${round}` });
    return delivered;
  };
});
