import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pc from 'picocolors';
import { bundleFunctions } from './bundle-functions.ts';
import { command, count, run, shownPath } from './command.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const program = command(
  'bundle',
  'Make of functions/ what Netlify deploys: small files that are loaded as they are needed.',
)
  .option('-o, --output <folder>', 'where they go', '_functions')
  .option('-q, --quiet', 'print only warnings and errors')
  .action(async ({ output, quiet }: { output: string; quiet?: true }) => {
    const began = performance.now();
    const made = await bundleFunctions({ root: ROOT, output: join(process.cwd(), output) });
    if (quiet) return;
    const files = made.flatMap(({ name }) => readdirSync(join(output, name)).map((file) => join(output, name, file)));
    const size = files.reduce((bytes, file) => bytes + statSync(file).size, 0);
    const took = `${((performance.now() - began) / 1_000).toFixed(1)} s`;
    const functions = count(made.length, 'function');
    console.log(
      `${pc.green('bundled')} ${functions} into ${shownPath(output)} (${count(files.length, 'file')}, ${Math.round(size / 1_000)} KB, ${took})`,
    );
  });

await run(program);
