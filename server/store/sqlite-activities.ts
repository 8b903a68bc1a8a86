import type { OutgoingActivity } from '../../federation/outcome.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { jsonObject, parsedObject, storable, text } from './sqlite-rows.ts';
import type { ActivityStore } from './store.ts';

/** Outgoing activities in SQLite, each stored once however many inboxes it goes to. */
export function sqliteActivities(database: SqliteDatabase): ActivityStore {
  const insert = database.prepare(
    'INSERT INTO activities (id, type, object, json, created_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const select = database.prepare('SELECT id, type, object, json FROM activities WHERE id = ?');

  const stored = (id: string): OutgoingActivity | undefined => {
    const row = select.get(id);
    return (
      row && {
        id: text(row, 'id'),
        type: text(row, 'type'),
        object: text(row, 'object'),
        json: jsonObject(row, 'json'),
      }
    );
  };
  return {
    put: (activity, { now }) => {
      const { id, type, object } = activity;
      const json = JSON.stringify(activity.json);
      return database.writeShared('lasting', () => {
        const isNew = insert.run(id, type, object, json, now) > 0;
        const put = { id: storable(id), type: storable(type), object: storable(object) };
        return (isNew ? undefined : stored(id)) ?? { ...put, json: parsedObject(json, 'json') };
      });
    },
    get: async (id) => stored(id),
  };
}
