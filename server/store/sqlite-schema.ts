import { PosternError } from '../errors.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { foreignDatabase, newerSchema } from './sqlite-errors.ts';
import { MIGRATIONS, type Migration } from './sqlite-migrations.ts';
import { integer } from './sqlite-rows.ts';

/** "Post" in ASCII: `PRAGMA application_id` of every store, so that no other program's database is written into. */
const APPLICATION_ID = 0x506f7374;

/** From which version of the schema to which a store was brought. */
export interface Migrated {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Brings the file to the newest schema, in one transaction, whichever of several processes comes first; that one is given
 * what it did. Of a file that is new, or as new as this Postern, there is nothing to tell. Throws `store-not-a-database` for another program's file, before a byte of it is changed, and `store-newer-schema` for a
 * store that a later Postern wrote.
 */
export function migrate(database: SqliteDatabase, migrations: readonly Migration[] = MIGRATIONS): Migrated | undefined {
  assertOurs(database);
  // Readers do not wait for a writer, and a commit is one append. The setting is kept in the file.
  enterWal(database);
  database.exec('PRAGMA foreign_keys = ON');
  const to = migrations.length;
  if (versionOf(database, to) === to) return undefined;
  const from = database.write('lasting', () => {
    // Read again under the lock: another process may have been first.
    const found = versionOf(database, to);
    for (const step of migrations.slice(found)) {
      if (typeof step === 'string') database.exec(step);
      else step(database);
    }
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${to}`);
    return found;
  });
  return from > 0 && from < to ? { file: database.file, from, to } : undefined;
}

const WAL_PATIENCE_MS = 10_000;
const WAL_PAUSE_MS = 20;

/**
 * Sets write-ahead logging. A file that is new to it is switched under an exclusive lock that SQLite does not wait for:
 * of several processes that open at once some are told that the file is busy, and ask again.
 */
function enterWal(database: SqliteDatabase): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let waited = 0; ; waited += WAL_PAUSE_MS) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!(error instanceof PosternError) || error.code !== 'store-busy' || waited >= WAL_PATIENCE_MS) throw error;
      Atomics.wait(pause, 0, 0, WAL_PAUSE_MS);
    }
  }
}

function versionOf(database: SqliteDatabase, known: number): number {
  const found = pragma(database, 'user_version');
  if (found > known) throw newerSchema(database.file, found, known);
  return found;
}

/** Throws `store-not-a-database` for another program's file, and `store-newer-schema`. Changes nothing. */
export function assertReadable(database: SqliteDatabase): void {
  assertOurs(database);
  versionOf(database, MIGRATIONS.length);
}

function assertOurs(database: SqliteDatabase): void {
  database.read(() => {
    if (pragma(database, 'application_id') === APPLICATION_ID) return;
    const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get();
    if (tables !== undefined && integer(tables, 'tables') > 0) throw foreignDatabase(database.file);
  });
}

function pragma(database: SqliteDatabase, name: string): number {
  const row = database.prepare(`PRAGMA ${name}`).get();
  return row === undefined ? 0 : integer(row, name);
}
