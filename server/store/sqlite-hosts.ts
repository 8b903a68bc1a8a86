import type { HostHealth } from '../../federation/breaker.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, maybeInteger, type Row, text } from './sqlite-rows.ts';
import type { HostStore } from './store.ts';

/** The hosts that fail, in SQLite. Lost in a power cut, a record is made again by the failures that follow. */
export function sqliteHosts(database: SqliteDatabase): HostStore {
  const get = database.prepare('SELECT * FROM hosts WHERE host = ?');
  const put = database.prepare(
    `INSERT OR REPLACE INTO hosts (host, failures, failing_since, failed_days, last_failure_at, open_until)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const remove = database.prepare('DELETE FROM hosts WHERE host = ?');

  return {
    get: async (host) => {
      const row = get.get(host);
      return row && healthOf(row);
    },
    // A third of all hosts may be dead, and of each one is learnt anew: those of one moment share a transaction.
    put: async ({ host, failures, failingSince, failedDays, lastFailureAt, openUntil = null }) => {
      await database.writeShared('repeatable', () =>
        put.run(host, failures, failingSince, failedDays, lastFailureAt, openUntil),
      );
    },
    // Asked for each answer of a host that had failed, by several requests at once: mostly there is nothing to write.
    remove: async (host) => get.get(host) !== undefined && database.write('repeatable', () => remove.run(host) > 0),
  };
}

/** Reads the columns of `hosts`. */
export function healthOf(row: Row): HostHealth {
  return {
    host: text(row, 'host'),
    failures: integer(row, 'failures'),
    failingSince: integer(row, 'failing_since'),
    failedDays: integer(row, 'failed_days'),
    lastFailureAt: integer(row, 'last_failure_at'),
    ...maybeInteger(row, 'open_until', 'openUntil'),
  };
}
