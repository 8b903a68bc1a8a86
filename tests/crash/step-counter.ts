import type { InboxClient } from '../../server/ports.ts';
import type { SqliteDatabase } from '../../server/store/sqlite-database.ts';

/** Counts the steps of this process, and ends it at one of them as a power cut would: nothing is flushed or closed. */
export interface StepCounter {
  step(): void;
  count(): number;
}

export function stepCounter(dieAt: number | undefined): StepCounter {
  let steps = 0;
  return {
    step() {
      steps += 1;
      // A signal to oneself is delivered before the call returns.
      if (steps === dieAt) process.kill(process.pid, 'SIGKILL');
    },
    count: () => steps,
  };
}

/**
 * A connection whose writes are steps: before each commit, and after it. What is done in a transaction before that is as
 * good as not done; and a read is no step, since nothing differs before and after it.
 */
export function countingDatabase(database: SqliteDatabase, { step }: StepCounter): SqliteDatabase {
  let isInside = false;
  const after = <T>(work: () => T): T => {
    const result = work();
    step();
    return result;
  };
  const alone = <T>(sql: string, work: () => T): T => (isInside || isRead(sql) ? work() : after(work));
  const inside =
    <T>(work: () => T) =>
    (): T => {
      isInside = true;
      try {
        return after(work);
      } finally {
        isInside = false;
      }
    };
  return {
    file: database.file,
    read: (work) => database.read(work),
    close: () => database.close(),
    write: (durability, work) => after(() => database.write(durability, inside(work))),
    writeShared: async (durability, work) => {
      const result = await database.writeShared(durability, inside(work));
      step();
      return result;
    },
    together: (writes) => database.together(writes),
    exec: (sql) => alone(sql, () => database.exec(sql)),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run: (...values) => alone(sql, () => statement.run(...values)),
        get: (...values) => alone(sql, () => statement.get(...values)),
        all: (...values) => alone(sql, () => statement.all(...values)),
      };
    },
  };
}

function isRead(sql: string): boolean {
  return !/\b(?:INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|REPLACE)\b|PRAGMA\s+\w+\s*=/.test(sql);
}

/** A client whose posts are steps: before the request, and when its answer is known but nothing is written down yet. */
export function countingInboxes(inboxes: InboxClient, { step }: StepCounter): InboxClient {
  return {
    async post(inbox, body, options) {
      step();
      const attempt = await inboxes.post(inbox, body, options);
      step();
      return attempt;
    },
    close: () => inboxes.close(),
  };
}
