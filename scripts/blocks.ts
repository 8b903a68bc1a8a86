import { existsSync } from 'node:fs';
import { join } from 'node:path';
import pc from 'picocolors';
import { hostOfAccount, OWN_BLOCKS, readBlocks } from '../build/blocks.ts';
import { readSettings, type Settings } from '../build/settings.ts';
import { blockOf } from '../federation/inbox/blocks.ts';
import type { Block, Blocks } from '../federation/rules.ts';
import { PosternError } from '../server/errors.ts';
import { readIfPresent, replaceFile } from '../server/private-files.ts';
import { type Named, readNamed, withBlock, withoutBlock } from './block-file.ts';
import { type SavedList, savedLists } from './block-lists.ts';
import { importList, subscribe, update } from './block-subscriptions.ts';
import { command, count, printJson, run } from './command.ts';
import { ownOrigin } from './own-origin.ts';
import { printFaults, shownBlock, tellEffect } from './print-blocks.ts';
import { printable } from './printable.ts';

interface Content extends Pick<Settings, 'contentFolder'> {
  readonly settings: Settings;
  readonly origin: string;
}

function openContent(): Content {
  const settings = readSettings(process.env, process.cwd());
  const { contentFolder } = settings;
  if (!existsSync(join(contentFolder, 'profile.md'))) {
    throw new PosternError('no-content', `${contentFolder} has no profile.md, so it is not a content folder.`, {
      hint: 'Check POSTERN_CONTENT and the folder you are in; npm run setup writes a profile.md.',
      facts: { contentFolder },
    });
  }
  return { settings, contentFolder, origin: ownOrigin(settings) };
}

async function list({ all, json }: { all?: true; json?: true }): Promise<void> {
  const { contentFolder, origin } = openContent();
  const { blocks, ...wrong } = readBlocks(contentFolder, origin);
  const lists = await savedLists(contentFolder);
  const every = [...blocks.accounts, ...blocks.hosts];
  if (json) {
    printJson({ ...blocks, lists: lists.map(({ file, source }) => ({ file, source })), ...wrong });
    return;
  }
  for (const block of every) if (all || block.source === OWN_BLOCKS) console.log(shownBlock(block));
  for (const saved of lists) console.log(shownList(saved, every));
  console.log(
    `${count(every.length, 'block')}: ${count(blocks.accounts.length, 'account')}, ${count(blocks.hosts.length, 'domain')}`,
  );
  printFaults(contentFolder, wrong);
}

function shownList({ file, source }: SavedList, every: readonly Block[]): string {
  const own = every.filter((block) => block.source === file).length;
  const from = source === undefined ? '' : `  ${pc.dim(printable(source))}`;
  return `${pc.dim('list ')} ${file}: ${count(own, 'block')} from this list alone${from}`;
}

async function add(text: string, options: { limit?: true; reason?: string }): Promise<void> {
  const content = openContent();
  const { contentFolder, origin } = content;
  const named = readNamed(text);
  assertNotOwn(named, origin);
  const file = join(contentFolder, OWN_BLOCKS);
  const severity = options.limit ? ('limit' as const) : ('block' as const);
  await replaceFile(file, withBlock(await readIfPresent(file), { ...named, severity, reason: options.reason }));
  console.log(`${pc.green(severity === 'limit' ? 'limited' : 'blocked')} ${printable(named.name)}`);
  await tellEffect(content, [named]);
}

/** The build would refuse it, and nothing could be published until it is taken out. */
function assertNotOwn({ kind, name }: Named, origin: string): void {
  const blocks: Blocks = { accounts: [], hosts: [{ name, severity: 'block', source: OWN_BLOCKS }] };
  const own = new URL(origin).hostname;
  const isOwn = kind === 'host' ? blockOf(blocks, { actor: origin }) !== undefined : hostOfAccount(name) === own;
  if (!isOwn) return;
  throw new PosternError('own-host', `${printable(name)} is this blog itself, or above it.`, {
    hint: 'Name somebody else.',
    facts: { name, origin },
  });
}

/** What a list of others blocks is excepted in the own file, for the list would bring it back. */
async function remove(text: string): Promise<void> {
  const content = openContent();
  const { contentFolder, origin } = content;
  const named = readNamed(text);
  const file = join(contentFolder, OWN_BLOCKS);
  const before = await readIfPresent(file);
  const after = before === undefined ? undefined : withoutBlock(before, named);
  const known = blockNamed(readBlocks(contentFolder, origin).blocks, named);
  if (after === undefined && known === undefined) throw notBlocked(named, readBlocks(contentFolder, origin).blocks);
  if (after !== undefined) await replaceFile(file, after);
  const listed = blockNamed(readBlocks(contentFolder, origin).blocks, named);
  if (listed) {
    const reason = `not as ${listed.source} has it`;
    await replaceFile(file, withBlock(after ?? before, { ...named, severity: 'none', reason }));
    console.log(`${pc.green('excepted')} ${printable(named.name)}: ${listed.source} has it, ${OWN_BLOCKS} says noop`);
  } else {
    console.log(`${pc.green('removed')} ${printable(named.name)}`);
  }
  await tellEffect(content, []);
}

function blockNamed(blocks: Blocks, { kind, name }: Named): Block | undefined {
  return (kind === 'account' ? blocks.accounts : blocks.hosts).find((block) => block.name === name);
}

function notBlocked({ kind, name }: Named, blocks: Blocks): PosternError {
  const actor = `https://${kind === 'host' ? name : hostOfAccount(name)}/`;
  const above = blockOf(blocks, { actor });
  const hint = above
    ? `It is covered by ${printable(above.name)} of ${above.source}: remove that.`
    : 'npm run blocks -- list --all prints who is blocked.';
  return new PosternError('not-blocked', `${printable(name)} is in no list.`, { hint, facts: { name } });
}

const program = command('blocks', 'List whom the blog blocks or limits; block more, and take lists of others.')
  .enablePositionalOptions()
  .addHelpText(
    'after',
    `
Examples:
  npm run blocks -- add spam.example --reason "Nothing but spam"
  npm run blocks -- add @loud@social.example --limit
  npm run blocks -- import domain_blocks.csv
  npm run blocks -- subscribe https://lists.example/blocklist.csv
  npm run blocks -- update

A block takes nothing of theirs and removes what is there; a limit lets what
they say wait for you. Nobody is told. What these commands change are the files
content/blocks.csv and content/blocklists/: commit them.
`,
  );
program
  .command('list', { isDefault: true })
  .description('Print the own blocks, and how many each list of others adds.')
  .option('-a, --all', 'print those of the lists too')
  .option('--json', 'print all of them as JSON')
  .action(list);
program
  .command('add <account|domain>')
  .description('Block an account (user@host, or its address) or a domain with all below it.')
  .option('-l, --limit', 'let what they say wait for you, instead')
  .option('-r, --reason <text>', 'why, for yourself')
  .action(add);
program.command('remove <account|domain>').description('Take a block back; one of a list is excepted.').action(remove);
program
  .command('import <file>')
  .description('Copy a list that somebody exported into blocklists/.')
  .option('-n, --name <name>', 'what to call it there')
  .action(async (file: string, options: { name?: string }) => {
    const content = openContent();
    await tellEffect(content, await importList(content.settings, file, options.name));
  });
program
  .command('subscribe <url>')
  .description('Get a list that somebody publishes, to be kept up to date with: update.')
  .option('-n, --name <name>', 'what to call it in blocklists/')
  .action(async (url: string, options: { name?: string }) => {
    const content = openContent();
    await tellEffect(content, await subscribe(content.settings, content.origin, { url, name: options.name }));
  });
program
  .command('update')
  .description('Get each subscribed list anew, and print what came and went.')
  .action(async () => {
    const content = openContent();
    const came = await update(content.settings, content.origin);
    if (came) await tellEffect(content, came);
  });

await run(program);
