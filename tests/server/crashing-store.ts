import type { Store } from '../../server/store/store.ts';

export class Crash extends Error {}

/** What gives its items one by one. */
const STREAMS: ReadonlySet<string | symbol> = new Set(['all', 'targets', 'authors', 'votes', 'consents']);

/**
 * A store whose process dies at its `n`-th call: before the call does anything, or after it did everything and before
 * anyone hears of it. From then on every call fails, as a dead process makes none. `calls` tells how many there were.
 */
export function crashingStore(
  store: Store,
  n: number,
  when: 'before' | 'after',
): { store: Store; calls: () => number } {
  let calls = 0;
  const step = <T>(method: () => T): T => {
    calls += 1;
    if (calls > n || (calls === n && when === 'before')) throw new Crash();
    return method();
  };
  const wrap = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => {
          if (STREAMS.has(name)) return step(() => Reflect.apply(member, target, args));
          return (async () => {
            const result: unknown = await step(() => Reflect.apply(member, target, args));
            if (calls === n && when === 'after') throw new Crash();
            return result;
          })();
        };
      },
    });
  return {
    calls: () => calls,
    store: {
      followers: wrap(store.followers),
      ledger: wrap(store.ledger),
      activities: wrap(store.activities),
      deliveries: wrap(store.deliveries),
      inbound: wrap(store.inbound),
      actors: wrap(store.actors),
      workers: wrap(store.workers),
      inboxes: wrap(store.inboxes),
      hosts: wrap(store.hosts),
      interactions: wrap(store.interactions),
      stamps: wrap(store.stamps),
      requests: wrap(store.requests),
      messages: wrap(store.messages),
      notifications: wrap(store.notifications),
      media: wrap(store.media),
      following: wrap(store.following),
      reading: wrap(store.reading),
      answers: wrap(store.answers),
      // Each of them is a call of its own.
      together: (writes) => store.together(writes),
      sizes: () => store.sizes(),
      close: () => store.close(),
    },
  };
}
