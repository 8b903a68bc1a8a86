import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import pc from 'picocolors';
import { readSettings, type Settings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';
import { restore } from './backup-files.ts';
import { command, printJson, run, shownPath } from './command.ts';
import { printable } from './printable.ts';
import { sizeText } from './sizes.ts';
import { lookIntoStore, storeFile } from './store-file.ts';

interface RestoreOptions {
  readonly replace?: true;
  readonly json?: true;
}

async function bringBack(source: string, options: RestoreOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  await assertReplaceable(settings, options.replace === true);
  const { dataFolder } = settings;
  const { files, former } = restore(resolve(source), dataFolder);
  if (options.json) {
    printJson({ dataFolder, files, ...(former ? { former } : {}) });
    return;
  }
  for (const { name, bytes } of files) console.log(`  ${name.padEnd(12)} ${sizeText(bytes).padStart(9)}`);
  console.log(`${pc.green('restored')} ${printable(shownPath(dataFolder))}`);
  if (former) console.log(`What was there is now ${printable(shownPath(former))}.`);
  console.log(
    `${pc.dim('next ')} npm run plan shows what the network does not know yet by this store; then npm start.`,
  );
}

/** A store that is at work, or that nobody spoke of replacing, stays. */
async function assertReplaceable(settings: Settings, replace: boolean): Promise<void> {
  const file = storeFile(settings);
  if (!existsSync(file)) return;
  const shown = shownPath(settings.dataFolder);
  if (!replace) {
    throw new PosternError('not-confirmed', `There is a blog's store in ${shown} already.`, {
      hint: 'Add --replace to put the backup in its place; what is there is kept beside it under another name.',
      facts: { file },
    });
  }
  // A store that cannot be read is what one restores for; whoever works on it shows in one that can.
  const workers = await lookIntoStore(settings, (store) => store.workers.alive(Date.now())).catch(() => []);
  if (workers === undefined || workers.length === 0) return;
  throw new PosternError('server-running', `A server is at work on the store in ${shown}.`, {
    hint: 'Stop it first; if it was killed, wait half a minute.',
    facts: { file },
  });
}

const program = command('restore', 'Bring a backup back into the data folder.')
  .argument('<folder>', 'what npm run backup wrote')
  .option('--replace', 'take the place of the store that is there; it is kept under another name')
  .option('--json', 'print what was done as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run restore -- /var/backups/postern-2026-11-23
  npm run restore -- /var/backups/postern-2026-11-23 --replace

Stop the server first. Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(bringBack);

await run(program);
