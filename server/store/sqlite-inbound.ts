import type { Received } from '../../federation/outcome.ts';
import { namesOfSeen } from './seen-names.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { jsonObject, maybeText, type Row, text } from './sqlite-rows.ts';
import type { InboundStore } from './store.ts';

/** What others sent, in SQLite. */
export function sqliteInbound(database: SqliteDatabase): InboundStore {
  const seen = database.prepare('SELECT 1 AS yes FROM seen WHERE id IN (?, ?)');
  const mark = database.prepare(
    'INSERT INTO seen (id, at) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET at = max(at, excluded.at)',
  );
  const markFirst = database.prepare('INSERT INTO seen (id, at) VALUES (?, ?) ON CONFLICT (id) DO NOTHING');
  const forgetSeen = database.prepare('DELETE FROM seen WHERE at < ?');
  const kept = database.prepare('SELECT * FROM received WHERE seq > 0 ORDER BY seq LIMIT ?');
  const dropKept = database.prepare('DELETE FROM received WHERE id = ?');

  return {
    seen: async (activityId) => seen.get(...namesOfSeen(activityId)) !== undefined,
    // Lost in a power cut, the mark costs one more handling of the same activity, whose effects can be applied twice.
    markSeen: async (activityId, now) => {
      await database.writeShared('repeatable', () => mark.run(activityId, now));
    },
    // What must not be done twice: lost in a power cut, the mark would let it.
    markFirst: (activityId, now) =>
      database.writeShared(
        'lasting',
        () => seen.get(...namesOfSeen(activityId)) === undefined && markFirst.run(activityId, now) > 0,
      ),
    kept: async (limit) => kept.all(limit).map(receivedOf),
    dropKept: async (activityId) => {
      await database.writeShared('lasting', () => dropKept.run(activityId));
    },
    forgetSeen: (before) => database.writeShared('repeatable', () => forgetSeen.run(before)),
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
