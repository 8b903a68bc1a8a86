import pc from 'picocolors';
import { command, printJson, run } from './command.ts';
import { AT_OPTION, withOwner } from './owner-access.ts';
import { printable } from './printable.ts';
import { sizeText } from './sizes.ts';

interface StoreOptions {
  readonly at?: string;
  readonly json?: true;
}

async function store(options: StoreOptions): Promise<void> {
  await withOwner(options.at, async ({ owner }) => {
    const sizes = await owner.sizes();
    const bytes = sizes.reduce((sum, each) => sum + each.bytes, 0);
    if (options.json) {
      printJson({ kinds: sizes, bytes });
      return;
    }
    const rows = sizes.map((each) => [printable(each.kind), each.count.toLocaleString('en'), sizeText(each.bytes)]);
    const all = [...rows, ['all', '', sizeText(bytes)]];
    const width = (column: number): number => Math.max(...all.map((row) => row[column]?.length ?? 0));
    const line = ([kind = '', n = '', size = '']: readonly string[]): string =>
      `${kind.padEnd(width(0))}  ${n.padStart(width(1))}  ${size.padStart(width(2))}`;
    for (const row of rows) console.log(line(row));
    console.log(pc.bold(line(all.at(-1) ?? [])));
    console.log(pc.dim('indexes are not counted; `keep` in content/profile.md says how long what others sent is kept'));
  });
}

const program = command('store', 'Show how much of each kind is stored.')
  .option(...AT_OPTION)
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run store
  npm run store -- --at https://blog.example

Exit codes: 0 done, 1 failed, 2 wrong usage.
`,
  )
  .action(store);

await run(program);
