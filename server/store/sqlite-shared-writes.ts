import type { Durability } from './sqlite-database.ts';
import { type Part, type Writes, writeGroups } from './sqlite-write-groups.ts';

/** What the writes of simultaneous callers need of a connection. */
export interface SharedConnection {
  /** Makes the transactions that follow survive what they must. */
  secure(durability: Durability): void;
  exec(sql: string): void;
  /** False after a fault by which SQLite rolls back by itself, a full disk for one. */
  inTransaction(): boolean;
  explain(error: unknown): unknown;
}

/** What is made all or none: one write, or several that belong together, in their order. */
type Unit = readonly Part[];

/** Of so many writes at most one transaction is made, so that neither the event loop nor other processes wait for long. */
const MAX_WRITES = 500;

export interface SharedWrites {
  write<T>(durability: Durability, work: () => T): Promise<T>;
  /** What `writes` ask for while they are called becomes one unit: see `Store.together`. */
  together<T>(writes: Writes<T>): Promise<T[]>;
  /** Throws while the writes of a group are being asked for: a transaction of its own would not be part of it. */
  assertNoGroup(): void;
  /** Commits what waits, at once. */
  flush(): void;
}

/**
 * Gathers the units of work that callers bring until the event loop has turned, and commits them in one transaction: a
 * flush of the disk costs the same for one and for a hundred. One that fails is taken back alone: the others are made again, each
 * in a savepoint of its own. A unit that is lasting makes the others of its transaction lasting, too.
 */
export function sharedWrites(connection: SharedConnection): SharedWrites {
  let waiting: Unit[] = [];
  let isScheduled = false;
  const groups = writeGroups();

  const turn = (): void => {
    isScheduled = false;
    commitTogether(connection, takeSome(waiting));
    if (waiting.length > 0) schedule();
  };
  const schedule = (): void => {
    if (!isScheduled) setImmediate(turn);
    isScheduled = true;
  };
  const add = (unit: Unit): void => {
    waiting.push(unit);
    schedule();
  };
  return {
    write: (durability, work) =>
      new Promise((resolve, reject) => {
        const run = (): (() => void) => {
          const result = work();
          return () => resolve(result);
        };
        const part = { durability, run, reject };
        if (!groups.take(part)) add([part]);
      }),
    together: async (writes) => (writes.length === 0 ? [] : groups.gather(writes, add)),
    assertNoGroup: groups.assertNone,
    flush: () => {
      const all = waiting;
      waiting = [];
      commitTogether(connection, all);
    },
  };
}

/** Takes as many units as one transaction may have, the oldest first; at least one. */
function takeSome(waiting: Unit[]): Unit[] {
  let writes = 0;
  const end = waiting.findIndex((unit) => {
    writes += unit.length;
    return writes >= MAX_WRITES;
  });
  return waiting.splice(0, end === -1 ? waiting.length : end + 1);
}

/**
 * Ends every unit: its promises are resolved after the commit, or rejected. Hardly ever does one fail, so they are kept apart
 * only once one has: a savepoint costs as much as a small write.
 */
function commitTogether(connection: SharedConnection, all: readonly Unit[]): void {
  const failed = new Set<Unit>();
  let areApart = false;
  for (let units = all; units.length > 0; units = units.filter((unit) => !failed.has(unit))) {
    const done: (() => void)[] = [];
    try {
      connection.secure(units.some(isLasting) ? 'lasting' : 'repeatable');
      connection.exec('BEGIN IMMEDIATE');
      if (!areApart) {
        areApart = true;
        if (!runAll(connection, units, done)) continue;
      } else if (!units.every((unit) => runAlone(connection, unit, done, failed))) {
        // A unit took the whole transaction with it: the others are done again without those that failed.
        continue;
      }
      connection.exec('COMMIT');
    } catch (error) {
      rollBack(connection);
      for (const unit of units) if (!failed.has(unit)) rejectAll(unit, connection.explain(error));
      return;
    }
    for (const resolve of done) resolve();
    return;
  }
}

/** Runs them as one. False when one failed, and all is taken back: it is not said which, nor why. */
function runAll(connection: SharedConnection, units: readonly Unit[], done: (() => void)[]): boolean {
  try {
    for (const unit of units) for (const { run } of unit) done.push(run());
    return true;
  } catch {
    if (connection.inTransaction()) connection.exec('ROLLBACK');
    return false;
  }
}

/** Runs one unit in its savepoint. False when SQLite took back the whole transaction with it. */
function runAlone(connection: SharedConnection, unit: Unit, done: (() => void)[], failed: Set<Unit>): boolean {
  connection.exec('SAVEPOINT unit');
  try {
    done.push(...unit.map(({ run }) => run()));
  } catch (error) {
    failed.add(unit);
    rejectAll(unit, connection.explain(error));
    if (!connection.inTransaction()) return false;
    connection.exec('ROLLBACK TO unit');
  }
  connection.exec('RELEASE unit');
  return true;
}

function isLasting(unit: Unit): boolean {
  return unit.some(({ durability }) => durability === 'lasting');
}

function rejectAll(unit: Unit, error: unknown): void {
  for (const { reject } of unit) reject(error);
}

function rollBack(connection: SharedConnection): void {
  try {
    if (connection.inTransaction()) connection.exec('ROLLBACK');
  } catch {
    // What made the transaction fail is told already; the next one says so if the connection is of no more use.
  }
}
