import { csvRow } from '../build/csv.ts';
import {
  FOLLOWING,
  FOLLOWING_HEADER,
  type FollowingColumns,
  type FollowingEntry,
  type FollowingRules,
  parseFollowing,
} from '../build/following.ts';
import { PosternError } from '../server/errors.ts';

/** Somebody to follow; what is left out stays as the file has it, and else is as Mastodon has it. */
export interface NewFollow {
  /** `@user@host`, in lower case. */
  readonly handle: string;
  /** The same as it was typed. */
  readonly written: string;
  readonly showBoosts?: boolean | undefined;
  readonly notify?: boolean | undefined;
  readonly languages?: readonly string[] | undefined;
}

/**
 * Puts somebody into the text of `following.csv`: in place of their line, else as the last one. Everything else stays byte
 * for byte. Throws `following-unfit` when the file, or what would become of it, cannot be read.
 */
export function withFollowed(text: string | undefined, follow: NewFollow, rules: FollowingRules): string {
  const before = text === undefined || text.trim() === '' ? csvRow(FOLLOWING_HEADER) : text;
  const { entries, columns, hasHeader } = readWhole(before, rules);
  const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
  const known = entries.find(({ handle }) => handle === follow.handle);
  const cells = cellsOf(follow, known, hasHeader ? columns : { ...columns, count: 1 });
  if (known && JSON.stringify(cells) === JSON.stringify(known.row.cells)) return before;
  const row = csvRow(cells).replace(/\n$/, lineEnd);
  const after = known
    ? before.slice(0, known.row.start) + (endsLine(before, known) ? row : row.trimEnd()) + before.slice(known.row.end)
    : `${before}${/[\r\n]$/.test(before) ? '' : lineEnd}${row}`;
  const [fault] = parseFollowing(after, rules).faults;
  if (fault) throw unfit(`${fault.message}.`, 'Nothing was changed.');
  return after;
}

/** Takes the line of somebody out of the text; undefined when they have none. */
export function withoutFollowed(text: string, handle: string, rules: FollowingRules): string | undefined {
  const found = readWhole(text, rules).entries.find((entry) => entry.handle === handle);
  if (!found) return undefined;
  const left = text.slice(0, found.row.start) + text.slice(found.row.end);
  // A handle may be there twice.
  return withoutFollowed(left, handle, rules) ?? left;
}

/** Whom the text names. Throws `following-unfit` when that cannot be read, for an edit would be a guess. */
export function readWhole(text: string, rules: FollowingRules) {
  // Who is blocked meanwhile can be unfollowed all the same.
  const { entries, columns, faults } = parseFollowing(text, { ...rules, blocks: { accounts: [], hosts: [] } });
  const [fault] = faults;
  if (fault) throw unfit(`content/${FOLLOWING}:${fault.line} ${fault.message}.`, 'Mend that line first.');
  const [first = ''] = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return { entries, columns, hasHeader: !first.includes('@') };
}

function cellsOf(follow: NewFollow, known: FollowingEntry | undefined, columns: FollowingColumns): string[] {
  const cells = known ? [...known.row.cells] : [];
  const put = (column: number, value: string | undefined, otherwise: string): void => {
    if (column < 0) return;
    if (value === undefined && (known || column >= columns.count)) return;
    while (cells.length < column) cells.push('');
    cells[column] = value ?? otherwise;
  };
  if (!known) cells[columns.handle] = follow.written.replace(/^@/, '');
  put(columns.boosts, asWord(follow.showBoosts), 'true');
  put(columns.notify, asWord(follow.notify), 'false');
  put(columns.languages, follow.languages?.join(', '), '');
  return Array.from({ length: Math.max(cells.length, known ? 0 : columns.count) }, (_, index) => cells[index] ?? '');
}

function asWord(flag: boolean | undefined): string | undefined {
  return flag === undefined ? undefined : String(flag);
}

function endsLine(text: string, { row }: FollowingEntry): boolean {
  return /[\r\n]/.test(text[row.end - 1] ?? '');
}

function unfit(message: string, hint: string): PosternError {
  return new PosternError('following-unfit', message, { hint, facts: { file: FOLLOWING } });
}
