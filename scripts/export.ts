import pc from 'picocolors';
import { readSettings } from '../build/settings.ts';
import { command, count, printJson, run, shownPath } from './command.ts';
import { type Exported, type ExportOf, exportBlog } from './export/export-blog.ts';
import { exportName } from './export/export-name.ts';
import { exportMastodon, type MastodonExported } from './export/mastodon-archive.ts';
import { openSiteStore } from './export/netlify-blobs.ts';
import { partsLine } from './export/progress.ts';
import { printable } from './printable.ts';
import { sizeText } from './sizes.ts';
import { stopSignal } from './stop-signal.ts';
import { widthOf, wrapped } from './wrap.ts';

interface ExportCommandOptions {
  readonly withoutKeys?: true;
  readonly netlify?: string;
  readonly mastodon?: true;
  readonly json?: true;
}

async function exportTo(file: string | undefined, options: ExportCommandOptions): Promise<void> {
  const settings = readSettings(process.env, process.cwd());
  const now = new Date().toISOString();
  const signal = stopSignal();
  const target = (of: ExportOf): string => file ?? exportName(of, now, options.mastodon ? 'mastodon' : '');
  const line = partsLine(process.stderr);
  const onProgress = line.show;
  const elsewhere = options.netlify === undefined ? undefined : openSiteStore(options.netlify, process.env);
  try {
    if (options.mastodon) {
      const written = await exportMastodon(settings, {
        target,
        onProgress,
        signal,
        ...(elsewhere ? { elsewhere } : {}),
      });
      line.clear();
      tellMastodon(written, options);
      return;
    }
    const withKeys = options.withoutKeys === undefined;
    const written = await exportBlog(settings, {
      ...{ target, withKeys, now, onProgress, signal },
      ...(elsewhere ? { elsewhere } : {}),
    });
    line.clear();
    tell(written, options);
  } finally {
    line.clear();
    await elsewhere?.close();
  }
}

function tell(written: Exported, options: ExportCommandOptions): void {
  if (options.json) {
    printJson(written);
    return;
  }
  const { file, bytes, files, posts, followers, replies, receipts } = written;
  console.log(`${pc.green('exported')} ${printable(shownPath(file))}, ${sizeText(bytes)}`);
  console.log(`  ${count(files, 'file')}; ${count(posts, 'post')} in the ledger, ${count(followers, 'follower')},`);
  console.log(`  ${count(replies, 'reply or reaction', 'replies and reactions')}, ${count(receipts, 'receipt')}`);
  for (const note of notesOn(written, options)) say(pc.yellow('note '), note);
  const back = `npm run restore -- ${typed(file)} brings it back on another machine; README.txt in it says what is what.`;
  say(pc.dim('next '), back);
}

/** What whoever keeps it, or moves with it, has to know. */
function notesOn(written: Exported, { withoutKeys }: ExportCommandOptions): string[] {
  const { keys, hasActor, unfinished, pending, isRunning } = written;
  const notes = [keysNote(keys.includes('keys.json'), withoutKeys === true)];
  if (!hasActor) notes.push('actor.json is not in it: no site was built here yet.');
  const half = count(unfinished, 'post is', 'posts are');
  if (unfinished > 0) notes.push(`${half} half sent: whoever restores it sends the rest.`);
  const waiting = count(pending, 'delivery waits', 'deliveries wait');
  if (pending > 0) notes.push(`${waiting} in the queue, and in it: whoever restores it sends them.`);
  if (isRunning)
    notes.push('A server is at work on the store. As a copy this is good; to move, stop the server and export then.');
  return notes;
}

function keysNote(hasKeys: boolean, isMeant: boolean): string {
  if (hasKeys)
    return 'It holds the private keys: who has it can speak for the account. Keep it as you would keep a password.';
  return isMeant
    ? 'The private keys are not in it: without keys.json the account cannot go on elsewhere.'
    : 'The private keys are not in it, for they are not on this machine: keep keys.json as it is where they are.';
}

function tellMastodon(written: MastodonExported, options: ExportCommandOptions): void {
  const { file, bytes, posts, boosts, likes, media, followers, following, blocks } = written;
  if (options.json) {
    printJson(written);
    return;
  }
  console.log(`${pc.green('exported')} ${printable(shownPath(file))}, ${sizeText(bytes)}`);
  console.log(
    `  ${count(posts, 'post')}, ${count(boosts, 'boost')}, ${count(likes, 'like')}, ${count(media, 'media file')};`,
  );
  console.log(`  ${count(following, 'account')} followed, ${count(blocks, 'block')}, ${count(followers, 'follower')}`);
  say(
    pc.dim('next '),
    "The lists are taken in by Mastodon's Preferences > Import and export. Mastodon itself takes in no posts; programs that read its archives do, and npm run import.",
  );
}

/** A path as a shell takes it. */
function typed(file: string): string {
  const shown = shownPath(file);
  return /^[\w./~+-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

function say(head: string, text: string): void {
  for (const line of wrapped(text, `${head} `, '      ', widthOf(process.stdout))) console.log(line);
}

const program = command('export', 'Put the whole blog into one archive: content, keys, followers, history, replies.')
  .argument('[file]', 'the archive, such as blog.tar.gz; named by handle and date otherwise')
  .option('--without-keys', 'leave the private keys out')
  .option('--netlify <site-id>', 'take the store of a site on Netlify (NETLIFY_AUTH_TOKEN)')
  .option('--mastodon', "in the shape of Mastodon's archive, for other programs")
  .option('--json', 'print what was written as JSON')
  .addHelpText(
    'after',
    `
It is read by npm run restore. A server may run meanwhile.

Examples:
  npm run export
  npm run export -- /var/backups/blog.tar.gz
  npm run export -- blog.tar.gz --without-keys
  npm run export -- blog.tar.gz --netlify 1b2c3d4e
  npm run export -- archive.tar.gz --mastodon

Exit codes: 0 done, 1 failed or stopped, 2 wrong usage.
`,
  )
  .action(exportTo);

await run(program);
