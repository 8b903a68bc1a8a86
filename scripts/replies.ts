import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { InteractionState } from '../federation/interaction.ts';
import type { Decided, Decision } from '../server/moderate.ts';
import type { ReplyView } from '../server/owner-access.ts';
import { blockAuthor } from './block-author.ts';
import { command, count, EXIT, printJson, run } from './command.ts';
import { findReplies, listReplies, shortName } from './find-reply.ts';
import { AT_OPTION, tellSender, withOwner } from './owner-access.ts';
import { decidedText, replyLines, wholeReplyLines } from './print-replies.ts';
import { openKeys, reviewReplies } from './review-replies.ts';

interface CommonOptions {
  readonly at?: string;
  readonly json?: true;
}

interface ListOptions extends CommonOptions {
  readonly held?: true;
  readonly hidden?: true;
  readonly all?: true;
  readonly limit: number;
}

/** As many as one sitting shows. */
const MOST_REVIEWED = 200;

function readLimit(value: string): number {
  if (!/^[1-9]\d{0,4}$/.test(value)) throw new InvalidArgumentError('Write a whole number from 1 to 99999.');
  return Number(value);
}

/** Without a subcommand: one after the other on a terminal, the list where nobody can press a key. */
async function review(options: CommonOptions): Promise<void> {
  if (options.json || !process.stdin.isTTY || !process.stdout.isTTY) return list({ ...options, limit: 50 });
  await withOwner(options.at, async (context) => {
    const { owner, origin, settings } = context;
    const held = await listReplies(owner, { limit: MOST_REVIEWED, states: ['held'] });
    const shown = await listReplies(owner, { limit: 50, states: ['shown'] });
    const replies = [...held.items, ...shown.items];
    if (replies.length === 0) return console.log('No replies yet.');
    console.log(
      `${count(held.items.length, 'reply waits', 'replies wait')} for you; the latest that are shown follow.`,
    );
    const keys = openKeys(process.stdin);
    try {
      const print = (line: string): void => console.log(line);
      const block = (reply: ReplyView): Promise<string> => blockAuthor(settings, reply);
      await reviewReplies({ owner, replies, origin, clock: Date.now, nextKey: keys.next, print, block });
    } finally {
      keys.close();
    }
    await tellSender(context);
  });
}

async function list(options: ListOptions): Promise<void> {
  await withOwner(options.at, async ({ owner, origin }) => {
    const states = statesOf(options);
    const { items, more } = await listReplies(owner, { limit: options.limit, ...(states ? { states } : {}) });
    if (options.json) {
      printJson({ replies: items.map((reply) => ({ short: shortName(reply.id), ...reply })), more });
      return;
    }
    const now = Date.now();
    for (const reply of items) console.log(`${replyLines(reply, now, origin).join('\n')}\n`);
    const held = items.filter(({ state }) => state === 'held').length;
    console.log(`${count(items.length, 'reply', 'replies')}${more ? ', and more (--limit lists them)' : ''}`);
    if (held > 0) console.log(pc.dim(`next  ${held} held: npm run replies -- approve <name>, or hide, or remove`));
  });
}

function statesOf({ held, hidden, all }: ListOptions): readonly InteractionState[] | undefined {
  if (all) return undefined;
  const chosen: InteractionState[] = [...(held ? ['held' as const] : []), ...(hidden ? ['hidden' as const] : [])];
  return chosen.length > 0 ? chosen : ['held', 'shown'];
}

async function show(name: string, options: CommonOptions): Promise<void> {
  await withOwner(options.at, async ({ owner, origin }) => {
    const [reply] = await findReplies(owner, [name]);
    if (reply === undefined) return;
    if (options.json) printJson({ short: shortName(reply.id), ...reply });
    else for (const line of wholeReplyLines(reply, Date.now(), origin)) console.log(line);
  });
}

/** Nothing is done unless every name is that of something: a list with a slip of the pen is written again. */
async function decide(decision: Decision, names: readonly string[], options: CommonOptions): Promise<void> {
  await withOwner(options.at, async (context) => {
    const replies = await findReplies(context.owner, names);
    const done = await context.owner.moderate(
      decision,
      replies.map(({ id }) => id),
    );
    if (done.some(isFailed)) process.exitCode = EXIT.failed;
    if (options.json) {
      printJson({ decided: done.map((each) => ({ short: shortName(each.id), ...each })) });
      return;
    }
    for (const each of done) console.log(decidedText(decision, each));
    if (done.some(({ sent }) => sent > 0)) await tellSender(context);
  });
}

function isFailed({ result }: Decided): boolean {
  return result === 'unknown' || result === 'removed' || result === 'unreachable';
}

const program = command('replies', 'Look through what others said about the blog: show it, hide it, remove it.')
  .enablePositionalOptions()
  .option(...AT_OPTION)
  .option('--json', 'print the list as JSON')
  .addHelpText(
    'after',
    `
Without a subcommand it shows one reply after the other and waits for a key;
where there is no terminal, it prints the list.

A reply is called by the name in front of it, by its id or by its page. Hidden
and removed are gone from pages and collections at once, with all that answers
them. Hidden can be approved again, and what was hidden with it is shown with
it; of what is removed nothing is left but its id, so that it does not come
back. Nobody is told, except about quotes: who asked to quote gets the answer,
yes when the quote is approved, no when it is hidden or removed. A consent that
was given is taken back when the quote is removed; hidden, it keeps it, and
nobody is told.

Examples:
  npm run replies
  npm run replies -- list --held
  npm run replies -- approve 3fa1c2 09be77
  npm run replies -- hide 3fa1c2 --at https://blog.example

Exit codes: 0 done, 1 failed, or something could not be decided, 2 wrong usage
or an unknown name.
`,
  )
  .action(review);
program
  .command('list')
  .description('List what is held and shown, newest first.')
  .option('--held', 'what waits for you alone')
  .option('--hidden', 'what is hidden')
  .option('--all', 'everything, what was removed too')
  .option('-n, --limit <number>', 'how many at most', readLimit, 50)
  .option(...AT_OPTION)
  .option('--json', 'print them as JSON')
  .action((_: unknown, own: Command) => list(own.optsWithGlobals()));
program
  .command('show <name>')
  .description('Show all of one.')
  .option(...AT_OPTION)
  .option('--json', 'print it as JSON')
  .action((name: string, _: unknown, own: Command) => show(name, own.optsWithGlobals()));
for (const [decision, description] of [
  ['approve', 'Show what is held or hidden, with what was hidden with it; consent to a quote that was asked for.'],
  ['hide', 'Take it off the page; its text is kept. Refuse a quote that was asked for.'],
  ['remove', 'Drop its text for good, and never take it again.'],
] as const) {
  program
    .command(`${decision} <names...>`)
    .description(description)
    .option(...AT_OPTION)
    .option('--json', 'print what came of it as JSON')
    .action((names: string[], _: unknown, own: Command) => decide(decision, names, own.optsWithGlobals()));
}

await run(program);
