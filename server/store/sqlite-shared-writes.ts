import type { Durability } from './sqlite-database.ts';

/** What the writes of simultaneous callers need of a connection. */
export interface SharedConnection {
  /** Makes the transactions that follow survive what they must. */
  secure(durability: Durability): void;
  exec(sql: string): void;
  /** False after a fault by which SQLite rolls back by itself, a full disk for one. */
  inTransaction(): boolean;
  explain(error: unknown): unknown;
}

interface Unit {
  readonly durability: Durability;
  /** Does the work inside the transaction; gives what is to be done once it is committed. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

/** Of so many units at most one transaction is made, so that neither the event loop nor other processes wait for long. */
const MAX_UNITS = 500;

export interface SharedWrites {
  write<T>(durability: Durability, work: () => T): Promise<T>;
  /** Commits what waits, at once. */
  flush(): void;
}

/**
 * Gathers the units of work that callers bring until the event loop has turned, and commits them in one transaction: a
 * flush of the disk costs the same for one and for a hundred. Each is a savepoint of its own, so that one that fails is
 * taken back alone. A unit that is lasting makes the others of its transaction lasting, too.
 */
export function sharedWrites(connection: SharedConnection): SharedWrites {
  let waiting: Unit[] = [];
  let isScheduled = false;

  const turn = (): void => {
    isScheduled = false;
    commitTogether(connection, waiting.splice(0, MAX_UNITS));
    if (waiting.length > 0) schedule();
  };
  const schedule = (): void => {
    if (!isScheduled) setImmediate(turn);
    isScheduled = true;
  };
  return {
    write: (durability, work) =>
      new Promise((resolve, reject) => {
        const run = (): (() => void) => {
          const result = work();
          return () => resolve(result);
        };
        waiting.push({ durability, run, reject });
        schedule();
      }),
    flush: () => {
      const all = waiting;
      waiting = [];
      commitTogether(connection, all);
    },
  };
}

/** Ends every unit: its promise is resolved after the commit, or rejected. */
function commitTogether(connection: SharedConnection, all: readonly Unit[]): void {
  const failed = new Set<Unit>();
  for (let units = all; units.length > 0; units = units.filter((unit) => !failed.has(unit))) {
    const done: (() => void)[] = [];
    try {
      connection.secure(units.some(({ durability }) => durability === 'lasting') ? 'lasting' : 'repeatable');
      connection.exec('BEGIN IMMEDIATE');
      // When a unit takes the whole transaction with it, the others are done again without those that failed.
      if (!units.every((unit) => runAlone(connection, unit, done, failed))) continue;
      connection.exec('COMMIT');
    } catch (error) {
      rollBack(connection);
      for (const unit of units) if (!failed.has(unit)) unit.reject(connection.explain(error));
      return;
    }
    for (const resolve of done) resolve();
    return;
  }
}

/** Runs one unit in its savepoint. False when SQLite took back the whole transaction with it. */
function runAlone(connection: SharedConnection, unit: Unit, done: (() => void)[], failed: Set<Unit>): boolean {
  connection.exec('SAVEPOINT unit');
  try {
    done.push(unit.run());
  } catch (error) {
    failed.add(unit);
    unit.reject(connection.explain(error));
    if (!connection.inTransaction()) return false;
    connection.exec('ROLLBACK TO unit');
  }
  connection.exec('RELEASE unit');
  return true;
}

function rollBack(connection: SharedConnection): void {
  try {
    if (connection.inTransaction()) connection.exec('ROLLBACK');
  } catch {
    // What made the transaction fail is told already; the next one says so if the connection is of no more use.
  }
}
