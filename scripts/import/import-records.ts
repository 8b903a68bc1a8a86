import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { csvRow, parseCsv } from '../../build/csv.ts';

/** What an import wrote: of which words of the old place, and what the file was then. Digests, 16 hex digits each. */
export interface ImportRecord {
  readonly source: string;
  readonly file: string;
}

/**
 * Says whether a post changed where it came from, and whether its owner edited the file since. It is kept beside the store and
 * not in the front matter: it is of no use to a reader of the file, would be wrong with the first edit, and on a machine
 * without it nothing is overwritten, which errs on the right side.
 Keys are those of `keyOf`.
 */
export interface ImportRecords {
  get(key: string): ImportRecord | undefined;
  put(key: string, record: ImportRecord): void;
  close(): void;
}

const FILE = 'imports.csv';
const PREFIX = 'imported-';
const HEADER = ['id', 'source', 'file'];

/** Opens `<data>/imports.csv`, a line for each file at the moment it was written: the last of an id counts. */
export function openRecords(dataFolder: string, { write }: { readonly write: boolean }): ImportRecords {
  const path = join(dataFolder, FILE);
  const records = new Map<string, string>();
  const isThere = existsSync(path);
  // A line that a crash cut short has no second digest, or half of one, which no file has.
  const rows = isThere ? parseCsv(readFileSync(path, 'utf8')).slice(1) : [];
  for (const [id, source, file] of rows) {
    if (id?.startsWith(PREFIX) && source?.length === 16 && file?.length === 16)
      records.set(Buffer.from(id.slice(PREFIX.length)).toString(), Buffer.from(source + file).toString());
  }
  let opened: number | undefined;
  const append = (row: readonly string[]): void => {
    if (opened === undefined) {
      mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
      opened = openSync(path, 'a', 0o600);
      if (!isThere) writeSync(opened, csvRow(HEADER));
    }
    writeSync(opened, csvRow(row));
  };
  return {
    get(key) {
      const both = records.get(key);
      return both === undefined ? undefined : { source: both.slice(0, 16), file: both.slice(16) };
    },
    put(key, { source, file }) {
      records.set(key, Buffer.from(source + file).toString());
      if (write) append([PREFIX + key, source, file]);
    },
    close() {
      if (opened !== undefined) closeSync(opened);
      opened = undefined;
    },
  };
}

export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest().toString('hex', 0, 8);
}
