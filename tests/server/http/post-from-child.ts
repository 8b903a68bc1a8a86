/**
 * Posts to each URL of its arguments, every name led to loopback, and prints what came of it: a process of its own,
 * because node reads NODE_EXTRA_CA_CERTS when it starts.
 */
import { createAgents } from '../../../server/http/agents.ts';
import { createInboxClient } from '../../../server/http/inbox-client.ts';

const inboxes = createInboxClient({
  agents: createAgents({ allowPrivate: true, resolve: async () => [{ address: '127.0.0.1', family: 4 }] }),
  allowPrivate: true,
  signPost: () => ({ Signature: 'signed' }),
  userAgent: 'Postern',
  clock: Date.now,
});
const attempts = [];
for (const url of process.argv.slice(2)) attempts.push(await inboxes.post(url, Buffer.from('{}')));
await inboxes.close();
console.log(JSON.stringify(attempts));
