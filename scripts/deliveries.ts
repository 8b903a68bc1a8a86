import pc from 'picocolors';
import type { DeliveryState } from '../federation/delivery.ts';
import { command, count, printJson, run } from './command.ts';
import { nearestHosts, readHost } from './known-host.ts';
import { AT_OPTION } from './owner-access.ts';
import { hostLines } from './print-queue.ts';
import { printable } from './printable.ts';
import { type SendingContext, typed, withSending } from './sending-access.ts';
import { shownTime } from './times.ts';

interface DeliveriesOptions {
  readonly retry?: string;
  readonly retryAll?: true;
  readonly at?: string;
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
  await withSending(options.at, (context) => (isRetry ? retry(context, options) : show(context, options)));
}

async function show({ sending, at }: SendingContext, options: DeliveriesOptions): Promise<void> {
  const now = Date.now();
  const { counts, nextDue, byServer, hosts } = await sending.deliveries(options.json ? ALL_HOSTS : MOST_HOSTS + 1);
  if (options.json) {
    printJson({ counts, ...(nextDue === undefined ? {} : { nextDue }), byServer, hosts });
    return;
  }
  const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
  if (total === 0) {
    const from = at === undefined ? 'this data folder' : at;
    console.log(`No deliveries: nothing was sent from ${from} yet, or all of it more than 30 days ago.`);
    return;
  }
  const parts = STATES.filter(([state]) => counts[state] > 0).map(
    ([state, what]) => `${counts[state].toLocaleString('en')} ${what}`,
  );
  console.log(`${count(total, 'delivery', 'deliveries')}: ${parts.join(', ')}`);
  if (counts.pending > 0) {
    const when = nextDue === undefined || nextDue <= now ? 'due now' : `next at ${shownTime(nextDue, now)}`;
    const who = byServer ? `${senderText(at)} sends them` : `${nobodyText(at)} sends them`;
    console.log(`  ${when}; ${who}`);
  }
  for (const host of hosts.slice(0, MOST_HOSTS)) for (const line of hostLines(host, now)) console.log(line);
  if (hosts.length > MOST_HOSTS) console.log('and more hosts (--json lists them)');
  // An inbox that is no more is asked no more.
  if (hosts.some(({ pending, failed }) => pending + failed > 0))
    console.log(pc.dim(`next  ${typed('deliveries -- --retry <host>', at)} tries again at once`));
}

function senderText(at: string | undefined): string {
  return at === undefined ? 'the running server' : 'the blog there';
}

function nobodyText(at: string | undefined): string {
  if (at === undefined) return 'no server runs: npm start or npm run publish';
  return 'nothing is sent from there now (npm run doctor tells why): the server there, once it runs and federates,';
}

async function retry({ sending, at }: SendingContext, options: DeliveriesOptions): Promise<void> {
  const queues = options.retry === undefined ? [] : (await sending.deliveries(ALL_HOSTS)).hosts;
  const host = options.retry === undefined ? undefined : readHost(options.retry, queues);
  const { retried, byServer } = await sending.retry(host);
  if (options.json) {
    printJson({ retried, ...(host === undefined ? {} : { host }), byServer });
    return;
  }
  const whom = host === undefined ? '' : ` to ${printable(host)}`;
  if (retried === 0) {
    console.log(`Nothing${whom} waits or was given up, so there is nothing to retry.`);
    const others = host === undefined ? [] : nearestHosts(host, queues);
    const more = typed('deliveries', at);
    if (others.length > 0)
      console.log(pc.dim(`next  servers in trouble: ${printable(others.join(', '))}; ${more} tells more`));
    return;
  }
  const what = `${count(retried, 'delivery', 'deliveries')}${whom}`;
  if (byServer) console.log(`${pc.green('due')} ${what}: ${senderText(at)} tries again now`);
  else {
    console.log(`${pc.green('due')} ${what}`);
    console.log(pc.dim(`next  ${nobodyText(at)} tries again`));
  }
}

const program = command('deliveries', 'Show what waits to be delivered, and which servers are in trouble.')
  .option('-r, --retry <host>', 'try again at once what waits for a server or was given up')
  .option('--retry-all', 'the same for every server')
  .option(...AT_OPTION)
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run deliveries
  npm run deliveries -- --retry social.example
  npm run deliveries -- --at https://blog.example

Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(deliveries);

await run(program);
