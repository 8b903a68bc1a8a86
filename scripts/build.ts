import { relative, resolve } from 'node:path';
import pc from 'picocolors';
import { readSettings } from '../build/settings.ts';
import type { BuildFacts } from '../eleventy.config.ts';
import { buildSite, watchSite } from './build-site.ts';
import { command, count, printJson, run } from './command.ts';

interface BuildOptions {
  readonly output: string;
  readonly watch?: true;
  readonly quiet?: true;
  readonly json?: true;
}

function report(facts: BuildFacts, options: BuildOptions, milliseconds: number): void {
  process.send?.({ built: facts });
  if (options.json) {
    printJson(facts);
    return;
  }
  for (const { file, line, message } of facts.warnings)
    console.error(`${pc.yellow('warning')} ${file}:${line} ${message}`);
  if (options.quiet) return;
  const made = [count(facts.posts, 'post'), count(facts.notes, 'note'), count(facts.pages, 'page')].join(', ');
  const where = relative(process.cwd(), resolve(options.output)) || '.';
  console.log(
    `${pc.green('built')} ${made} for ${facts.origin} into ${where} (${count(facts.files, 'file')}, ${(milliseconds / 1000).toFixed(1)} s)`,
  );
  if (facts.originFrom === 'local') {
    console.log(pc.dim('next  this is a local look; to be followed, set `origin` in content/profile.md'));
  }
}

const program = command('build', 'Build the site and its ActivityPub files from content/.')
  .option('-o, --output <folder>', 'where the site goes', '_site')
  .option('-w, --watch', 'build again at every change')
  .option('-q, --quiet', 'print only warnings and errors')
  .option('--json', 'print what was built as JSON')
  .action(async (options: BuildOptions) => {
    const settings = readSettings(process.env, process.cwd());
    let began = performance.now();
    if (options.watch) {
      await watchSite(settings, options.output, (facts) => report(facts, options, performance.now() - began));
      return;
    }
    const facts = await buildSite(settings, options.output);
    report(facts, options, performance.now() - began);
    began = performance.now();
  });

await run(program);
