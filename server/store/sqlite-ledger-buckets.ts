import { isDeedId } from '../../federation/deeds.ts';
import { bucketOf, digestTold } from '../../federation/manifest-parts.ts';
import { sha256Hex } from '../crypto.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { integer, jsonObject, type Row, storable, text } from './sqlite-rows.ts';

const DEPS = { sha256: sha256Hex };

/** The bucket of an object as it is stored. */
export function storedBucket(id: string): string {
  return bucketOf(DEPS, storable(id));
}

/**
 * Keeps the digest of each bucket of the ledger. It is made anew from the objects of a bucket that was written to, in the
 * same transaction, so it cannot come to differ from them.
 */
export function ledgerBuckets(database: SqliteDatabase) {
  const live = database.prepare(`SELECT id, digest FROM ledger_objects WHERE bucket = ? AND state <> 'deleted'`);
  const write = database.prepare(
    `INSERT INTO ledger_buckets (bucket, digest, live) VALUES (?, ?, ?)
     ON CONFLICT (bucket) DO UPDATE SET digest = excluded.digest, live = excluded.live`,
  );
  const remove = database.prepare('DELETE FROM ledger_buckets WHERE bucket = ?');
  // One row: the driver takes longer for 256 of them than SQLite for all the rest.
  const all = database.prepare(
    'SELECT coalesce(sum(live), 0) AS live, json_group_object(bucket, digest) AS digests FROM ledger_buckets',
  );
  return {
    refresh: (buckets: ReadonlySet<string>): void => {
      for (const bucket of buckets) {
        const objects = live.all(bucket).map((row: Row) => ({ id: text(row, 'id'), digest: text(row, 'digest') }));
        if (objects.length === 0) remove.run(bucket);
        else write.run(bucket, digestTold(DEPS, objects), objects.filter(({ id }) => !isDeedId(id)).length);
      }
    },
    read: (): { live: number; buckets: Map<string, string> } => {
      const row = all.get() ?? {};
      const digests = Object.entries(jsonObject(row, 'digests'));
      return { live: integer(row, 'live'), buckets: new Map(digests.map(([name, digest]) => [name, String(digest)])) };
    },
  };
}

/** The schema's third step. SQL can make neither buckets nor digests: should they be made otherwise, a later step does it again. */
export function addLedgerBuckets(database: SqliteDatabase): void {
  database.exec(`
    ALTER TABLE ledger_objects ADD COLUMN bucket TEXT NOT NULL DEFAULT '';
    CREATE INDEX ledger_objects_by_bucket ON ledger_objects (bucket);
    CREATE TABLE ledger_buckets (
      bucket TEXT PRIMARY KEY,
      digest TEXT NOT NULL, -- of the objects that are not deleted
      live INTEGER NOT NULL -- how many they are
    ) STRICT, WITHOUT ROWID;
    -- A server that was started before would leave the digests as they are.
    CREATE TRIGGER ledger_objects_in_buckets BEFORE INSERT ON ledger_objects WHEN NEW.bucket = ''
      BEGIN SELECT RAISE(ABORT, 'this process is older than the store: start it anew'); END;
  `);
  const place = database.prepare('UPDATE ledger_objects SET bucket = ? WHERE id = ?');
  const buckets = new Set<string>();
  for (const row of database.prepare('SELECT id FROM ledger_objects').all()) {
    const id = text(row, 'id');
    const bucket = storedBucket(id);
    place.run(bucket, id);
    buckets.add(bucket);
  }
  ledgerBuckets(database).refresh(buckets);
}
