import pc from 'picocolors';
import { expectShortRun } from '../build/engine.ts';
import { describeFaults } from '../build/fault-report.ts';
import { readSettings } from '../build/settings.ts';
import type { BuildFacts } from '../eleventy.config.ts';
import { buildSite } from './build-site.ts';
import { command, count, printError, printJson, run, shownPath } from './command.ts';
import { watchSite } from './watch-site.ts';

interface BuildOptions {
  readonly output: string;
  readonly watch?: true;
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
  if (options.json) printJson(facts);
  if (options.json || options.quiet) return;
  const made = [count(facts.posts, 'post'), count(facts.notes, 'note'), count(facts.pages, 'page')].join(', ');
  console.log(
    `${pc.green('built')} ${made} for ${facts.origin} into ${shownPath(options.output)} (${count(facts.files, 'file')}, ${seconds(milliseconds)})`,
  );
  if (facts.originFrom === 'local') {
    console.log(pc.dim('next  this is a local look; to be followed, set `origin` in content/profile.md'));
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

async function watch(options: BuildOptions): Promise<void> {
  let first = true;
  await watchSite(readSettings(process.env, process.cwd()), options.output, {
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
  .option('-q, --quiet', 'print only warnings and errors')
  .option('--json', 'print what was built as JSON')
  .action(async (options: BuildOptions) => {
    if (options.watch) return watch(options);
    expectShortRun();
    const began = performance.now();
    const facts = await buildSite(readSettings(process.env, process.cwd()), options.output);
    report(facts, options, performance.now() - began);
  });

// Nobody reads what a command's own build makes once the command is gone, however it went.
process.once('disconnect', () => process.exit());
process.channel?.unref();

await run(program);
