import type { SqliteDatabase } from './sqlite-database.ts';
import { text } from './sqlite-rows.ts';
import type { WorkerStore } from './store.ts';

/** A worker that has been silent this long will not come back under the same name. */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60 * 1000;

/** The processes that deliver, in SQLite. */
export function sqliteWorkers(database: SqliteDatabase): WorkerStore {
  const beat = database.prepare(
    'INSERT INTO workers (owner, until) VALUES (?, ?) ON CONFLICT (owner) DO UPDATE SET until = excluded.until',
  );
  const forget = database.prepare('DELETE FROM workers WHERE until < ?');
  const leave = database.prepare('DELETE FROM workers WHERE owner = ?');
  const alive = database.prepare('SELECT owner FROM workers WHERE until > ? ORDER BY owner');

  return {
    beat: async (owner, until) => {
      database.write('repeatable', () => {
        beat.run(owner, until);
        forget.run(until - FORGOTTEN_AFTER_MS);
      });
    },
    leave: async (owner) => {
      database.write('repeatable', () => leave.run(owner));
    },
    alive: async (now) => alive.all(now).map((row) => text(row, 'owner')),
  };
}
