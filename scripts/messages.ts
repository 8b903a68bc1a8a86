import type { Command } from 'commander';
import pc from 'picocolors';
import type { Message } from '../federation/interaction.ts';
import { plainRichText } from '../federation/rich-text.ts';
import { PosternError } from '../server/errors.ts';
import { openMessage } from '../server/messages.ts';
import type { OwnerAccess } from '../server/owner-access.ts';
import { loadOwnerKeys } from '../server/owner-keys.ts';
import type { SealedMessage } from '../server/store/interaction-store.ts';
import { command, count, EXIT, printJson, run } from './command.ts';
import { findNamed, shortName } from './find-reply.ts';
import { AT_OPTION, withOwner } from './owner-access.ts';
import { oneLine, printable } from './printable.ts';
import { shownTime } from './times.ts';

interface MessagesOptions {
  readonly at?: string;
  readonly remove?: string[];
  readonly json?: true;
}

/** One of the store, opened; without `message` when this key does not fit it. */
interface Opened {
  /** Its digest in the store, which its short name is made of. */
  readonly id: string;
  readonly at: string;
  readonly message?: Message;
}

const PAGE = 100;

async function messages(options: MessagesOptions): Promise<void> {
  if (options.remove !== undefined) return remove(options.remove, options);
  await withOwner(options.at, async ({ owner, settings }) => {
    // Said before the list is read: without the key there is nothing to list.
    const { messageKey } = await loadOwnerKeys(settings);
    const opened = await openAll(messageKey, await listAll(owner));
    const unread = opened.filter(({ message }) => message === undefined).length;
    if (unread > 0) process.exitCode = EXIT.failed;
    if (options.json) {
      printJson({ messages: opened.map(({ id, at, message }) => ({ short: shortName(id), at, ...message })) });
      return;
    }
    for (const each of opened) for (const line of linesOf(each, Date.now())) console.log(line);
    const reports = opened.filter(({ message }) => message?.kind === 'report').length;
    const parts = [count(opened.length - reports, 'message'), ...(reports > 0 ? [count(reports, 'report')] : [])];
    console.log(parts.join(', '));
    if (unread > 0)
      console.log(
        pc.dim(`next  ${unread} were sealed for another key: put its owner.json into the data folder, or remove them`),
      );
  });
}

async function listAll(owner: OwnerAccess): Promise<SealedMessage[]> {
  const all: SealedMessage[] = [];
  for (let before: string | undefined; ; ) {
    const page = await owner.messages({ limit: PAGE, ...(before ? { before } : {}) });
    all.push(...page.items);
    if (page.cursor === undefined) return all;
    before = page.cursor;
  }
}

async function openAll(key: Readonly<Record<string, string>>, sealed: readonly SealedMessage[]): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (const { object, at, jwe } of sealed) {
    const message = await openMessage(key, jwe).catch((error: unknown) => {
      if (error instanceof PosternError && error.code === 'message-not-opened') return undefined;
      throw error;
    });
    opened.push({ id: object, at, ...(message ? { message } : {}) });
  }
  return opened;
}

function linesOf({ id, at, message }: Opened, now: number): string[] {
  const name = pc.bold(shortName(id));
  const when = pc.dim(shownTime(Date.parse(at), now));
  if (message === undefined) return [`${name}  ${pc.red('sealed for another key')}  ${when}`, ''];
  const { kind, handle, actor, about, contentWarning, text, url, attachments } = message;
  const label = kind === 'report' ? pc.yellow('report') : 'message';
  const said = plainRichText(text).split('\n').filter(Boolean);
  const facts = [
    ...about.map((each) => ['about', each] as const),
    ...attachments.map((each) => ['attached', each.url] as const),
    ...(url === undefined ? [] : [['page', url] as const]),
  ];
  return [
    `${name}  ${label} from ${pc.bold(printable(handle || actor))}  ${when}`,
    ...(contentWarning === undefined ? [] : [`  ${pc.dim(`[${oneLine(contentWarning)}]`)}`]),
    ...said.map((line) => `  ${printable(line)}`),
    ...facts.map(([what, value]) => `  ${pc.dim(what.padEnd(8))} ${printable(value)}`),
    '',
  ];
}

/** Needs no key: what cannot be read can still be dropped. */
async function remove(names: readonly string[], options: MessagesOptions): Promise<void> {
  await withOwner(options.at, async ({ owner }) => {
    const all = (await listAll(owner)).map(({ object }) => ({ id: object }));
    const objects = names.map((name) => findNamed(all, name, 'message').id);
    const removed = await owner.removeMessages(objects);
    if (options.json) printJson({ removed });
    else console.log(`${pc.green('removed')} ${count(removed, 'message')}`);
  });
}

const program = command('messages', 'Read what was sent to the blog in private, and reports about it.')
  .option('-r, --remove <names...>', 'drop those that are called so, instead of reading')
  .option(...AT_OPTION)
  .option('--json', 'print them as JSON')
  .addHelpText(
    'after',
    `
What is not public is sealed as it arrives and never shown on the blog. Only the
private half of the owner's message key opens it: owner.json in the data folder
of the machine where the keys were made. Nothing of it is needed on a server;
with --at the messages are fetched and opened here. The newest come first.

Examples:
  npm run messages
  npm run messages -- --at https://blog.example
  npm run messages -- --remove 3fa1c2

Exit codes: 0 done, 1 failed, or some were sealed for another key, 2 wrong usage
or an unknown name.
`,
  )
  .action((_: unknown, own: Command) => messages(own.opts()));

await run(program);
