import type { FollowingRecord, FollowingStore } from './account-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, oneOf, type Row, text } from './sqlite-rows.ts';
import { timeOf } from './stored-order.ts';

/** How many records `all` holds in memory at once. */
const PAGE = 500;

/** The answers to our Follows in SQLite. */
export function sqliteFollowing(database: SqliteDatabase): FollowingStore {
  const put = database.prepare(
    `INSERT INTO following (actor, state, activity, at, at_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (actor) DO UPDATE
       SET state = excluded.state, activity = excluded.activity, at = excluded.at, at_ms = excluded.at_ms
       WHERE at_ms <= excluded.at_ms`,
  );
  const get = database.prepare('SELECT * FROM following WHERE actor = ?');
  const remove = database.prepare('DELETE FROM following WHERE actor = ?');
  const oldest = database.prepare('SELECT * FROM following WHERE seq > ? ORDER BY seq LIMIT ?');

  return {
    put: ({ actor, state, activity, at }) =>
      database.writeShared('lasting', () => void put.run(actor, state, activity, at, timeOf(at))),
    get: async (actor) => {
      const row = get.get(actor);
      return row && recordOf(row);
    },
    remove: (actor) => database.writeShared('lasting', () => remove.run(actor) > 0),
    all: async function* () {
      for (let after = 0; ; ) {
        const rows = oldest.all(after, PAGE);
        for (const row of rows) yield recordOf(row);
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        after = integer(last, 'seq');
      }
    },
  };
}

function recordOf(row: Row): FollowingRecord {
  return {
    actor: text(row, 'actor'),
    state: oneOf(row, 'state', ['accepted', 'rejected']),
    activity: text(row, 'activity'),
    at: text(row, 'at'),
  };
}
