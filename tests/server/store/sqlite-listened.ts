import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { vi } from 'vitest';
import { sqliteStoreOn } from '../../../server/store/sqlite.ts';
import { connect, type SqliteDatabase } from '../../../server/store/sqlite-database.ts';
import { migrate } from '../../../server/store/sqlite-schema.ts';
import type { Store } from '../../../server/store/store.ts';

/** A store in a SQLite file, and what its connection is told to execute beside prepared statements. */
export interface Listened {
  readonly database: SqliteDatabase;
  readonly store: Store;
  /** Every text, in order; a test empties it. */
  readonly executed: string[];
  /** The ids that are marked seen, in order. */
  seen(): unknown[];
  close(): Promise<void>;
}

/** `beforeExec` may throw in place of what would be executed. */
export function openListened(beforeExec: (sql: string) => void = () => {}): Listened {
  const folder = mkdtempSync(join(tmpdir(), 'postern-listened-'));
  const database = connect(join(folder, 'postern.db'));
  migrate(database);
  const store = sqliteStoreOn(database);
  const executed: string[] = [];
  const exec = Database.prototype.exec;
  vi.spyOn(Database.prototype, 'exec').mockImplementation(function (this: Database.Database, sql: string) {
    beforeExec(sql);
    executed.push(sql);
    return exec.call(this, sql);
  });
  const ids = database.prepare('SELECT id FROM seen ORDER BY id');
  return {
    database,
    store,
    executed,
    seen: () => ids.all().map(({ id }) => id),
    async close() {
      vi.restoreAllMocks();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}
