import { InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { ReadingView } from '../server/owner-access.ts';
import { MOST_ITEMS } from '../server/owner-commands.ts';
import { READING_FORMATS, readingAddress } from '../server/reading-feed.ts';
import { command, printJson, run } from './command.ts';
import { AT_OPTION, withOwner } from './owner-access.ts';
import { readingLines } from './print-reading.ts';

interface ReadingOptions {
  readonly at?: string;
  readonly list?: true;
  readonly limit: number;
  readonly json?: true;
}

const NOTHING_KEPT = [
  'Nothing is kept yet of those whom the blog follows.',
  pc.dim('next  npm run follow -- <handle>, set `reading` in content/profile.md, and publish'),
];

async function reading({ at, list, limit, json }: ReadingOptions): Promise<void> {
  await withOwner(at, async ({ owner, origin }) => {
    if (list) {
      printList(await owner.reading(limit), json);
      return;
    }
    const secret = await owner.feedSecret(false);
    const [atom, feed] = READING_FORMATS.map((format) => readingAddress(origin, secret, format));
    if (json) {
      printJson({ atom, json: feed });
      return;
    }
    console.log(`atom  ${atom}`);
    console.log(`json  ${feed}`);
    console.log(pc.dim('next  add one to your feed reader, and keep it to yourself: who has it reads along'));
    if ((await owner.reading(1)).length === 0) for (const line of NOTHING_KEPT) console.log(line);
  });
}

function readLimit(value: string): number {
  const limit = Number(value);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST_ITEMS) return limit;
  throw new InvalidArgumentError(`Write a number from 1 to ${MOST_ITEMS}.`);
}

function printList(items: readonly ReadingView[], json: true | undefined): void {
  if (json) {
    printJson(items);
    return;
  }
  if (items.length === 0) {
    for (const line of NOTHING_KEPT) console.log(line);
  }
  for (const item of items) for (const line of readingLines(item, Date.now())) console.log(line);
}

const program = command(
  'reading',
  'Print the addresses of your private feed of those whom you follow, or what is in it.',
)
  .option('-l, --list', 'print the newest posts instead of the addresses')
  .option('-n, --limit <count>', `how many to list, at most ${MOST_ITEMS}`, readLimit, 20)
  .option(...AT_OPTION)
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
A new secret address comes with that of the notifications:
  npm run notifications -- --renew

Examples:
  npm run reading
  npm run reading -- --list --at https://blog.example

Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(reading);

await run(program);
