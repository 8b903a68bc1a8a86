import { PosternError } from '../federation/errors.ts';
import type { Block } from '../federation/rules.ts';
import { type BlockName, readBlockName } from './block-names.ts';
import { type CsvRow, parseCsvRows } from './csv.ts';
import { editDistance, isTypo, nearestName } from './front-matter-keys.ts';
import type { Fault } from './model.ts';

/** One usable line of a list. `none`: the list names it, and wants nothing done (Mastodon's `noop`). */
export interface BlockEntry {
  readonly kind: 'account' | 'host';
  readonly name: string;
  readonly severity: Block['severity'] | 'none';
  readonly reason?: string;
  readonly row: CsvRow;
}

export interface BlockList {
  readonly entries: readonly BlockEntry[];
  /** Why nothing of the file can be used. */
  readonly damage?: Fault;
  /** Lines that say what cannot be meant. */
  readonly faults: readonly Fault[];
  /** Lines that can be of no use here. */
  readonly warnings: readonly Fault[];
  /** Where each column stands. */
  readonly columns: Columns;
}

/** The columns of a file; -1 where it has none of the kind. */
export interface Columns {
  readonly name: number;
  readonly severity: number;
  readonly reason: number;
  readonly count: number;
  /** There is no header. */
  readonly guessed?: true;
}

/** What others call the columns, best first: Mastodon, Oliphant, FediBlockHole, Fediseer, Akkoma, spreadsheets. */
const NAMES = {
  name: ['name', 'domain', 'account address', 'account', 'host', 'hostname', 'instance', 'server', 'address', 'actor'],
  severity: ['severity', 'action', 'level', 'policy'],
  reason: ['reason', 'public comment', 'reasons', 'comment', 'reason(s)', 'note', 'notes', 'tags', 'private comment'],
} as const;

/** Columns of Mastodon's lists of accounts that are not blocked. */
const OTHER_LISTS: Readonly<Record<string, string>> = {
  'show boosts': 'accounts that are followed',
  'hide notifications': 'accounts that are muted',
};

const SEVERITIES: Readonly<Record<string, BlockEntry['severity']>> = {
  '': 'block',
  suspend: 'block',
  block: 'block',
  reject: 'block',
  silence: 'limit',
  limit: 'limit',
  noop: 'none',
  none: 'none',
};

/** What a slip of the pen is measured against. */
const SEVERITY_WORDS = ['suspend', 'silence', 'noop', 'block', 'limit'];

const LONGEST_REASON = 500;

/**
 * Reads a list of accounts and domains: with a header, whose columns may stand in any order and be called as other
 * programs call them, or without one, as `name`, `name,reason` or `name,severity,reason`. Lines that begin with `#` are
 * comments. `file` is for messages. Never throws: what cannot be used is told with its line.
 */
export function readBlockList(text: string, file: string): BlockList {
  const nothing = { entries: [], faults: [], warnings: [], columns: { name: 0, severity: 1, reason: 2, count: 3 } };
  let rows: CsvRow[];
  try {
    rows = parseCsvRows(text, isComment);
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    const line = Number(error.facts.line);
    const message = `${error.message.replace(/^line \d+: /, '')}; mend that line, or get the list again`;
    return { ...nothing, damage: { file, line, message } };
  }
  const header = rows[0] && readHeader(rows[0]);
  if (header && 'other' in header) {
    const message = `this is a list of ${header.other}, not of those who are blocked; export the blocked ones`;
    return { ...nothing, damage: { file, line: rows[0]?.line ?? 1, message } };
  }
  const line = rows[0]?.line ?? 1;
  if (header && 'misspelt' in header) return { ...nothing, damage: { file, line, message: header.misspelt } };
  const columns = header ?? guessColumns(rows);
  const read = (header ? rows.slice(1) : rows).map((row) => readRow(row, columns, file));
  return {
    entries: read.flatMap((each) => ('name' in each ? [each] : [])),
    faults: read.flatMap((each) => ('fault' in each ? [each.fault] : [])),
    warnings: [
      ...(header?.warning === undefined ? [] : [{ file, line, message: header.warning }]),
      ...read.flatMap((each) => ('warning' in each ? [each.warning] : [])),
    ],
    columns,
  };
}

/** A header may begin with `#` too (Mastodon's `#domain`): it names a column right after it. */
function isComment(line: string): boolean {
  return line.startsWith('#') && !isName(line.slice(1).split(',', 1)[0] ?? '', NAMES.name);
}

function isName(cell: string, names: readonly string[]): boolean {
  return names.includes(fold(cell));
}

function fold(cell: string): string {
  return cell.trim().replace(/^"|"$/g, '').replace(/^#/, '').replaceAll('_', ' ').trim().toLowerCase();
}

type Header =
  | (Columns & { readonly warning?: string })
  /** Whose list it is instead. */
  | { readonly other: string }
  /** Why the header says nothing for sure. */
  | { readonly misspelt: string };

/**
 * A misspelt column of names or severities makes the file of no use: who is to be limited would be blocked. One of reasons
 * changes nothing but what the owner reads.
 */
function readHeader({ cells }: CsvRow): Header | undefined {
  const folded = cells.map(fold);
  const find = (names: readonly string[]): number => {
    const named = names.find((name) => folded.includes(name));
    return named === undefined ? -1 : folded.indexOf(named);
  };
  const at = { name: find(NAMES.name), severity: find(NAMES.severity), reason: find(NAMES.reason) };
  const slip = (kind: keyof typeof NAMES): string | undefined =>
    at[kind] === -1 ? misspeltColumn(folded, NAMES[kind]) : undefined;
  const isHeader = at.name !== -1 || at.severity !== -1 || at.reason !== -1;
  const misspelt = isHeader ? (slip('name') ?? slip('severity')) : undefined;
  if (at.name === -1) return misspelt === undefined ? undefined : { misspelt };
  const other = folded.map((cell) => OTHER_LISTS[cell]).find((each) => each !== undefined);
  if (other !== undefined) return { other };
  if (misspelt !== undefined) return { misspelt };
  const warning = slip('reason');
  return { ...at, count: cells.length, ...(warning === undefined ? {} : { warning }) };
}

/** Says which column, known by no name at all, is near one of `names`. */
function misspeltColumn(folded: readonly string[], names: readonly string[]): string | undefined {
  const known: readonly string[] = Object.values(NAMES).flat();
  for (const cell of folded.filter((each) => !known.includes(each))) {
    const nearest = nearestName(cell, names);
    if (nearest && isTypo(cell, nearest.edits))
      return `unknown column "${shown(cell)}"; did you mean "${nearest.name}"?`;
  }
  return undefined;
}

/** Without a header the second column is the severity where it says one in any row, else the reason. */
function guessColumns(rows: readonly CsvRow[]): Columns {
  const says = rows.some(({ cells }) => cells.length > 1 && severityOf(cells[1]) !== undefined && cells[1] !== '');
  const two = rows.some(({ cells }) => cells.length === 2);
  const three = rows.some(({ cells }) => cells.length > 2);
  return says || three || !two
    ? { name: 0, severity: 1, reason: 2, count: 3, guessed: true }
    : { name: 0, severity: -1, reason: 1, count: 2, guessed: true };
}

function severityOf(cell: string | undefined): BlockEntry['severity'] | undefined {
  const word = (cell ?? '').trim().toLowerCase();
  return Object.hasOwn(SEVERITIES, word) ? SEVERITIES[word] : undefined;
}

function readRow(
  row: CsvRow,
  columns: Columns,
  file: string,
): BlockEntry | { readonly fault: Fault } | { readonly warning: Fault } {
  const cell = (column: number): string => (column === -1 ? '' : (row.cells[column] ?? '').trim());
  const written = cell(columns.name);
  const place = { file, line: row.line };
  const named: BlockName = readBlockName(written);
  if (named.kind === 'obfuscated') {
    const message = `"${shown(written)}" is obfuscated: whom it means cannot be known, so it blocks nobody`;
    return { warning: { ...place, message } };
  }
  if (named.kind === 'unreadable') {
    const message = `"${shown(written)}" names nobody; write user@social.example, the address of an account, or a domain such as social.example`;
    return { fault: { ...place, message } };
  }
  if (named.kind === 'port') {
    const message = `"${shown(written)}" names a port, and a block holds for a host with all its ports; write ${named.name}`;
    return { fault: { ...place, message } };
  }
  const said = cell(columns.severity);
  const severity = severityOf(said);
  if (severity === undefined) {
    const like = nearSeverity(said);
    const meant = like === undefined ? 'write block, limit or noop' : `did you mean ${like}?`;
    const message = `"${shown(said)}" is no severity, so ${named.name} is not blocked; ${meant}`;
    return { fault: { ...place, message } };
  }
  // Without a header and without any severity the second cell is the reason, unless it looks like a slip of the pen.
  const like = columns.guessed && columns.severity === -1 ? nearSeverity(cell(columns.reason)) : undefined;
  if (like !== undefined) {
    const message = `"${shown(cell(columns.reason))}" is no severity, so ${named.name} is not blocked; did you mean ${like}? A reason is the third cell`;
    return { fault: { ...place, message } };
  }
  const reason = cell(columns.reason).replace(/\s+/g, ' ').slice(0, LONGEST_REASON);
  return { ...named, severity, ...(reason === '' ? {} : { reason }), row };
}

/** The severity that a single word was meant to be; undefined when it is near none. */
function nearSeverity(text: string): string | undefined {
  const word = text.toLowerCase();
  if (!/^\p{L}+$/u.test(word)) return undefined;
  return SEVERITY_WORDS.find((each) => editDistance(word, each) <= 2);
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
