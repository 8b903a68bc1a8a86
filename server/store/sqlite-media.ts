import { MAX_MEDIA_BYTES, type MediaCache } from './interaction-store.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { blob, integer, text } from './sqlite-rows.ts';

/** Pictures in SQLite. A cache: what is lost is fetched again. */
export function sqliteMedia(database: SqliteDatabase): MediaCache {
  const urlOf = database.prepare(
    `SELECT n.url FROM picture_names n WHERE n.digest = ? AND (
       EXISTS (SELECT 1 FROM interactions i WHERE i.seq = n.interaction AND i.state = 'shown') OR
       EXISTS (SELECT 1 FROM authors a JOIN interactions i ON i.actor = a.actor WHERE a.seq = n.author AND i.state = 'shown'))
     LIMIT 1`,
  );
  const isNamed = database.prepare('SELECT 1 AS yes FROM picture_names WHERE url = ? LIMIT 1');
  const get = database.prepare('SELECT * FROM pictures WHERE url = ?');
  const remove = database.prepare('DELETE FROM pictures WHERE url = ?');
  const insert = database.prepare('INSERT INTO pictures (url, type, size, fetched_at, bytes) VALUES (?, ?, ?, ?, ?)');
  const trim = database.prepare(
    `DELETE FROM pictures WHERE seq IN (
       SELECT seq FROM (SELECT seq, sum(size) OVER (ORDER BY fetched_at DESC, seq DESC) AS total FROM pictures)
       WHERE total > ?)`,
  );

  return {
    urlOf: async (digest) => {
      const row = urlOf.get(digest);
      return row && text(row, 'url');
    },
    get: async (url) => {
      const row = get.get(url);
      return row && { url, type: text(row, 'type'), bytes: blob(row, 'bytes'), fetchedAt: integer(row, 'fetched_at') };
    },
    put: ({ url, type, bytes, fetchedAt }) =>
      database.writeShared('repeatable', () => {
        // Who named it may have gone while it was fetched.
        if (isNamed.get(url) === undefined) return;
        remove.run(url);
        if (bytes.length > MAX_MEDIA_BYTES) return;
        insert.run(url, type, bytes.length, fetchedAt, bytes);
        trim.run(MAX_MEDIA_BYTES);
      }),
  };
}
