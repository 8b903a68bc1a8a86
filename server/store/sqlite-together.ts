import type { Durability, SqliteDatabase } from './sqlite-database.ts';

interface Unit {
  readonly run: () => void;
  readonly done: () => void;
  readonly failed: (fault: unknown) => void;
}

/**
 * Gives a function that runs units of work in one transaction for all that come in the same turn of the event loop: under
 * load a commit costs several times what one settlement does. Each promise resolves after the commit, with what its unit
 * gave. When the transaction fails, each unit is tried alone, so that no fault is anybody else's.
 */
export function workTogether(database: SqliteDatabase, durability: Durability): <T>(work: () => T) => Promise<T> {
  let waiting: Unit[] = [];
  const alone = (unit: Unit): void => {
    try {
      database.write(durability, unit.run);
      unit.done();
    } catch (fault) {
      unit.failed(fault);
    }
  };
  const flush = (): void => {
    const units = waiting;
    waiting = [];
    try {
      database.write(durability, () => {
        for (const unit of units) unit.run();
      });
    } catch {
      for (const unit of units) alone(unit);
      return;
    }
    for (const unit of units) unit.done();
  };
  return <T>(work: () => T) =>
    new Promise<T>((resolve, reject) => {
      let made: { readonly value: T } | undefined;
      const run = (): void => {
        made = { value: work() };
      };
      const done = (): void => {
        if (made) resolve(made.value);
      };
      // What comes while others wait for this turn's end joins them.
      if (waiting.push({ run, done, failed: reject }) === 1) setImmediate(flush);
    });
}
