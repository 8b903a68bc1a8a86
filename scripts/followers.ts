import { InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import { readSettings } from '../build/settings.ts';
import type { Follower } from '../federation/outcome.ts';
import { openStore } from './blog.ts';
import { command, count, printJson, run } from './command.ts';

function readLimit(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError('Write a whole number; 0 lists all.');
  return Number(value);
}

const program = command('followers', 'List who follows the blog, newest first.')
  .option('-n, --limit <number>', 'how many to list; 0 lists all', readLimit, 50)
  .option('--json', 'print them as JSON')
  .action(async (options: { limit: number; json?: true }) => {
    const store = openStore(readSettings(process.env, process.cwd()));
    try {
      const total = await store.followers.count();
      const wanted = options.limit || total;
      const items: Follower[] = [];
      for (let before: string | undefined; items.length < wanted; ) {
        const page = await store.followers.page({
          limit: Math.min(500, wanted - items.length),
          ...(before ? { before } : {}),
        });
        items.push(...page.items);
        if (!page.cursor) break;
        before = page.cursor;
      }
      if (options.json) {
        printJson({ total, followers: items });
        return;
      }
      const widest = Math.max(0, ...items.map(({ handle, actor }) => (handle ?? actor).length));
      for (const { handle, actor, since } of items) {
        console.log(
          `${(handle ?? actor).padEnd(widest)}  ${pc.dim(`since ${since.slice(0, 10)}  ${handle ? actor : ''}`)}`.trimEnd(),
        );
      }
      console.log(total > items.length ? `${items.length} of ${count(total, 'follower')}` : count(total, 'follower'));
    } finally {
      await store.close();
    }
  });

await run(program);
