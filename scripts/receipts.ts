import pc from 'picocolors';
import { MOST_ITEMS } from '../server/owner-commands.ts';
import { type PostReceipts, toldAt } from '../server/owner-sending.ts';
import { command, printJson, run } from './command.ts';
import { ambiguousPost, spellingsOf, unknownPost } from './find-post.ts';
import { AT_OPTION } from './owner-access.ts';
import { receiptLines, toldText, totalsOf, totalsOfCounts, totalsText } from './print-receipts.ts';
import { printable, quoted } from './printable.ts';
import { type SendingContext, typed, withSending } from './sending-access.ts';
import { unsentOf } from './unsent.ts';

interface ReceiptsOptions {
  readonly all?: true;
  readonly at?: string;
  readonly json?: true;
}

const LAST = 10;

async function receipts(name: string | undefined, options: ReceiptsOptions): Promise<void> {
  await withSending(options.at, async (context) => {
    if (name === undefined) await showLast(context, options);
    else await showOne(context, name, options);
  });
}

async function showOne(context: SendingContext, name: string, options: ReceiptsOptions): Promise<void> {
  const found = await readReceipts(context, name);
  const now = Date.now();
  if (found.kind === 'none') throw unknownPost(name, typed('receipts', context.at));
  if (found.kind === 'several') throw ambiguousPost(name, found.posts);
  if (found.kind === 'unsent') {
    const post = unsentOf(found.post, now, context.at);
    if (options.json) printJson({ post, deliveries: [], folded: [], totals: totalsOf({ deliveries: [], folded: [] }) });
    else {
      console.log(`${quoted(post.title)}  ${pc.dim(printable(post.source))}\n  ${pc.dim(printable(post.id))}`);
      console.log(`Not sent yet: ${post.unsent.why}`);
    }
    return;
  }
  const { post, deliveries, folded } = found;
  if (options.json) printJson({ post, deliveries, folded, totals: totalsOf(found) });
  else for (const line of receiptLines(post, found, now, options.all)) console.log(line);
}

/** All pages; a further one names the post by its id. */
async function readReceipts({ sending, settings }: SendingContext, name: string): Promise<PostReceipts> {
  const first = await sending.receipts(spellingsOf(name, settings.contentFolder), { from: 0, limit: MOST_ITEMS });
  if (first.kind !== 'told') return first;
  const deliveries = [...first.deliveries];
  for (let from = first.next; from !== undefined; ) {
    const page = await sending.receipts([first.post.id], { from, limit: MOST_ITEMS });
    if (page.kind !== 'told') break;
    deliveries.push(...page.deliveries);
    from = page.next;
  }
  return { kind: 'told', post: first.post, deliveries, folded: first.folded };
}

async function showLast({ sending, at }: SendingContext, options: ReceiptsOptions): Promise<void> {
  const { posts } = await sending.lastReceipts(LAST);
  const rows = posts.map(({ post, counts }) => ({ post, totals: totalsOfCounts(counts) }));
  if (options.json) {
    printJson({ posts: rows });
    return;
  }
  const plan = at === undefined ? 'npm run plan' : `npm run plan -- --against ${at}`;
  if (rows.length === 0) console.log(`Nothing was sent yet. ${plan} shows what the next publish would send.`);
  for (const { post, totals } of rows) {
    const deleted = post.state === 'deleted' ? ' (deleted)' : '';
    const day = printable(toldAt(post)).slice(0, 10);
    console.log(`${day}  ${toldText(post)}${deleted}  ${pc.dim(printable(post.source))}`);
    console.log(`            ${totalsText(totals)}`);
  }
  if (rows.length > 0) console.log(pc.dim(`next  ${typed('receipts -- <post>', at)} shows them server by server`));
}

const program = command('receipts', 'Show where a post was sent, and what came of it.')
  .argument(
    '[post]',
    'its file, key, slug, title, id or page address (profile.md: the blog itself); without it, the last ten',
  )
  .option('-a, --all', 'list every server, however many there are')
  .option(...AT_OPTION)
  .option('--json', 'print them as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run receipts
  npm run receipts -- posts/a-title.md
  npm run receipts -- a-title --at https://blog.example
  npm run receipts -- https://blog.example/posts/a-title/ --json

Exit codes: 0 done, 1 failed, 2 wrong usage, or no such post.
`,
  )
  .action(receipts);

await run(program);
