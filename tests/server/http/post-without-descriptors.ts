/** Posts to a literal address and to a name, on loopback, when every descriptor that the process may have is taken. */
import { openSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { createAgents } from '../../../server/http/agents.ts';
import { createInboxClient } from '../../../server/http/inbox-client.ts';

const inboxes = createInboxClient({
  agents: createAgents({ allowPrivate: true }),
  allowPrivate: true,
  signPost: () => ({}),
  userAgent: 'Postern',
  clock: Date.now,
});
const body = Buffer.from('{}');
// What is loaded late is loaded now: nothing listens on port 1.
await inboxes.post('http://localhost:1/inbox', body);

function takeAll(): void {
  try {
    for (;;) openSync('/dev/null', 'r');
  } catch {
    // None is left.
  }
}

const attempts = [];
for (const host of ['127.0.0.1', 'localhost']) {
  takeAll();
  // What was being closed is free by now.
  await setTimeout(100);
  takeAll();
  attempts.push(await inboxes.post(`http://${host}:1/inbox`, body));
}
process.stdout.write(JSON.stringify(attempts));
process.exit(0);
