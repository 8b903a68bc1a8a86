import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Database from 'libsql';
import { explainSqlite, storeClosed } from './sqlite-errors.ts';
import { type Row, storable, type Value } from './sqlite-rows.ts';
import { sharedWrites } from './sqlite-shared-writes.ts';
import type { Writes } from './sqlite-write-groups.ts';

/**
 * How much a committed write must survive. `lasting`: a power cut (`synchronous=FULL`, the log is flushed at each
 * commit): what a peer was told we have, or what decides what is sent. A follower whose Accept went out must be there
 * tomorrow. `repeatable`: the end of the process, but not a power cut (`synchronous=NORMAL`): work that is done again
 * with the same ids when it is lost, such as a lease or a receipt. Either way the file stays consistent, and the order
 * of commits is kept: a lasting commit flushes every earlier one with it.
 */
export type Durability = 'lasting' | 'repeatable';

/** A prepared statement, kept for the life of the connection. */
export interface SqliteStatement {
  /** Runs a statement without result rows; gives how many rows it changed. */
  run(...values: Value[]): number;
  get(...values: Value[]): Row | undefined;
  all(...values: Value[]): Row[];
}

/** One connection to one file. Synchronous throughout, so a unit of work is never interleaved with another. */
export interface SqliteDatabase {
  readonly file: string;
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
  /** Several reads of one moment. */
  read<T>(work: () => T): T;
  /** One transaction: all of `work` or nothing. The write lock is taken first, so what `work` reads stays true. */
  write<T>(durability: Durability, work: () => T): T;
  /**
   * The same for what simultaneous callers write: their units of work share one transaction, and what one does is taken
   * back alone when it fails. Resolves once it is committed. `work` may run twice; what it did the first time was undone.
   */
  writeShared<T>(durability: Durability, work: () => T): Promise<T>;
  /**
   * What `writes` ask of `writeShared`, each as soon as it is called, is made all or none, in that order. Rejects with
   * `write-outside-group`, and makes none, when one asks for nothing at once or for a transaction of its own.
   */
  together<T>(writes: Writes<T>): Promise<T[]>;
  /** Commits what waits in `writeShared` before it closes. */
  close(): void;
}

/** How long a statement waits for another process's transaction. Ours last milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

/**
 * Opens or creates `file` (mode 0600: it says who follows whom) and its folder. The time to wait for a lock is set
 * before anything else touches the file: without it a process that opens while another one creates fails at once.
 */
export function connect(file: string, options: { busyTimeoutMs?: number } = {}): SqliteDatabase {
  const path = resolve(file);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    createUnlessThere(path);
    accessSync(dirname(path), constants.W_OK);
    return wrap(path, new Database(path, { timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS }));
  } catch (error) {
    throw explainSqlite(path, error);
  }
}

/**
 * A file that is there is not opened: to close it takes from this process every lock on it, those of another connection, too
 * (fcntl, POSIX.1-2017). Nothing gives them back while that one lasts, which in this driver is until the garbage collector
 * comes by, and another process would take the log for left behind and remove it, with all that is written from then on.
 */
function createUnlessThere(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    accessSync(path, constants.W_OK);
  }
}

function wrap(file: string, connection: Database.Database): SqliteDatabase {
  let open = true;
  let durability: Durability | undefined;

  const attempt = <T>(work: () => T): T => {
    if (!open) throw storeClosed(file);
    try {
      return work();
    } catch (error) {
      throw explainSqlite(file, error);
    }
  };
  const transaction = <T>(begin: string, work: () => T): T => {
    connection.exec(begin);
    try {
      const result = work();
      connection.exec('COMMIT');
      return result;
    } catch (error) {
      // SQLite has already rolled back by itself after some faults, a full disk for one.
      if (connection.inTransaction) connection.exec('ROLLBACK');
      throw error;
    }
  };

  const secure = (wanted: Durability): void => {
    if (wanted !== durability) connection.exec(`PRAGMA synchronous = ${wanted === 'lasting' ? 'FULL' : 'NORMAL'}`);
    durability = wanted;
  };
  const shared = sharedWrites({
    secure,
    exec: (sql) => void connection.exec(sql),
    inTransaction: () => connection.inTransaction,
    explain: (error) => explainSqlite(file, error),
  });

  return {
    file,
    prepare: (sql) => {
      const statement = attempt(() => connection.prepare(sql));
      return {
        run: (...values) => attempt(() => statement.run(values.map(bindable)).changes),
        get: (...values) =>
          attempt(() => {
            const row: unknown = statement.get(values.map(bindable));
            return isRow(row) ? row : undefined;
          }),
        all: (...values) => attempt(() => statement.all(values.map(bindable)).filter(isRow)),
      };
    },
    exec: (sql) => attempt(() => connection.exec(sql)),
    read: (work) => attempt(() => transaction('BEGIN', work)),
    write: (wanted, work) =>
      attempt(() => {
        shared.assertNoGroup();
        secure(wanted);
        return transaction('BEGIN IMMEDIATE', work);
      }),
    writeShared: async (wanted, work) => {
      if (!open) throw storeClosed(file);
      return shared.write(wanted, work);
    },
    together: async (writes) => {
      if (!open) throw storeClosed(file);
      return shared.together(writes);
    },
    close: () => {
      if (!open) return;
      shared.flush();
      open = false;
      fold(connection);
      connection.close();
    },
  };
}

/**
 * Writes the log back into the file, so that a store nobody has open is one file that can be copied. The driver keeps
 * its handle until the garbage collector comes by, so SQLite does not do it by itself. When another process is at work,
 * or the disk is full, the log stays where it is, and is as good there.
 */
function fold(connection: Database.Database): void {
  try {
    connection.exec('PRAGMA busy_timeout = 0');
    connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
  } catch {
    // Nothing depends on it.
  }
}

function bindable(value: Value): Value {
  return typeof value === 'string' ? storable(value) : value;
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null;
}
