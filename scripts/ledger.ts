import pc from 'picocolors';
import { readSettings } from '../build/settings.ts';
import type { Ledger } from '../federation/ledger.ts';
import { PosternError } from '../server/errors.ts';
import type { InboxRecord } from '../server/store/store.ts';
import { withStore } from './blog.ts';
import { command, count, printJson, run } from './command.ts';
import { readExport, writeExport } from './exported-files.ts';
import { readLedgerFile, restoreLedger, toLedgerFile } from './ledger-file.ts';
import { assertSameOrigin, howItBegins } from './own-origin.ts';
import { lookIntoStore } from './store-file.ts';

interface LedgerOptions {
  readonly json?: true;
}

interface LedgerCounts {
  readonly announced: number;
  readonly baseline: number;
  readonly deleted: number;
}

function countsOf(ledger: Ledger): LedgerCounts {
  const counts = { announced: 0, baseline: 0, deleted: 0 };
  for (const { state } of ledger.objects.values()) counts[state] += 1;
  return counts;
}

function countsText({ announced, baseline, deleted }: LedgerCounts): string {
  return `${count(announced, 'post')} announced, ${baseline.toLocaleString('en')} of the baseline, ${deleted.toLocaleString('en')} deleted`;
}

async function show(options: LedgerOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const known = await lookIntoStore(settings, (store) => store.ledger.read());
  if (!known) {
    if (options.json) printJson({ begun: false });
    else console.log(`No ledger yet: ${howItBegins(settings)}.`);
    return;
  }
  const { ledger, version } = known;
  const { origin, begun, source, approved } = ledger;
  const counts = countsOf(ledger);
  if (options.json) {
    printJson({
      begun: true,
      origin,
      since: begun,
      version,
      counts,
      ...(source ? { source } : {}),
      ...(approved ? { approved } : {}),
    });
    return;
  }
  console.log(`${pc.bold('ledger')} of ${origin}, since ${begun.slice(0, 10)}`);
  console.log(`  ${countsText(counts)}`);
  if (source) console.log(`  newest build that was published: ${source.commit} of ${source.committedAt}`);
  if (approved) console.log(`  last publish: ${approved.at}`);
}

async function exportTo(file: string, options: LedgerOptions): Promise<void> {
  const found = await withStore(async (store, settings) => {
    const known = await store.ledger.read();
    const inboxes: InboxRecord[] = [];
    for await (const record of store.inboxes.all()) inboxes.push(record);
    return { known, inboxes, pending: (await store.deliveries.counts()).pending, settings };
  });
  const { known, inboxes, pending, settings } = found;
  if (!known) {
    throw new PosternError('not-begun', 'There is no ledger to export: federation has not begun.', {
      hint: `Check POSTERN_DATA and the folder you are in. If both are right, ${howItBegins(settings)}.`,
    });
  }
  await writeExport(file, toLedgerFile({ ledger: known.ledger, inboxes }));
  const counts = countsOf(known.ledger);
  const unfinished = [known.ledger.actor, ...known.ledger.objects.values()].filter(({ sending }) => sending).length;
  if (options.json) {
    printJson({ file, origin: known.ledger.origin, counts, inboxes: inboxes.length, pending, unfinished });
    return;
  }
  console.log(`${pc.green('wrote')} ${file}: ${countsText(counts)}; ${count(inboxes.length, 'inbox', 'inboxes')}`);
  if (unfinished > 0) {
    const what = count(unfinished, 'activity is', 'activities are');
    console.log(`${pc.yellow('note')}  ${what} half sent: let npm run publish end, then export again`);
  }
  if (pending > 0) {
    const what = count(pending, 'delivery waits', 'deliveries wait');
    console.log(
      `${pc.yellow('note')}  ${what} in the queue, which is not in the file: before you move, see npm run deliveries come to an end`,
    );
  }
  console.log(
    pc.dim(
      'next  followers and keys are not in it: npm run followers -- export <file> --full, and copy keys.json of the data folder',
    ),
  );
}

async function restoreFrom(file: string, options: LedgerOptions): Promise<void> {
  const exported = readLedgerFile(await readExport(file));
  const { ledger, inboxes } = exported;
  const settings = readSettings(process.env, process.cwd());
  // First: another blog's file leaves no store here.
  assertSameOrigin(file, ledger.origin, settings);
  if (!(await withStore((store) => restoreLedger(store, exported), { create: true })))
    throw ledgerExists(settings.dataFolder);
  const counts = countsOf(ledger);
  if (options.json) {
    printJson({ file, origin: ledger.origin, counts, inboxes: inboxes.length });
    return;
  }
  console.log(
    `${pc.green('restored')} ${ledger.origin}: ${countsText(counts)}; ${count(inboxes.length, 'inbox', 'inboxes')}`,
  );
  console.log(
    pc.dim('next  npm run followers -- import <file>, then npm run plan: it shows nothing but what changed since'),
  );
}

function ledgerExists(dataFolder: string): PosternError {
  return new PosternError('ledger-exists', `${dataFolder} has a ledger already, and two cannot be made one.`, {
    hint: 'Restore before the first npm start and npm run publish, into a new data folder (POSTERN_DATA).',
    facts: { dataFolder },
  });
}

const program = command('ledger', 'Show what the network was told; export it and restore it elsewhere.')
  .enablePositionalOptions()
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run ledger -- export ledger.json
  npm run ledger -- restore ledger.json

Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(show);
program
  .command('export <file>')
  .description('Write ids, history and known inboxes to a file; followers and keys are not in it.')
  .option('--json', 'print what was written as JSON')
  .action(exportTo);
program
  .command('restore <file>')
  .description('Take them from a file into a data folder that has no ledger yet.')
  .option('--json', 'print what was restored as JSON')
  .action(restoreFrom);

await run(program);
