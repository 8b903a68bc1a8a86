import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, jsonObject, type Row, text } from './sqlite-rows.ts';
import { type ActorCache, type CachedDocument, MAX_CACHED_ACTORS } from './store.ts';

/** How many documents `all` holds in memory at once. Between two pages no statement is open, so writers go on. */
const PAGE = 100;

/** Remote actors and keys in SQLite. A cache: what is lost is fetched again. */
export function sqliteActors(database: SqliteDatabase): ActorCache {
  const get = database.prepare('SELECT * FROM actors WHERE url = ?');
  const remove = database.prepare('DELETE FROM actors WHERE url = ?');
  const insert = database.prepare('INSERT INTO actors (url, fetched_at, status, document) VALUES (?, ?, ?, ?)');
  const trim = database.prepare(
    'DELETE FROM actors WHERE seq IN (SELECT seq FROM actors ORDER BY fetched_at DESC, seq DESC LIMIT -1 OFFSET ?)',
  );
  const prune = database.prepare(
    'DELETE FROM actors WHERE fetched_at < ? AND NOT EXISTS (SELECT 1 FROM authors WHERE authors.actor = actors.url)',
  );
  const page = database.prepare('SELECT * FROM actors WHERE seq > ? ORDER BY seq LIMIT ?');

  return {
    get: async (url) => {
      const row = get.get(url);
      return row && documentOf(row);
    },
    put: ({ url, fetchedAt, document, status }) => {
      const json = document === undefined ? null : JSON.stringify(document);
      return database.writeShared('repeatable', () => {
        remove.run(url);
        insert.run(url, fetchedAt, status, json);
        trim.run(MAX_CACHED_ACTORS);
      });
    },
    remove: async (url) => {
      await database.writeShared('repeatable', () => remove.run(url));
    },
    prune: (before) => database.writeShared('repeatable', () => prune.run(before)),
    all: async function* () {
      for (let after = 0; ; ) {
        const rows = page.all(after, PAGE);
        for (const row of rows) yield documentOf(row);
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) return;
        after = integer(last, 'seq');
      }
    },
  };
}

function documentOf(row: Row): CachedDocument {
  return {
    url: text(row, 'url'),
    fetchedAt: integer(row, 'fetched_at'),
    ...(row.document === null ? {} : { document: jsonObject(row, 'document') }),
    status: integer(row, 'status'),
  };
}
