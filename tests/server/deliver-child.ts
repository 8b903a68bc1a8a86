import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { deliverDue } from '../../server/deliver.ts';
import { createAgents } from '../../server/http/agents.ts';
import { createInboxClient } from '../../server/http/inbox-client.ts';
import { createSigning } from '../../server/http/signing.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { signingKeys } from '../remote/signing-keys.ts';

/*
 * One process of several that deliver from one SQLite file: `deliver-child.ts <file> <owner>`. It begins when its standard
 * input ends, delivers what is due until nothing is, and writes how much of it was its own.
 */
const [file = '', owner = ''] = process.argv.slice(2);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = signingKeys('https://blog.example/ap/actor.json', privateKey);
const inboxes = createInboxClient({
  agents: createAgents({ allowPrivate: true }),
  allowPrivate: true,
  signPost: createSigning(keys).signPost,
  // So that the peer can tell them apart.
  userAgent: owner,
  clock: Date.now,
});
const store = openSqliteStore(file);
console.log('ready');
readFileSync(0);
const deps = { store, inboxes, keys, clock: Date.now, log: () => {} };
let delivered = 0;
while ((await store.deliveries.counts()).pending > 0) {
  const report = await deliverDue(deps, { owner, concurrency: 16, perHost: 8 });
  delivered += report.delivered;
}
await inboxes.close();
await store.close();
console.log(String(delivered));
