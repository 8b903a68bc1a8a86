import { mediaDigest } from '../../federation/addresses.ts';
import { sha256Hex } from '../crypto.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { storable } from './sqlite-rows.ts';

/** Notes which pictures something names: an interaction or an author, by the number of its row. */
export function pictureNames(database: SqliteDatabase, of: 'interaction' | 'author') {
  const add = database.prepare(
    `INSERT INTO picture_names (url, digest, ${of}) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
  );
  const dropOthers = database.prepare(
    `DELETE FROM picture_names WHERE ${of} = ?1 AND url NOT IN (SELECT value FROM json_each(?2))`,
  );
  /** What is named anew is noted before the rest is dropped, so that a picture that stays named is not fetched again. */
  return (seq: number, urls: readonly string[]): void => {
    const named = urls.map(storable);
    for (const url of named) add.run(url, mediaDigest(sha256Hex, url), seq);
    dropOthers.run(seq, JSON.stringify(named));
  };
}
