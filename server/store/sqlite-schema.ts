import { PosternError } from '../errors.ts';
import type { SqliteDatabase } from './sqlite-database.ts';
import { foreignDatabase, newerSchema } from './sqlite-errors.ts';
import { integer } from './sqlite-rows.ts';

/** "Post" in ASCII: `PRAGMA application_id` of every store, so that no other program's database is written into. */
const APPLICATION_ID = 0x506f7374;

/**
 * One step for each schema version, oldest first. A step that has been released is never edited: a later one is added.
 * Times are milliseconds since the epoch unless the column holds text, which is RFC 3339 as it was given.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE followers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again, so that a page's cursor stays true
    actor TEXT NOT NULL UNIQUE,
    inbox TEXT NOT NULL,
    shared_inbox TEXT,
    follow_id TEXT NOT NULL,
    handle TEXT,
    since TEXT NOT NULL
  ) STRICT;

  CREATE TABLE ledger (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    origin TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_digest TEXT NOT NULL,
    actor_revision INTEGER NOT NULL,
    actor_sending TEXT,
    source_commit TEXT,
    source_committed_at TEXT
  ) STRICT;

  CREATE TABLE ledger_objects (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    type TEXT NOT NULL,
    digest TEXT NOT NULL,
    body_digest TEXT,
    revision INTEGER NOT NULL,
    published TEXT NOT NULL,
    updated TEXT,
    deleted TEXT,
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    sending TEXT
  ) STRICT;

  CREATE TABLE activities (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    object TEXT NOT NULL,
    json TEXT NOT NULL
  ) STRICT;

  CREATE TABLE deliveries (
    seq INTEGER PRIMARY KEY, -- the order in which deliveries were asked for
    activity INTEGER NOT NULL REFERENCES activities (seq),
    object TEXT NOT NULL, -- as in activities; here so that one index keeps the order
    inbox TEXT NOT NULL,
    host TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed', 'gone')),
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    free_at INTEGER NOT NULL, -- when it may be leased: due_at, or the end of the lease while owner holds one
    owner TEXT,
    last_status INTEGER,
    last_error TEXT,
    finished_at INTEGER,
    UNIQUE (activity, inbox)
  ) STRICT;
  CREATE INDEX deliveries_by_host ON deliveries (host, free_at, seq) WHERE state = 'pending';
  CREATE INDEX deliveries_by_time ON deliveries (free_at) WHERE state = 'pending';
  CREATE INDEX deliveries_in_order ON deliveries (inbox, object, seq) WHERE state = 'pending';
  CREATE INDEX deliveries_leased ON deliveries (owner) WHERE owner IS NOT NULL;
  CREATE INDEX deliveries_by_state ON deliveries (state);

  CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX seen_by_time ON seen (at);

  CREATE TABLE received (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    actor TEXT NOT NULL,
    target TEXT NOT NULL,
    object TEXT,
    json TEXT NOT NULL,
    at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX received_by_actor ON received (actor);
  CREATE INDEX received_by_object ON received (actor, object);

  CREATE TABLE actors (
    seq INTEGER PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    fetched_at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    document TEXT
  ) STRICT;
  CREATE INDEX actors_by_age ON actors (fetched_at, seq);

  CREATE TABLE workers (owner TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
];

/**
 * Brings the file to the newest schema, in one transaction, whichever of several processes comes first. Throws
 * `store-not-a-database` for another program's file, before a byte of it is changed, and `store-newer-schema` for a
 * store that a later Postern wrote.
 */
export function migrate(database: SqliteDatabase, migrations: readonly string[] = MIGRATIONS): void {
  assertOurs(database);
  // Readers do not wait for a writer, and a commit is one append. The setting is kept in the file.
  enterWal(database);
  database.exec('PRAGMA foreign_keys = ON');
  if (versionOf(database, migrations.length) === migrations.length) return;
  database.write('lasting', () => {
    // Read again under the lock: another process may have been first.
    for (const step of migrations.slice(versionOf(database, migrations.length))) database.exec(step);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
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
