import type { Received } from '../../federation/outcome.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { jsonObject, maybeText, type Row, text } from './sqlite-rows.ts';
import type { InboundStore } from './store.ts';

/** What others sent, in SQLite. */
export function sqliteInbound(database: SqliteDatabase): InboundStore {
  const seen = database.prepare('SELECT 1 AS yes FROM seen WHERE id = ?');
  const mark = database.prepare(
    'INSERT INTO seen (id, at) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = max(at, excluded.at)',
  );
  const forgetSeen = database.prepare('DELETE FROM seen WHERE at < ?');
  const store = database.prepare(
    'INSERT INTO received (id, type, actor, target, object, json, at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const newest = database.prepare('SELECT * FROM received ORDER BY seq DESC LIMIT ?');
  const newestOf = database.prepare('SELECT * FROM received WHERE actor = ? ORDER BY seq DESC LIMIT ?');
  const sent = database.prepare('SELECT * FROM received WHERE id = ? AND actor = ?');
  const about = database.prepare('SELECT * FROM received WHERE actor = ? AND object = ? ORDER BY seq DESC LIMIT 1');
  const forgetActor = database.prepare('DELETE FROM received WHERE actor = ?');

  return {
    seen: async (activityId) => seen.get(activityId) !== undefined,
    // Lost in a power cut, the mark costs one more handling of the same activity, whose effects can be applied twice.
    markSeen: async (activityId, now) => {
      database.write('repeatable', () => mark.run(activityId, now));
    },
    storeReceived: async ({ id, type, actor, target, object = null, json, at }) =>
      database.write('lasting', () => store.run(id, type, actor, target, object, JSON.stringify(json), at) > 0),
    received: async ({ limit, actor }) =>
      (actor === undefined ? newest.all(limit) : newestOf.all(actor, limit)).map(receivedOf),
    earlier: async (actor, id) => {
      const row = sent.get(id, actor) ?? about.get(actor, id);
      return row && receivedOf(row);
    },
    forgetActor: async (actor) => database.write('lasting', () => forgetActor.run(actor)),
    forgetSeen: async (before) => database.write('repeatable', () => forgetSeen.run(before)),
  };
}

function receivedOf(row: Row): Received {
  return {
    id: text(row, 'id'),
    type: text(row, 'type'),
    actor: text(row, 'actor'),
    target: text(row, 'target'),
    ...maybeText(row, 'object', 'object'),
    json: jsonObject(row, 'json'),
    at: text(row, 'at'),
  };
}
