import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PosternError } from '../federation/errors.ts';
import type { Followed, KnownActor } from '../federation/reference.ts';
import type { Blocks } from '../federation/rules.ts';
import { type CsvRow, parseCsvRows } from './csv.ts';
import { isTypo, nearestName } from './front-matter-keys.ts';
import { readHandle } from './handles.ts';
import type { Fault } from './model.ts';
import { languageTag, readFlag } from './post-schema.ts';

/** Whom the owner follows, in the format that Mastodon exports; relative to the content folder. */
export const FOLLOWING = 'following.csv';

/** As Mastodon writes it. */
export const FOLLOWING_HEADER = ['Account address', 'Show boosts', 'Notify on new posts', 'Languages'] as const;

/** One usable line. */
export interface FollowingEntry extends Omit<Followed, 'actor'> {
  /** The handle with the name as it is written: some servers tell names apart by case. */
  readonly written: string;
  readonly row: CsvRow;
}

export interface FollowingList {
  /** In the order of the file, each handle once. */
  readonly entries: readonly FollowingEntry[];
  /** Where each column stands; -1 where there is none. */
  readonly columns: FollowingColumns;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

export interface FollowingColumns {
  readonly handle: number;
  readonly boosts: number;
  readonly notify: number;
  readonly languages: number;
  /** How many there are. */
  readonly count: number;
}

/** Whom nobody follows: the blog itself, and who is blocked. */
export interface FollowingRules {
  /** In lower case. */
  readonly ownHandles: ReadonlySet<string>;
  readonly blocks: Blocks;
}

const NO_COLUMNS: FollowingColumns = { handle: 0, boosts: 1, notify: 2, languages: 3, count: 4 };

const NAMES = ['account address', 'show boosts', 'notify on new posts', 'languages'];

/** What other programs call the first column. */
const HANDLE_NAMES = ['account address', 'account', 'address', 'handle', 'acct'];

/** Columns of other lists that Mastodon exports. */
const OTHER_LISTS: Readonly<Record<string, string>> = {
  'hide notifications': 'accounts that are muted',
  '#domain': 'domains that are blocked',
};

/** Reads the file of the content folder; nobody is followed without one. */
export function readFollowing(contentFolder: string, rules: FollowingRules): FollowingList {
  const text = readText(join(contentFolder, FOLLOWING));
  return text === undefined
    ? { entries: [], columns: NO_COLUMNS, faults: [], warnings: [] }
    : parseFollowing(text, rules);
}

/**
 * Reads the text of the file: Mastodon's header and columns in any order, or a handle a line. Lines that begin with `#` are
 * comments. Never throws: what cannot be meant is a fault with its line; a handle that is there twice counts once.
 */
export function parseFollowing(text: string, rules: FollowingRules): FollowingList {
  const fail = (line: number, message: string): FollowingList => ({
    entries: [],
    columns: NO_COLUMNS,
    faults: [{ file: FOLLOWING, line, message }],
    warnings: [],
  });
  let rows: CsvRow[];
  try {
    rows = parseCsvRows(text, (line) => line.startsWith('#') && !isOtherHeader(line));
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    return fail(Number(error.facts.line), `${error.message.replace(/^line \d+: /, '')}; mend that line`);
  }
  const [first] = rows;
  const header = first ? readHeader(first) : undefined;
  if (typeof header === 'string') return fail(first?.line ?? 1, header);
  const columns = header ?? NO_COLUMNS;
  const read = (header ? rows.slice(1) : rows).map((row) => readRow(row, columns, rules));
  const seen = new Map<string, number>();
  const warnings: Fault[] = [];
  const entries = read.flatMap((each): FollowingEntry[] => {
    if ('message' in each) return [];
    const before = seen.get(each.handle);
    if (before === undefined) seen.set(each.handle, each.line);
    else {
      const message = `${each.handle} is followed in line ${before} already, and that line counts`;
      warnings.push({ file: FOLLOWING, line: each.line, message });
    }
    return before === undefined ? [each] : [];
  });
  return { entries, columns, faults: read.filter((each) => 'message' in each), warnings };
}

/** Puts in who is known; whoever is not waits. */
export function followedBy(list: FollowingList, people: ReadonlyMap<string, KnownActor>): Followed[] {
  return list.entries.map(({ row: _row, written: _written, ...entry }) => {
    const actor = people.get(entry.handle);
    return actor ? { ...entry, actor } : entry;
  });
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function isOtherHeader(line: string): boolean {
  return OTHER_LISTS[fold(line.split(',', 1)[0])] !== undefined;
}

function fold(cell: string | undefined): string {
  return (cell ?? '').trim().toLowerCase();
}

/** The columns; undefined when there is no header; a text when there is one of which nothing can be made. */
function readHeader({ cells }: CsvRow): FollowingColumns | string | undefined {
  const folded = cells.map(fold);
  const other = folded.map((cell) => OTHER_LISTS[cell]).find((each) => each !== undefined);
  if (other !== undefined) return `this is a list of ${other}, not of those who are followed; export the follows`;
  const isHeader =
    folded.some((cell) => [...NAMES, ...HANDLE_NAMES].includes(cell)) || !(folded[0] ?? '').includes('@');
  if (!isHeader) return undefined;
  const handle = HANDLE_NAMES.map((name) => folded.indexOf(name)).find((at) => at !== -1);
  if (handle === undefined) {
    const wanted = `begin the file with ${FOLLOWING_HEADER.join(',')}, or write a handle a line, such as @ann@social.example`;
    return `"${cells[0]?.trim()}" is no handle and no column that is known; ${wanted}`;
  }
  for (const [index, cell] of folded.entries()) {
    const nearest = index === handle || NAMES.includes(cell) ? undefined : nearestName(cell, NAMES);
    if (nearest && isTypo(cell, nearest.edits))
      return `unknown column "${cells[index]?.trim()}"; did you mean "${nearest.name}"?`;
  }
  const [, boosts = -1, notify = -1, languages = -1] = NAMES.map((name) => folded.indexOf(name));
  return { handle, boosts, notify, languages, count: cells.length };
}

function readRow({ cells, line, ...place }: CsvRow, columns: FollowingColumns, rules: FollowingRules) {
  const refuse = (message: string): Fault => ({ file: FOLLOWING, line, message });
  const typed = (cells[columns.handle] ?? '').trim();
  const named = readHandle(typed);
  if (!named) return refuse(`"${typed}" is no handle; write one such as @ann@social.example`);
  const { handle } = named;
  if (rules.ownHandles.has(handle))
    return refuse(`${handle} is this blog, which cannot follow itself; take the line out`);
  const block = blockOf(handle, rules.blocks);
  if (block !== undefined)
    return refuse(`${handle} is blocked (${block}), and nobody follows whom they block; take one of the two out`);
  const flagAt = (index: number, otherwise: boolean): boolean | undefined => {
    const cell = (cells[index] ?? '').trim();
    return cell === '' ? otherwise : readFlag(cell);
  };
  const showBoosts = flagAt(columns.boosts, true);
  const notify = flagAt(columns.notify, false);
  if (showBoosts === undefined) return refuse(`Show boosts: "${cells[columns.boosts]}" is neither true nor false`);
  if (notify === undefined) return refuse(`Notify on new posts: "${cells[columns.notify]}" is neither true nor false`);
  const tags = (cells[columns.languages] ?? '').split(/[\s,;]+/).filter((tag) => tag !== '');
  const languages = tags.map(languageTag).filter((tag) => tag !== undefined);
  if (languages.length < tags.length)
    return refuse(`Languages: "${cells[columns.languages]}" is no list of language tags, such as "en, de"`);
  const written = `@${named.user}@${named.host}`;
  return { handle, written, line, showBoosts, notify, languages, row: { cells, line, ...place } };
}

/** Where the block stands that covers somebody. */
function blockOf(handle: string, { accounts, hosts }: Blocks): string | undefined {
  const [, user = '', host = ''] = handle.split('@');
  const name = host.replace(/:\d+$/, '');
  const account = accounts.find((block) => block.severity === 'block' && block.name === `${user}@${name}`);
  const domain = hosts.find(
    (block) => block.severity === 'block' && (name === block.name || name.endsWith(`.${block.name}`)),
  );
  return (account ?? domain)?.source;
}
