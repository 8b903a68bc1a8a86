import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pc from 'picocolors';
import { readSettings, type Settings } from '../build/settings.ts';
import { PosternError } from '../server/errors.ts';
import { type CopiedFile, restore } from './backup-files.ts';
import { command, count, printJson, run, shownPath } from './command.ts';
import { openSiteStore } from './export/netlify-blobs.ts';
import { partsLine } from './export/progress.ts';
import { restoreToNetlify } from './export/restore-to-netlify.ts';
import { openRestorable, type Restorable } from './export/unpack.ts';
import { printable } from './printable.ts';
import { sizeText } from './sizes.ts';
import { stopSignal } from './stop-signal.ts';
import { lookIntoStore, storeFile } from './store-file.ts';
import { widthOf, wrapped } from './wrap.ts';

interface RestoreOptions {
  readonly replace?: true;
  readonly netlify?: string;
  readonly json?: true;
}

async function bringBack(source: string, options: RestoreOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  if (options.netlify !== undefined && options.replace)
    throw new PosternError('not-confirmed', 'A store on Netlify is never replaced.', {
      hint: 'Restore into a site that is new, or whose store is empty; leave --replace out.',
    });
  if (options.netlify === undefined) await assertReplaceable(settings, options.replace === true);
  const signal = stopSignal();
  const backup = await openRestorable(source, { temporaryFolder: settings.dataFolder, signal });
  try {
    if (options.netlify === undefined) await toThisMachine(settings, backup, options);
    else await toNetlify(settings, backup, { ...options, siteId: options.netlify, signal });
  } finally {
    await backup.close();
  }
}

async function toThisMachine(settings: Settings, backup: Restorable, options: RestoreOptions): Promise<void> {
  const { dataFolder, contentFolder } = settings;
  const { files, former } = restore(backup.folder, dataFolder);
  const isWritten = (await backup.content?.writeTo(contentFolder)) ?? false;
  if (options.json) {
    printJson({ dataFolder, files, ...(former ? { former } : {}), ...(isWritten ? { contentFolder } : {}) });
    return;
  }
  tellFiles(files);
  console.log(`${pc.green('restored')} ${printable(shownPath(dataFolder))}`);
  if (former) console.log(`What was there is now ${printable(shownPath(former))}.`);
  tellContent(settings, backup, isWritten);
  if (!files.some(({ name }) => name === 'keys.json')) tellMissingKeys(settings);
  say(
    pc.dim('next '),
    'npm run plan shows what the network does not know yet by this store; then npm start. The old server must not run any more.',
  );
}

interface ToNetlify extends RestoreOptions {
  readonly siteId: string;
  readonly signal: AbortSignal;
}

async function toNetlify(settings: Settings, backup: Restorable, { siteId, signal, ...options }: ToNetlify) {
  const line = partsLine(process.stderr);
  const onProgress = (what: string, done: number): void => {
    if (signal.aborted)
      throw new PosternError('stopped', `It was stopped; not all of the store is at the site ${siteId} yet.`, {
        hint: 'Run the same again before that site gets the private keys: until all of it is there it sends nothing.',
        facts: { siteId },
      });
    line.show(what, done);
  };
  assertSameKeys(settings, backup);
  const temporary = settings.dataFolder;
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const site = openSiteStore(siteId, process.env);
  const copied = await restoreToNetlify(backup.folder, temporary, site, onProgress).finally(() => {
    line.clear();
    return site.close();
  });
  const isWritten = (await backup.content?.writeTo(settings.contentFolder)) ?? false;
  const keys = await keepKeys(settings, backup);
  if (options.json) {
    printJson({ siteId, copied: Object.fromEntries(copied.counts), leftOut: copied.leftOut });
    return;
  }
  for (const [kind, n] of copied.counts)
    if (n > 0) console.log(`  ${kind.padEnd(28)} ${n.toLocaleString('en').padStart(9)}`);
  console.log(`${pc.green('restored')} the store of the site ${printable(siteId)}`);
  if (copied.leftOut > 0)
    say(
      pc.yellow('note '),
      `${count(copied.leftOut, 'reply or message', 'replies and messages')} found no room there.`,
    );
  tellContent(settings, backup, isWritten);
  if (keys === undefined) tellMissingKeys(settings);
  else {
    console.log(`${pc.dim('next ')} Give Netlify the private keys (npx netlify link comes first):`);
    console.log(`        npx netlify env:set POSTERN_PRIVATE_KEYS "$(cat ${shellName(shownPath(keys))})" \\`);
    console.log('          --context production --secret');
  }
  say('     ', 'Stop the old server, if it still runs. Then deploy: nothing is sent but what is new.');
}

/** The site is to sign with the keys of the account whose store it gets. */
function assertSameKeys({ dataFolder }: Settings, { folder }: Restorable): void {
  const [own, theirs] = [join(dataFolder, 'keys.json'), join(folder, 'keys.json')];
  if (!existsSync(own) || !existsSync(theirs) || readFileSync(own).equals(readFileSync(theirs))) return;
  throw new PosternError('other-keys', `${shownPath(own)} is not the keys.json of what is to be restored.`, {
    hint: 'Nothing was restored. Set POSTERN_DATA to an empty folder: the keys that came along are put there then.',
    facts: { own },
  });
}

/** The file to give to Netlify: what this machine has, else what came along, which is kept here. */
async function keepKeys({ dataFolder }: Settings, { folder }: Restorable): Promise<string | undefined> {
  const own = join(dataFolder, 'keys.json');
  for (const name of ['keys.json', 'owner.json']) {
    const [from, to] = [join(folder, name), join(dataFolder, name)];
    if (existsSync(from) && !existsSync(to)) await copyFile(from, to);
  }
  return existsSync(own) ? own : undefined;
}

function tellFiles(files: readonly CopiedFile[]): void {
  for (const { name, bytes } of files) console.log(`  ${name.padEnd(12)} ${sizeText(bytes).padStart(9)}`);
}

function tellContent({ contentFolder }: Settings, { content }: Restorable, isWritten: boolean): void {
  if (content === undefined) return;
  const shown = printable(shownPath(contentFolder));
  if (isWritten) console.log(`${pc.green('restored')} ${shown}: ${count(content.files, 'file')}`);
  else
    say(pc.yellow('note '), `${shown} has files already, and stays as it is: what was written is in the archive too.`);
}

function tellMissingKeys({ dataFolder }: Settings): void {
  say(
    pc.yellow('note '),
    `The private keys did not come along: put keys.json and owner.json into ${printable(shownPath(dataFolder))} first.`,
  );
}

function say(head: string, text: string): void {
  for (const line of wrapped(text, `${head} `, '      ', widthOf(process.stdout))) console.log(line);
}

/** A path as a shell takes it, also within `"$(…)"`. */
function shellName(path: string): string {
  return /^[\w./~+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
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

const program = command('restore', 'Bring a backup or an export back: to this machine, or to Netlify.')
  .argument('<source>', 'what npm run export or npm run backup wrote')
  .option('--replace', 'take the place of the store that is there; it is kept under another name')
  .option('--netlify <site-id>', 'into the store of a site on Netlify (NETLIFY_AUTH_TOKEN)')
  .option('--json', 'print what was done as JSON')
  .addHelpText(
    'after',
    `
Of an export the content comes along where there is none yet.

Examples:
  npm run restore -- mara-blog.example-2026-11-23.tar.gz
  npm run restore -- /var/backups/postern-2026-11-23 --replace
  npm run restore -- mara-blog.example-2026-11-23.tar.gz --netlify 1b2c3d4e

Stop the server first. Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(bringBack);

await run(program);
