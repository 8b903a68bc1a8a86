import { chmodSync } from 'node:fs';
import { connect, type SqliteDatabase } from './sqlite-database.ts';
import { damagedStore } from './sqlite-errors.ts';
import { assertReadable } from './sqlite-schema.ts';

/**
 * Copies the store in `file`, as of one moment, into `copy`, which must not be there yet. Others may read and write meanwhile.
 * What the copy holds is checked. Throws PosternErrors whose code begins with `store-`.
 */
export function backupSqlite(file: string, copy: string): void {
  withDatabase(file, (database) => database.prepare('VACUUM INTO ?').run(copy));
  // It says who follows whom.
  chmodSync(copy, 0o600);
  checkSqlite(copy);
}

/** Reads all of a store; throws `store-damaged` when it is not whole, and `store-not-a-database` when it is none of ours. */
export function checkSqlite(file: string): void {
  withDatabase(file, (database) => {
    assertReadable(database);
    const found = database
      .prepare('PRAGMA integrity_check')
      .all()
      .map((row) => String(row.integrity_check));
    if (found.join() !== 'ok') throw damagedStore(file, found.slice(0, 3).join('; '));
  });
}

function withDatabase(file: string, work: (database: SqliteDatabase) => unknown): void {
  const database = connect(file);
  try {
    work(database);
  } finally {
    database.close();
  }
}
