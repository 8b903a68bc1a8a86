import pc from 'picocolors';
import type { DeliveryState } from '../federation/delivery.ts';
import type { Store } from '../server/store/store.ts';
import { withStore } from './blog.ts';
import { command, count, printJson, run } from './command.ts';
import { nearestHosts, readHost } from './known-host.ts';
import { hostLines } from './print-queue.ts';
import { printable } from './printable.ts';
import { shownTime } from './times.ts';

interface DeliveriesOptions {
  readonly retry?: string;
  readonly retryAll?: true;
  readonly json?: true;
}

const MOST_HOSTS = 50;

const ALL_HOSTS = 10_000;

const STATES: readonly (readonly [DeliveryState, string])[] = [
  ['delivered', 'delivered'],
  ['pending', 'waiting'],
  ['failed', 'given up'],
  ['gone', 'to inboxes that are no more'],
  ['superseded', 'superseded by a later activity'],
];

async function deliveries(options: DeliveriesOptions): Promise<void> {
  const isRetry = options.retry !== undefined || options.retryAll === true;
  await withStore((store) => (isRetry ? retry(store, options) : show(store, options)));
}

async function show(store: Store, options: DeliveriesOptions): Promise<void> {
  const now = Date.now();
  const counts = await store.deliveries.counts();
  const hosts = await store.deliveries.troubled({ limit: options.json ? ALL_HOSTS : MOST_HOSTS + 1 });
  const nextDue = await store.deliveries.nextDue();
  const byServer = (await store.workers.alive(now)).length > 0;
  if (options.json) {
    printJson({ counts, ...(nextDue === undefined ? {} : { nextDue }), byServer, hosts });
    return;
  }
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  if (total === 0) {
    console.log('No deliveries: nothing was sent from this data folder yet, or all of it more than 30 days ago.');
    return;
  }
  const parts = STATES.filter(([state]) => counts[state] > 0).map(
    ([state, what]) => `${counts[state].toLocaleString('en')} ${what}`,
  );
  console.log(`${count(total, 'delivery', 'deliveries')}: ${parts.join(', ')}`);
  if (counts.pending > 0) console.log(`  ${whoSends(nextDue, byServer, now)}`);
  for (const host of hosts.slice(0, MOST_HOSTS)) for (const line of hostLines(host, now)) console.log(line);
  if (hosts.length > MOST_HOSTS) console.log('and more hosts (--json lists them)');
  // An inbox that is no more is asked no more.
  if (hosts.some(({ pending, failed }) => pending + failed > 0))
    console.log(pc.dim('next  npm run deliveries -- --retry <host> tries again at once'));
}

function whoSends(nextDue: number | undefined, byServer: boolean, now: number): string {
  const when = nextDue === undefined || nextDue <= now ? 'due now' : `next at ${shownTime(nextDue, now)}`;
  const who = byServer ? 'the running server sends them' : 'no server runs: npm start or npm run publish sends them';
  return `${when}; ${who}`;
}

async function retry(store: Store, options: DeliveriesOptions): Promise<void> {
  const queues = options.retry === undefined ? [] : await store.deliveries.troubled({ limit: ALL_HOSTS });
  const host = options.retry === undefined ? undefined : readHost(options.retry, queues);
  const now = Date.now();
  const retried = await store.deliveries.retry({ ...(host === undefined ? {} : { host }), now });
  const byServer = (await store.workers.alive(now)).length > 0;
  if (options.json) {
    printJson({ retried, ...(host === undefined ? {} : { host }), byServer });
    return;
  }
  const whom = host === undefined ? '' : ` to ${printable(host)}`;
  if (retried === 0) {
    console.log(`Nothing${whom} waits or was given up, so there is nothing to retry.`);
    const others = host === undefined ? [] : nearestHosts(host, queues);
    if (others.length > 0)
      console.log(pc.dim(`next  servers in trouble: ${printable(others.join(', '))}; npm run deliveries tells more`));
    return;
  }
  const what = `${count(retried, 'delivery', 'deliveries')}${whom}`;
  if (byServer) console.log(`${pc.green('due')} ${what}: the running server tries again now`);
  else {
    console.log(`${pc.green('due')} ${what}`);
    console.log(pc.dim('next  no server runs: npm start or npm run publish tries again'));
  }
}

const program = command('deliveries', 'Show what waits to be delivered, and which servers are in trouble.')
  .option('-r, --retry <host>', 'try again at once what waits for a server or was given up')
  .option('--retry-all', 'the same for every server')
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run deliveries
  npm run deliveries -- --retry social.example

Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(deliveries);

await run(program);
