import pc from 'picocolors';
import type { LedgerObject } from '../federation/ledger.ts';
import type { Store } from '../server/store/store.ts';
import { siteFolder, withStore } from './blog.ts';
import { command, printJson, run } from './command.ts';
import { blogItself, findPost } from './find-post.ts';
import { receiptLines, type Told, totalsOf, totalsText } from './print-receipts.ts';
import { printable, quoted } from './printable.ts';
import { readUnsent, type Unsent } from './unsent.ts';

interface ReceiptsOptions {
  readonly all?: true;
  readonly json?: true;
}

const LAST = 10;

async function receipts(name: string | undefined, options: ReceiptsOptions): Promise<void> {
  await withStore(async (store, settings) => {
    const known = await store.ledger.read();
    const posts = [...(known?.ledger.objects.values() ?? [])];
    if (name !== undefined) {
      const all = known
        ? [...posts, blogItself(known.ledger), ...(await readUnsent(store, siteFolder(settings)))]
        : posts;
      return await showOne(store, findPost<Told | Unsent>(all, name, settings.contentFolder), options);
    }
    await showLast(store, posts, options);
  });
}

async function showOne(store: Store, post: Told | Unsent, options: ReceiptsOptions): Promise<void> {
  if ('unsent' in post && !options.json) {
    console.log(`${quoted(post.title)}  ${pc.dim(printable(post.source))}\n  ${pc.dim(printable(post.id))}`);
    console.log(`Not sent yet: ${post.unsent.why}`);
    return;
  }
  const found = await store.deliveries.receipts(post.id);
  if (options.json) printJson({ post, ...found, totals: totalsOf(found) });
  else for (const line of receiptLines(post, found, Date.now(), options.all)) console.log(line);
}

async function showLast(store: Store, posts: readonly LedgerObject[], options: ReceiptsOptions): Promise<void> {
  const told = posts.filter(({ state }) => state !== 'baseline');
  const last = told.toSorted((a, b) => Date.parse(toldAt(b)) - Date.parse(toldAt(a))).slice(0, LAST);
  const rows = [];
  for (const post of last) rows.push({ post, totals: totalsOf(await store.deliveries.receipts(post.id)) });
  if (options.json) {
    printJson({ posts: rows });
    return;
  }
  if (rows.length === 0) console.log('Nothing was sent yet. npm run plan shows what the next publish would send.');
  for (const { post, totals } of rows) {
    const deleted = post.state === 'deleted' ? ' (deleted)' : '';
    console.log(`${toldAt(post).slice(0, 10)}  ${quoted(post.title)}${deleted}  ${pc.dim(printable(post.source))}`);
    console.log(`            ${totalsText(totals)}`);
  }
  if (rows.length > 0) console.log(pc.dim('next  npm run receipts -- <post> shows them server by server'));
}

/** When the network last heard of it. */
function toldAt({ published, updated, deleted }: LedgerObject): string {
  return deleted ?? updated ?? published;
}

const program = command('receipts', 'Show where a post was sent, and what came of it.')
  .argument(
    '[post]',
    'its file, key, slug, title, id or page address (profile.md: the blog itself); without it, the last ten',
  )
  .option('-a, --all', 'list every server, however many there are')
  .option('--json', 'print them as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run receipts
  npm run receipts -- posts/a-title.md
  npm run receipts -- https://blog.example/posts/a-title/ --json

Exit codes: 0 done, 1 failed, 2 wrong usage, or no such post.
`,
  )
  .action(receipts);

await run(program);
