import { describe, expect, test } from 'vitest';
import { type ModerateDeps, moderate } from '../../server/moderate.ts';
import { moderateFollow } from '../../server/moderate-followers.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { Crash, crashingStore } from './crashing-store.ts';
import { asked, author, depsOf, follower, QUOTE, queued } from './moderation.ts';

describe('cut short at any step, and decided again', () => {
  type Work = (deps: ModerateDeps) => Promise<unknown>;
  const cases: readonly (readonly [string, (store: Store) => Promise<unknown>, Work])[] = [
    ['approving a quote', (store) => store.interactions.put(asked, author), (deps) => moderate(deps, 'approve', QUOTE)],
    ['refusing a quote', (store) => store.interactions.put(asked, author), (deps) => moderate(deps, 'remove', QUOTE)],
    ['hiding a quote', (store) => store.interactions.put(asked, author), (deps) => moderate(deps, 'hide', QUOTE)],
    [
      'taking consent back',
      async (store) => {
        await store.followers.put(follower('bob'));
        await store.interactions.put(asked, author);
        await moderate(depsOf(store), 'approve', QUOTE);
      },
      (deps) => moderate(deps, 'remove', QUOTE),
    ],
    [
      'approving a follower',
      (store) => store.requests.put(follower('bob')),
      (deps) => moderateFollow(deps, 'approve', follower('bob').actor),
    ],
    [
      'rejecting a follower',
      (store) => store.requests.put(follower('bob')),
      (deps) => moderateFollow(deps, 'reject', follower('bob').actor),
    ],
    [
      'removing a follower',
      (store) => store.followers.put(follower('bob')),
      (deps) => moderateFollow(deps, 'remove', follower('bob').actor),
    ],
  ];

  /** All that is left in a store, for comparison. */
  async function remains(store: Store): Promise<unknown> {
    const activities = (await queued(store)).map(
      ({ inbox, json }) => `${inbox} ${String(json.type)} ${String(json.id)}`,
    );
    const { items } = await store.interactions.list({ limit: 10 });
    return {
      activities: activities.sort(),
      states: items.map(({ state, reason }) => [state, reason]),
      stamps: await store.stamps.ofQuote(QUOTE),
      followers: (await store.followers.page({ limit: 10 })).items,
      requests: await store.requests.list(10),
    };
  }

  test.each(cases)('%s → the same as without the crash, each activity once', async (_name, prepare, work) => {
    const whole = openMemoryStore();
    await prepare(whole);
    const counting = crashingStore(whole, Number.POSITIVE_INFINITY, 'before');
    await work(depsOf(counting.store));
    const expected = await remains(whole);
    for (let n = 1; n <= counting.calls(); n += 1) {
      for (const when of ['before', 'after'] as const) {
        const store = openMemoryStore();
        await prepare(store);
        await expect(work(depsOf(crashingStore(store, n, when).store))).rejects.toThrow(Crash);
        await work(depsOf(store));
        expect(await remains(store), `${when} call ${n}`).toEqual(expected);
      }
    }
  });
});
