import { copyFileSync, existsSync } from 'node:fs';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { connect } from '../../server/store/sqlite-database.ts';
import { integer, text } from '../../server/store/sqlite-rows.ts';
import type { Store } from '../../server/store/store.ts';

/** What lies in a file that nobody has open. */
export interface Leftovers {
  /** As SQLite sees it: `ok` when nothing is damaged. */
  readonly integrity: string;
  /** Every delivery: to which inbox, of which activity, and how it stands. */
  readonly deliveries: readonly LeftDelivery[];
  /** Attempts that are written down, over all deliveries. */
  readonly attempts: number;
}

export interface LeftDelivery {
  readonly inbox: string;
  readonly activityId: string;
  readonly type: string;
  readonly state: string;
}

let looks = 0;

/**
 * Reads a file as a killed process left it. It is a copy that is read, log included: the next process must find the log
 * and the locks untouched. Each copy has a name of its own, because the driver keeps a file that was closed for a while.
 */
export function lookAt(file: string): Leftovers {
  looks += 1;
  const copy = `${file}.look-${looks}`;
  copyStore(file, copy);
  const database = connect(copy);
  try {
    // A process that was killed while it made the file has left none of its tables.
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name = 'deliveries'").all();
    const rows =
      tables.length === 0
        ? []
        : database
            .prepare(
              `SELECT d.inbox, a.id, a.type, d.state, d.attempts FROM deliveries d JOIN activities a ON a.seq = d.activity
         ORDER BY d.seq`,
            )
            .all();
    const [check = {}] = database.prepare('PRAGMA integrity_check').all();
    return {
      integrity: text(check, 'integrity_check'),
      attempts: rows.reduce((sum, row) => sum + integer(row, 'attempts'), 0),
      deliveries: rows.map((row) => ({
        inbox: text(row, 'inbox'),
        activityId: text(row, 'id'),
        type: text(row, 'type'),
        state: text(row, 'state'),
      })),
    };
  } finally {
    database.close();
  }
}

export function copyStore(from: string, to: string): void {
  for (const end of ['', '-wal']) if (existsSync(`${from}${end}`)) copyFileSync(`${from}${end}`, `${to}${end}`);
}

export async function inStore<T>(file: string, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openSqliteStore(file);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
