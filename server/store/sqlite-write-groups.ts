import { PosternError } from '../errors.ts';
import type { Durability } from './sqlite-database.ts';

export type Writes<T> = readonly (() => Promise<T>)[];

/** One write that a caller asked for. */
export interface Part {
  readonly durability: Durability;
  /** Does the work inside the transaction; gives what is to be done once it is committed. */
  readonly run: () => () => void;
  readonly reject: (error: unknown) => void;
}

export interface WriteGroups {
  /** Calls each of `writes`, and gives what they ask for meanwhile to `add`, whole. Resolves with their answers. */
  gather<T>(writes: Writes<T>, add: (parts: readonly Part[]) => void): Promise<T[]>;
  /** Takes what is asked for into the group that is being gathered; false when there is none. */
  take(part: Part): boolean;
  /** Throws, and breaks the group, when one is being gathered: what is to be done now cannot be part of it. */
  assertNone(): void;
}

/**
 * Finds out which writes belong together, by who asks while a function is called: within one step of the event loop nobody else
 * can. A function that does not ask at once would have its write made outside of the group, so the group is refused; one that
 * asks again after the commit is known by its promise, which is still open when the event loop has turned.
 */
export function writeGroups(): WriteGroups {
  let gathering: Part[] | undefined;
  let isBroken = false;
  const later = onceTurned();

  /** The answers, as many as there are until one asks for nothing or throws; what is wrong with that one is the fault. */
  function callAll<T>(writes: Writes<T>, parts: Part[]): { answers: Promise<T>[]; fault?: unknown } {
    const answers: Promise<T>[] = [];
    gathering = parts;
    isBroken = false;
    try {
      for (const write of writes) {
        const before = parts.length;
        answers.push(write());
        if (isBroken || parts.length === before) return { answers, fault: writeOutsideGroup() };
      }
      return { answers };
    } catch (fault) {
      return { answers, fault };
    } finally {
      gathering = undefined;
    }
  }

  return {
    async gather(writes, add) {
      if (gathering !== undefined) throw writeOutsideGroup();
      const parts: Part[] = [];
      const { answers, fault } = callAll(writes, parts);
      if (fault !== undefined) return refuse(parts, answers, fault);
      const answered = Promise.all(answers);
      return new Promise((resolve, reject) => {
        let isOpen = true;
        const end = (): void => {
          isOpen = false;
        };
        answered.then(end, end);
        add(afterwards(parts, () => later(() => isOpen && reject(writeOutsideGroup()))));
        answered.then(resolve, reject);
      });
    },
    take(part) {
      gathering?.push(part);
      return gathering !== undefined;
    },
    assertNone() {
      if (gathering === undefined) return;
      isBroken = true;
      throw writeOutsideGroup();
    },
  };
}

/** The same parts, the last of which calls `done` once it is committed and its promise resolved. */
function afterwards(parts: readonly Part[], done: () => void): Part[] {
  return parts.map((part, index) => {
    if (index < parts.length - 1) return part;
    const run = (): (() => void) => {
      const end = part.run();
      return () => {
        end();
        done();
      };
    };
    return { ...part, run };
  });
}

/** Takes back what was asked for. Rejects with what the last function says itself, when it does. */
async function refuse(parts: readonly Part[], answers: readonly Promise<unknown>[], fault: unknown): Promise<never> {
  for (const { reject } of parts) reject(fault);
  const last = (await Promise.allSettled(answers)).at(-1);
  throw last?.status === 'rejected' ? last.reason : fault;
}

/** Runs what it is given after the event loop has turned, by when every promise that was resolved has been heard of. */
function onceTurned(): (work: () => void) => void {
  let waiting: (() => void)[] = [];
  return (work) => {
    if (waiting.push(work) > 1) return;
    setImmediate(() => {
      const all = waiting;
      waiting = [];
      for (const each of all) each();
    });
  };
}

/** What is thrown for a write that would be made outside of the group in which it was asked for. */
export function writeOutsideGroup(): PosternError {
  return new PosternError('write-outside-group', 'A write that belongs to a group would be made outside of it.', {
    hint: 'This is a fault in Postern: a function of `together` has to ask for its writes at once. Please report it.',
  });
}
