import type { Follower } from '../../federation/outcome.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, maybeText, pageOf, type Row, text } from './sqlite-rows.ts';
import type { FollowerStore } from './store.ts';
import { placeOf } from './stored-order.ts';

/** How many followers `all` holds in memory at once. Between two pages no statement is open, so writers go on. */
const PAGE = 500;

/** Followers in SQLite, ordered by the moment they were first stored. */
export function sqliteFollowers(database: SqliteDatabase): FollowerStore {
  const atInbox = database.prepare(
    `SELECT seq, actor FROM followers WHERE inbox = ?1
     UNION SELECT seq, actor FROM followers WHERE shared_inbox = ?1 ORDER BY seq`,
  );
  const count = database.prepare('SELECT count(*) AS n FROM followers');
  const newest = database.prepare('SELECT * FROM followers WHERE seq < ? ORDER BY seq DESC LIMIT ?');
  const oldest = database.prepare('SELECT * FROM followers WHERE seq > ? ORDER BY seq LIMIT ?');

  return {
    ...followersIn(database, 'followers'),
    atInbox: async (inbox) => atInbox.all(inbox).map((row) => text(row, 'actor')),
    count: async () => {
      const row = count.get();
      return row === undefined ? 0 : integer(row, 'n');
    },
    page: async ({ limit, before }) => {
      const rows = newest.all(before === undefined ? Number.MAX_SAFE_INTEGER : (placeOf(before) ?? 0), limit + 1);
      return pageOf(rows, limit, followerOf);
    },
    all: async function* () {
      for (let after = 0; ; ) {
        const rows = oldest.all(after, PAGE);
        for (const row of rows) yield followerOf(row);
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        after = integer(last, 'seq');
      }
    },
  };
}

/** What is kept of who follows, and in the same way of who asks to. */
export function followersIn(
  database: SqliteDatabase,
  table: 'followers' | 'follow_requests',
): Pick<FollowerStore, 'put' | 'remove' | 'get'> {
  const insert = database.prepare(
    `INSERT INTO ${table} (actor, inbox, shared_inbox, follow_id, handle, since) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const update = database.prepare(
    `UPDATE ${table} SET inbox = ?, shared_inbox = ?, follow_id = ?, handle = ? WHERE actor = ?`,
  );
  const remove = database.prepare(`DELETE FROM ${table} WHERE actor = ?`);
  const get = database.prepare(`SELECT * FROM ${table} WHERE actor = ?`);

  return {
    put: ({ actor, inbox, sharedInbox = null, followId, handle = null, since }) =>
      database.writeShared('lasting', () => {
        if (update.run(inbox, sharedInbox, followId, handle, actor) > 0) return 'updated';
        insert.run(actor, inbox, sharedInbox, followId, handle, since);
        return 'added';
      }),
    remove: (actor) => database.writeShared('lasting', () => remove.run(actor) > 0),
    get: async (actor) => {
      const row = get.get(actor);
      return row && followerOf(row);
    },
  };
}

/** A row of followers, or of those that ask to be. */
export function followerOf(row: Row): Follower {
  return {
    actor: text(row, 'actor'),
    inbox: text(row, 'inbox'),
    ...maybeText(row, 'shared_inbox', 'sharedInbox'),
    followId: text(row, 'follow_id'),
    ...maybeText(row, 'handle', 'handle'),
    since: text(row, 'since'),
  };
}
