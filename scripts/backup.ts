import { resolve } from 'node:path';
import pc from 'picocolors';
import { readSettings } from '../build/settings.ts';
import { backUp } from './backup-files.ts';
import { command, printJson, run, shownPath } from './command.ts';
import { printable } from './printable.ts';
import { sizeText } from './sizes.ts';
import { assertStore } from './store-file.ts';

function backup(target: string, options: { readonly json?: true }): void {
  const { dataFolder } = readSettings(process.env, process.cwd());
  assertStore({ dataFolder });
  const folder = resolve(target);
  const files = backUp(dataFolder, folder);
  if (options.json) {
    printJson({ folder, files });
    return;
  }
  for (const { name, bytes } of files) console.log(`  ${name.padEnd(12)} ${sizeText(bytes).padStart(9)}`);
  console.log(`${pc.green('backed up')} ${printable(shownPath(folder))}`);
  console.log(
    pc.dim('It holds private keys: keep it as you would keep a password. What you wrote is in git, and not in it.'),
  );
}

const program = command('backup', 'Copy the store and the private keys into a new folder, while the server runs.')
  .argument('<folder>', 'a folder that is not there yet')
  .option('--json', 'print what was copied as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run backup -- /var/backups/postern-$(date +%F)

npm run restore brings it back. Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(backup);

await run(program);
