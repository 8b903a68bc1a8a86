import pc from 'picocolors';
import { expectShortRun } from '../build/engine.ts';
import { describeFaults } from '../build/fault-report.ts';
import { readSettings } from '../build/settings.ts';
import type { ComingOut } from '../build/site-at.ts';
import type { BuildFacts } from '../eleventy.config.ts';
import { PosternError } from '../federation/errors.ts';
import { buildSite } from './build-site.ts';
import { command, count, printError, printJson, run, shownPath } from './command.ts';
import { knownIdsOf } from './known-ids.ts';
import { readKnownLedger } from './known-ledger.ts';
import { leaveOutAccount } from './leave-out-account.ts';
import { tellKeys } from './made-keys.ts';
import { writeRedirects } from './redirects.ts';
import { shownUtc } from './times.ts';
import { watchSite } from './watch-site.ts';

interface BuildOptions {
  readonly output: string;
  readonly watch?: true;
  readonly scheduled?: true;
  readonly future?: true;
  readonly ledger?: string;
  readonly lenient?: true;
  readonly refresh?: true;
  readonly quiet?: true;
  readonly json?: true;
}

function report(facts: BuildFacts, options: BuildOptions, milliseconds: number): void {
  process.send?.({ built: facts });
  if (facts.warnings.length > 0) {
    const { contentFolder } = readSettings(process.env, process.cwd());
    console.error(
      `${pc.yellow(count(facts.warnings.length, 'warning'))}\n${describeFaults(facts.warnings, contentFolder)}`,
    );
  }
  if (facts.unheard !== undefined) console.error(`${pc.yellow('warning')} ${facts.unheard}`);
  if (options.json) printJson(facts);
  if (options.json || options.quiet) return;
  const made = [count(facts.posts, 'post'), count(facts.notes, 'note'), count(facts.pages, 'page')].join(', ');
  console.log(
    `${pc.green('built')} ${made} for ${facts.origin} into ${shownPath(options.output)} (${count(facts.files, 'file')}, ${seconds(milliseconds)})`,
  );
  tellScheduled(facts.scheduled, options);
  if (facts.originFrom === 'local') {
    console.log(pc.dim('next  this is a local look; to be followed, set `origin` in content/profile.md'));
  }
}

function tellScheduled(scheduled: BuildFacts['scheduled'], options: BuildOptions): void {
  if (scheduled.length === 0) return;
  const posts = scheduled.flatMap(({ titles }) => titles).length;
  console.log(`${pc.yellow('later')} ${count(posts, 'post waits', 'posts wait')}:`);
  for (const { at, titles } of scheduled)
    for (const title of titles) console.log(`      "${title}" goes out on ${shownUtc(at)}`);
  if (!options.scheduled && !options.watch)
    console.log(
      pc.dim('      with the first build from then on: a folder of files cannot wait by itself, npm start can'),
    );
}

function tellLayer({ at }: ComingOut, index: number): void {
  console.error(pc.dim(`later ${index + 1}: the site as it is from ${shownUtc(at)}`));
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

async function watch(options: BuildOptions): Promise<void> {
  let first = true;
  await watchSite(readSettings(process.env, process.cwd()), options.output, {
    future: options.future,
    onKeys: tellKeys,
    onBuilt: (facts, milliseconds) => {
      report(facts, options, milliseconds);
      if (options.quiet && !options.json && !first) console.log(pc.dim(`built again in ${seconds(milliseconds)}`));
      first = false;
    },
    onFault: (error) => {
      printError(error);
      console.error(pc.dim('      the last good site stays until then'));
    },
  });
}

const program = command('build', 'Build the site and its ActivityPub files from content/.')
  .option('-o, --output <folder>', 'where the site goes', '_site')
  .option('-w, --watch', 'build again at every change')
  .option('--future', 'with --watch: show what is dated ahead too, for a look that is not federated')
  .option('--scheduled', 'add what is dated ahead, unreachable until then, for a Postern server that serves it')
  .option(
    '--ledger <origin>',
    "of this running server, or of the blog's own for `live`: what came back after its Delete gets a new id, and where posts moved to is written for hosts of files",
  )
  .option('--lenient', 'with --ledger: build without it while the server cannot be asked')
  .option('--refresh', 'ask other servers anew for what posts answer, name, like and quote')
  .option('-q, --quiet', 'print only warnings and errors')
  .option('--json', 'print what was built as JSON')
  .action(async (options: BuildOptions) => {
    if (options.future && !options.watch) {
      throw new PosternError('future-without-watch', '--future is for a look while you write, with --watch.', {
        hint: 'A site that is built to be served shows no post before its date.',
      });
    }
    if (options.watch) return watch(options);
    expectShortRun();
    const began = performance.now();
    const settings = readSettings(process.env, process.cwd());
    const ledger = await readKnownLedger(settings, options);
    const facts = await buildSite(settings, options.output, {
      scheduled: options.scheduled,
      known: options.ledger === undefined ? undefined : knownIdsOf(ledger),
      onLayer: options.quiet || options.json ? undefined : tellLayer,
      onKeys: tellKeys,
      refresh: options.refresh,
    });
    if (ledger) await writeRedirects(options.output, ledger);
    if (ledger?.actor.gone !== undefined) {
      leaveOutAccount(options.output);
      console.error(`${pc.yellow('note')}  The account is gone, so its own files are left out; the pages stay.`);
    }
    report(facts, options, performance.now() - began);
  });

// Nobody reads what a command's own build makes once the command is gone, however it went.
process.once('disconnect', () => process.exit());
process.channel?.unref();

await run(program);
