import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, jsonObject, text } from './sqlite-rows.ts';
import { type ActorCache, MAX_CACHED_ACTORS } from './store.ts';

/** Remote actors and keys in SQLite. A cache: what is lost is fetched again. */
export function sqliteActors(database: SqliteDatabase): ActorCache {
  const get = database.prepare('SELECT * FROM actors WHERE url = ?');
  const remove = database.prepare('DELETE FROM actors WHERE url = ?');
  const insert = database.prepare('INSERT INTO actors (url, fetched_at, status, document) VALUES (?, ?, ?, ?)');
  const trim = database.prepare(
    'DELETE FROM actors WHERE seq IN (SELECT seq FROM actors ORDER BY fetched_at DESC, seq DESC LIMIT -1 OFFSET ?)',
  );

  return {
    get: async (url) => {
      const row = get.get(url);
      if (row === undefined) return undefined;
      return {
        url: text(row, 'url'),
        fetchedAt: integer(row, 'fetched_at'),
        ...(row.document === null ? {} : { document: jsonObject(row, 'document') }),
        status: integer(row, 'status'),
      };
    },
    put: async ({ url, fetchedAt, document, status }) => {
      database.write('repeatable', () => {
        remove.run(url);
        insert.run(url, fetchedAt, status, document === undefined ? null : JSON.stringify(document));
        trim.run(MAX_CACHED_ACTORS);
      });
    },
    remove: async (url) => {
      database.write('repeatable', () => remove.run(url));
    },
  };
}
