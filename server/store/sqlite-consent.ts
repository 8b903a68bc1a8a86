import type { Stamp } from '../../federation/interaction.ts';
import type { FollowRequestStore, StampStore } from './interaction-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { followerOf, followersIn } from './sqlite-followers.ts';
import { maybeText, type Row, text } from './sqlite-rows.ts';

/** Consents to quotes in SQLite. */
export function sqliteStamps(database: SqliteDatabase): StampStore {
  const insert = database.prepare(
    `INSERT INTO stamps (id, quote, target, actor, at, revoked) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const get = database.prepare('SELECT * FROM stamps WHERE id = ?');
  const ofQuote = database.prepare('SELECT * FROM stamps WHERE quote = ? ORDER BY seq');
  const revoke = database.prepare('UPDATE stamps SET revoked = ? WHERE id = ? AND revoked IS NULL');

  return {
    put: (stamp) =>
      database.writeShared('lasting', () => {
        const { id, quote, target, actor, at, revoked = null } = stamp;
        insert.run(id, quote, target, actor, at, revoked);
        const row = get.get(id);
        return row ? stampOf(row) : stamp;
      }),
    get: async (id) => {
      const row = get.get(id);
      return row && stampOf(row);
    },
    ofQuote: async (quote) => ofQuote.all(quote).map(stampOf),
    revoke: (id, at) => database.writeShared('lasting', () => revoke.run(at, id) > 0),
  };
}

/** Follows that wait, in SQLite. */
export function sqliteFollowRequests(database: SqliteDatabase): FollowRequestStore {
  const oldest = database.prepare('SELECT * FROM follow_requests WHERE seq > 0 ORDER BY seq LIMIT ?');
  return {
    ...followersIn(database, 'follow_requests'),
    list: async (limit) => oldest.all(limit).map(followerOf),
  };
}

export function stampOf(row: Row): Stamp {
  return {
    id: text(row, 'id'),
    quote: text(row, 'quote'),
    target: text(row, 'target'),
    actor: text(row, 'actor'),
    at: text(row, 'at'),
    ...maybeText(row, 'revoked', 'revoked'),
  };
}
