import { join } from 'node:path';
import { csvRow, parseCsv } from '../../build/csv.ts';
import { readIfPresent, replaceFile } from '../../server/private-files.ts';

/** Lines for a CSV file of the content folder, gathered until all of an import are known. */
export interface LineWriter {
  add(file: string, columns: Readonly<Record<string, string>>): void;
  /** Adds those that are not there; gives how many are new, and how many were there, by file. */
  finish(options: {
    readonly write: boolean;
  }): Promise<ReadonlyMap<string, { readonly added: number; readonly there: number }>>;
}

const HEADERS: Readonly<Record<string, readonly string[]>> = {
  'following.csv': ['Account address', 'Show boosts', 'Notify on new posts', 'Languages'],
  'blocks.csv': ['name', 'severity', 'reason'],
};

export function createLineWriter(contentFolder: string): LineWriter {
  const gathered = new Map<string, Readonly<Record<string, string>>[]>();
  return {
    add(file, columns) {
      const lines = gathered.get(file) ?? [];
      lines.push(columns);
      gathered.set(file, lines);
    },
    async finish({ write }) {
      const counts = new Map<string, { added: number; there: number }>();
      for (const [file, lines] of gathered) {
        const before = await readIfPresent(join(contentFolder, file));
        const { text, added } = withLines(before, HEADERS[file] ?? Object.keys(lines[0] ?? {}), lines);
        counts.set(file, { added, there: lines.length - added });
        if (write && added > 0) await replaceFile(join(contentFolder, file), text);
      }
      return counts;
    },
  };
}

/** What is there stays as it is, comments and all; new lines come after it, in its columns. */
function withLines(
  before: string | undefined,
  header: readonly string[],
  lines: readonly Readonly<Record<string, string>>[],
): { readonly text: string; readonly added: number } {
  const [key = ''] = header;
  const rows = parseCsv(before ?? '').filter(([first]) => !first?.startsWith('#') || fold(first) === fold(key));
  const named = rows[0]?.findIndex((cell) => fold(cell) === fold(key)) ?? -1;
  const columns = named === -1 ? (rows.length > 0 ? header.slice(0, rows[0]?.length) : header) : (rows[0] ?? header);
  const known = new Set(rows.map((row) => nameIn(row[Math.max(0, named)])));
  const isEmpty = before === undefined || before.trim() === '';
  let text = isEmpty ? csvRow(header) : `${before}${/[\r\n]$/.test(before) ? '' : '\n'}`;
  let added = 0;
  for (const line of lines) {
    const name = nameIn(line[key]);
    if (name === '' || known.has(name)) continue;
    known.add(name);
    const cells = new Map(Object.entries(line).map(([column, value]) => [fold(column), value]));
    text += csvRow(columns.map((column) => cells.get(fold(column)) ?? ''));
    added += 1;
  }
  return { text, added };
}

function fold(column: string): string {
  return column.trim().replace(/^#/, '').toLowerCase();
}

function nameIn(cell: string | undefined): string {
  return (cell ?? '').trim().replace(/^@/, '').toLowerCase();
}
