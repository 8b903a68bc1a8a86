import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { readSettings, type Settings } from '../build/settings.ts';
import { addressesOf } from '../federation/addresses.ts';
import { resolveHandle } from '../server/resolve-handle.ts';
import type { Store } from '../server/store/store.ts';
import { openClients, withStore } from './blog.ts';
import { command, count, EXIT, printJson, run } from './command.ts';
import { readExport, writeExport } from './exported-files.ts';
import { readFollowerFile, readFollowersCsv, toFollowerFile, toFollowersCsv } from './follower-files.ts';
import { decideFollows, listRequests, type RequestOptions } from './follower-requests.ts';
import { type ImportReport, importFollowers, importHandles } from './import-followers.ts';
import { assertSameOrigin, ownOrigin } from './own-origin.ts';
import { AT_OPTION } from './owner-access.ts';
import { printable } from './printable.ts';
import { readFollowers, withSending } from './sending-access.ts';

function readLimit(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('Write a whole number; 0 lists all.');
  return Number(value);
}

async function list(options: { limit: number; at?: string; json?: true }): Promise<void> {
  await withSending(options.at, async ({ sending }) => {
    const wanted = options.limit || Number.POSITIVE_INFINITY;
    const { items, total, accountDeleted } = await readFollowers(sending, wanted);
    if (options.json) {
      printJson({ total, followers: items, ...(accountDeleted === undefined ? {} : { accountDeleted }) });
      return;
    }
    const widest = Math.max(0, ...items.map(({ handle, actor }) => (handle ?? actor).length));
    for (const { handle, actor, since } of items) {
      const shown = printable(handle ?? actor).padEnd(widest);
      const more = `since ${printable(since).slice(0, 10)}  ${handle ? printable(actor) : ''}`;
      console.log(`${shown}  ${pc.dim(more)}`.trimEnd());
    }
    console.log(total > items.length ? `${items.length} of ${count(total, 'follower')}` : count(total, 'follower'));
    if (accountDeleted !== undefined) {
      const at = printable(accountDeleted);
      console.log(`${pc.red('deleted')} the account was deleted at ${at}: nobody follows it any more`);
    }
  });
}

interface ExportOptions {
  readonly full?: true;
  readonly at?: string;
  readonly json?: true;
}

async function exportTo(file: string, { full, at, json }: ExportOptions): Promise<void> {
  await withSending(at, async ({ sending, origin }) => {
    // Oldest first, whatever order the pages have.
    const followers = (await readFollowers(sending)).items.toReversed();
    await writeExport(file, full ? toFollowerFile({ origin: await origin(), followers }) : toFollowersCsv(followers));
    const nameless = full ? 0 : followers.filter(({ handle }) => handle === undefined).length;
    const written = followers.length - nameless;
    if (json) {
      printJson({ file, followers: written, leftOut: nameless });
      return;
    }
    console.log(`${pc.green('wrote')} ${file}: ${count(written, 'follower')}${full ? ', inboxes included' : ''}`);
    if (nameless > 0)
      console.log(`${pc.yellow('note')}  ${nameless} without a handle cannot be in such a list; --full has everybody`);
  });
}

async function importFrom(file: string, { json }: { json?: true }): Promise<void> {
  const text = await readExport(file);
  const isFull = /^\uFEFF?\s*\{/.test(text);
  const onProgress = process.stdout.isTTY && !json ? showProgress : undefined;
  if (isFull) {
    const { origin, followers } = readFollowerFile(text);
    // First: another blog's file leaves no store here.
    assertSameOrigin(file, origin, readSettings(process.env, process.cwd()));
    const report = await withStore(({ followers: known }) => importFollowers(known, followers, onProgress), {
      create: true,
    });
    tellImport(report, [], json === true);
    return;
  }
  const { handles, faults } = readFollowersCsv(text);
  const report = await withStore((store, settings) => importList(store, settings, handles, onProgress), {
    create: true,
  });
  tellImport(report, faults, json === true);
}

async function importList(
  { followers }: Store,
  settings: Settings,
  handles: readonly string[],
  onProgress: ((done: number, total: number) => void) | undefined,
): Promise<ImportReport> {
  const origin = ownOrigin(settings);
  const clients = await openClients(settings, origin);
  try {
    const resolve = (handle: string) => resolveHandle(clients, handle);
    const deps = { followers, resolve, actor: addressesOf(origin).actor, clock: Date.now };
    return await importHandles({ ...deps, ...(onProgress ? { onProgress } : {}) }, handles);
  } finally {
    await clients.close();
  }
}

function showProgress(done: number, total: number): void {
  process.stdout.write(`\r\u001B[K${done === total ? '' : `looked up ${done} of ${total}`}`);
}

/** Who could not be had is told with the reason; an exit code only for those whom another try may find. */
function tellImport(report: ImportReport, faults: readonly string[], json: boolean): void {
  const { added, known, missing } = report;
  const again = missing.filter(({ kind }) => kind === 'failed').length;
  if (again > 0) process.exitCode = EXIT.failed;
  if (json) {
    printJson({ ...report, faults });
    return;
  }
  for (const fault of faults) console.error(`${pc.yellow('left out')} ${printable(fault)}`);
  for (const { handle, reason } of missing)
    console.error(`${pc.yellow('not found')} ${printable(handle)}: ${printable(reason)}`);
  const left = missing.length + faults.length;
  const parts = [`${count(added, 'follower')} added`, ...(known > 0 ? [`${known} there already`] : [])];
  console.log(`${pc.green('imported')} ${parts.join(', ')}${left > 0 ? `, ${left} not found` : ''}`);
  if (again > 0)
    console.log(pc.dim(`next  run it again later: the servers of ${again} did not answer, nobody else is asked twice`));
}

const program = command('followers', 'List who follows the blog, newest first; let in, refuse, remove, export, import.')
  .enablePositionalOptions()
  .option('-n, --limit <number>', 'how many to list; 0 lists all', readLimit, 50)
  .option(...AT_OPTION)
  .option('--json', 'print them as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run followers -- --limit 0
  npm run followers -- export followers.csv
  npm run followers -- export followers.json --full
  npm run followers -- import followers.csv
  npm run followers -- export followers.csv --at https://blog.example
  npm run followers -- requests --at https://blog.example
  npm run followers -- approve @ann@social.example

Exit codes: 0 done, 1 failed, nobody of that name, or a server did not answer an import, 2 wrong usage.
`,
  )
  .action(list);
program
  .command('export <file>')
  .description('Write them as a list of accounts (CSV), which Mastodon and others read.')
  .option('-f, --full', 'write all that is known of them, inboxes too, as JSON: a backup')
  .option(...AT_OPTION)
  .option('--json', 'print what was written as JSON')
  .action((file: string, _: unknown, own: Command) => exportTo(file, own.optsWithGlobals<ExportOptions>()));
program
  .command('import <file>')
  .description('Add those of a list of accounts (each is looked up), or of a full export.')
  .option('--json', 'print what was imported as JSON')
  .action((file: string, _: unknown, own: Command) => {
    const { at, json } = own.optsWithGlobals<{ at?: string; json?: true }>();
    if (at !== undefined) own.error('error: import takes no --at: it writes to the store of the blog in this folder.');
    return importFrom(file, json ? { json } : {});
  });
program
  .command('requests')
  .description('List who asks to follow; `approveFollowers: true` in content/profile.md makes them ask.')
  .option(...AT_OPTION)
  .option('--json', 'print them as JSON')
  .action((_: unknown, own: Command) => listRequests(own.optsWithGlobals<RequestOptions>()));
for (const [decision, description] of [
  ['approve', 'Let those follow who ask to, by handle or id; they are told.'],
  ['reject', 'Refuse those who ask to follow; they are told.'],
  ['remove', 'End the follow of those who follow; they are told, and may follow again.'],
] as const) {
  program
    .command(`${decision} <accounts...>`)
    .description(description)
    .option(...AT_OPTION)
    .option('--json', 'print what came of it as JSON')
    .action((names: string[], _: unknown, own: Command) =>
      decideFollows(decision, names, own.optsWithGlobals<RequestOptions>()),
    );
}

await run(program);
