import { type BlockEntry, readBlockList } from '../build/block-list.ts';
import { readBlockName } from '../build/block-names.ts';
import { OWN_BLOCKS } from '../build/blocks.ts';
import { csvRow } from '../build/csv.ts';
import { PosternError } from '../server/errors.ts';
import { quoted } from './printable.ts';

/** Whom a block names, as the rules have it. */
export interface Named {
  readonly kind: 'account' | 'host';
  readonly name: string;
}

export interface NewBlock extends Named {
  readonly severity: BlockEntry['severity'];
  readonly reason?: string | undefined;
}

const HEADER = csvRow(['name', 'severity', 'reason']);

const WORDS = { block: 'block', limit: 'limit', none: 'noop' } as const;

/** Reads an account or a domain that was typed. Throws `not-a-block`. */
export function readNamed(text: string): Named {
  const named = readBlockName(text);
  if (named.kind === 'account' || named.kind === 'host') return named;
  if (named.kind === 'port') {
    throw new PosternError(
      'not-a-block',
      `${quoted(text)} names a port, and a block holds for a host with all its ports.`,
      {
        hint: `Write ${named.name}, or for one account of that port the address of its actor.`,
        facts: { value: text },
      },
    );
  }
  throw new PosternError('not-a-block', `${quoted(text)} names neither an account nor a domain.`, {
    hint: 'Write user@social.example, the address of an account, or a domain such as social.example.',
    facts: { value: text },
  });
}

/**
 * Puts a block into the text of `blocks.csv`: in place of the line that names the same, else as the last one. All other lines
 * and comments stay as they are. Throws `blocks-file-unfit` when the columns of the file cannot say it.
 */
export function withBlock(text: string | undefined, block: NewBlock): string {
  const before = text === undefined || text.trim() === '' ? HEADER : text;
  const { columns, entries } = readWhole(before);
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  const [same, ...more] = entries.filter((entry) => isSame(entry, block));
  const cells = same ? [...same.row.cells] : [];
  while (cells.length < columns.count) cells.push('');
  cells[columns.name] = block.name;
  if (columns.severity !== -1) cells[columns.severity] = WORDS[block.severity];
  if (columns.reason !== -1 && block.reason !== undefined) cells[columns.reason] = block.reason;
  const row = csvRow(cells).replace(/\n$/, lineEnd);
  // From the end, so that the places before stay where they are.
  const others = [...more].sort((a, b) => b.row.start - a.row.start).reduce(cut, before);
  const after = same
    ? others.slice(0, same.row.start) + row + others.slice(same.row.end)
    : `${others}${/[\r\n]$/.test(others) ? '' : lineEnd}${row}`;
  assertSays(after, block, entries);
  return after;
}

/**
 * Takes every line that names the same out of the text; undefined when there is none. Without a header a line less may give
 * others a meaning that they did not have, so it looks again.
 */
export function withoutBlock(text: string, named: Named): string | undefined {
  const found = readWhole(text).entries.filter((entry) => isSame(entry, named));
  if (found.length === 0) return undefined;
  const left = found.sort((a, b) => b.row.start - a.row.start).reduce(cut, text);
  return withoutBlock(left, named) ?? left;
}

/** Throws `blocks-file-unfit` for a file of which nothing can be read: an edit would be a guess. */
function readWhole(text: string): ReturnType<typeof readBlockList> {
  const list = readBlockList(text, OWN_BLOCKS);
  if (list.damage) throw unfit(`${OWN_BLOCKS}:${list.damage.line} ${list.damage.message}.`, 'Mend that line first.');
  return list;
}

function cut(text: string, { row }: BlockEntry): string {
  return text.slice(0, row.start) + text.slice(row.end);
}

function isSame(one: Named, other: Named): boolean {
  return one.kind === other.kind && one.name === other.name;
}

/** A file without a header, or with another's, may have no place for a word; and one line more may change what others mean. */
function assertSays(text: string, block: NewBlock, before: readonly BlockEntry[]): void {
  const said = ({ kind, name, severity, reason }: Omit<BlockEntry, 'row'>) =>
    JSON.stringify([kind, name, severity, reason ?? '']);
  const { entries } = readWhole(text);
  const written = entries.find((entry) => isSame(entry, block));
  const reason = block.reason?.replace(/\s+/g, ' ').trim();
  const says =
    written?.severity === block.severity && (reason === undefined || reason === '' || written.reason === reason);
  const others = (list: readonly BlockEntry[]) => list.filter((entry) => !isSame(entry, block)).map(said);
  if (says && JSON.stringify(others(entries)) === JSON.stringify(others(before))) return;
  throw unfit(
    `The columns of ${OWN_BLOCKS} have no place for what this says.`,
    'Make name,severity,reason its first line, and give each line these three cells.',
  );
}

function unfit(message: string, hint: string): PosternError {
  return new PosternError('blocks-file-unfit', message, { hint, facts: { file: OWN_BLOCKS } });
}
