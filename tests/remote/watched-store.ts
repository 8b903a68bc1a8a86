import { inOrder } from '../../server/store/one-by-one.ts';
import type { Store } from '../../server/store/store.ts';

/** The methods that change what is stored. */
const WRITES: ReadonlySet<string> = new Set([
  ...['put', 'remove', 'begin', 'compareAndSwap', 'collect', 'enqueue', 'lease', 'settle', 'release', 'abandon'],
  ...['supersedeAll', 'retry', 'postpone', 'hasten', 'giveUp', 'fold'],
  ...['markSeen', 'markFirst', 'dropKept', 'forgetActor', 'forgetSeen', 'beat', 'leave'],
  ...['setState', 'putAuthor', 'forgetTarget', 'prune', 'revoke', 'forgetSender', 'add', 'secret'],
  ...['vote', 'putConsent', 'setTold', 'forgetObject'],
]);

/** A store that notes each write, as `part.method`. */
export function countingStore(store: Store): { store: Store; writes: string[] } {
  const writes: string[] = [];
  return { store: watch(store, (name) => void writes.push(name)), writes };
}

/**
 * A store whose `nth` write (from 0) throws before it happens, or after it, as a process that dies there would. Writes that
 * belong together are made one by one, as where there is no transaction: whatever comes before the `nth` stays.
 */
export function crashingStore(store: Store, nth: number, when: 'before' | 'after'): { store: Store; writes: string[] } {
  const writes: string[] = [];
  const crash = (): never => {
    throw new Error('the store is down');
  };
  const before = (name: string): void => {
    writes.push(name);
    if (when === 'before' && writes.length === nth + 1) crash();
  };
  return {
    store: watch(store, before, () => {
      if (when === 'after' && writes.length === nth + 1) crash();
    }),
    writes,
  };
}

function watch(store: Store, before: (name: string) => void, after: () => void = () => {}): Store {
  const watched = { ...store, together: inOrder };
  const parts = [
    'followers',
    'ledger',
    'activities',
    'deliveries',
    'inbound',
    'actors',
    'workers',
    'inboxes',
    'hosts',
    'interactions',
    'stamps',
    'requests',
    'messages',
    'notifications',
    'media',
    'following',
    'reading',
    'answers',
  ] as const;
  for (const part of parts) {
    Object.defineProperty(watched, part, { value: watchPart(store[part], part, before, after), enumerable: true });
  }
  return watched;
}

function watchPart<T extends object>(target: T, part: string, before: (name: string) => void, after: () => void): T {
  return new Proxy(target, {
    get(object, key, receiver) {
      const value: unknown = Reflect.get(object, key, receiver);
      if (typeof value !== 'function' || typeof key !== 'string' || !WRITES.has(key)) return value;
      return async (...parameters: unknown[]) => {
        before(`${part}.${key}`);
        const result: unknown = await Reflect.apply(value, object, parameters);
        after();
        return result;
      };
    },
  });
}
