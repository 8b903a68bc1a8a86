import { PosternError } from '../federation/errors.ts';

/**
 * Reads CSV into rows of cells: quoted cells may hold commas, quotes (doubled) and line ends; lines end in LF, CRLF or CR;
 * a byte order mark at the start is no part of the first cell; blank lines are left out (RFC 4180). Throws
 * `PosternError('csv-damaged')` with the line of a quote that is never closed, or that is followed by more than its cell.
 */
export function parseCsv(text: string): string[][] {
  return parseCsvRows(text).map(({ cells }) => cells);
}

/** One row, where it stands: its first line and the text that it takes up, line end included. */
export interface CsvRow {
  readonly cells: string[];
  /** 1-based. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/**
 * Reads CSV as `parseCsv` does, with the place of each row in `text`. A line for which `isComment` says so is passed over as it
 * stands, quotes and all; it is asked at the beginning of rows alone.
 */
export function parseCsvRows(text: string, isComment: (line: string) => boolean = () => false): CsvRow[] {
  const rows: CsvRow[] = [];
  const mark = text.startsWith('\uFEFF') ? 1 : 0;
  const source = text.slice(mark);
  let line = 1;
  let at = 0;
  while (at < source.length) {
    const row: string[] = [];
    const begun = line;
    const start = at;
    const wholeLine = /^[^\r\n]*/.exec(source.slice(at, at + MOST_OF_A_LINE))?.[0] ?? '';
    if (isComment(wholeLine)) {
      while (at < source.length && source[at] !== '\n' && source[at] !== '\r') at += 1;
      if (source[at] === '\r' && source[at + 1] === '\n') at += 1;
      at += 1;
      line += 1;
      continue;
    }
    for (;;) {
      const cell = source[at] === '"' ? readQuoted(source, at, begun) : readBare(source, at);
      row.push(cell.text);
      line += cell.lines;
      at = cell.end;
      if (source[at] !== ',') break;
      at += 1;
    }
    if (source[at] === '\r' && source[at + 1] === '\n') at += 1;
    at += 1;
    line += 1;
    const end = Math.min(at, source.length);
    if (row.length > 1 || row[0]?.trim() !== '')
      rows.push({ cells: row, line: begun, start: start + mark, end: end + mark });
  }
  return rows;
}

/** As much of a line as tells a comment from a row. */
const MOST_OF_A_LINE = 1_000;

interface Cell {
  readonly text: string;
  /** Where the cell ends: at a comma, at a line end, or at the end of the text. */
  readonly end: number;
  /** Line ends within it. */
  readonly lines: number;
}

function readBare(source: string, start: number): Cell {
  let end = start;
  while (end < source.length && !isEnd(source[end])) end += 1;
  return { text: source.slice(start, end), end, lines: 0 };
}

function readQuoted(source: string, start: number, line: number): Cell {
  let text = '';
  for (let from = start + 1; ; ) {
    const quote = source.indexOf('"', from);
    if (quote === -1) throw damaged(line, 'a quote is opened and never closed');
    text += source.slice(from, quote);
    if (source[quote + 1] !== '"') {
      const end = quote + 1;
      if (end < source.length && !isEnd(source[end])) throw damaged(line, 'there is text after a closing quote');
      return { text, end, lines: (text.match(/\r\n|\r|\n/g) ?? []).length };
    }
    text += '"';
    from = quote + 2;
  }
}

function isEnd(character: string | undefined): boolean {
  return character === ',' || character === '\n' || character === '\r';
}

function damaged(line: number, what: string): PosternError {
  return new PosternError('csv-damaged', `line ${line}: ${what}`, {
    hint: 'Mend that line, or export the list again.',
    facts: { line },
  });
}

/** Writes one row, with LF at its end as Mastodon writes it; what needs quotes gets them. */
export function csvRow(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}
