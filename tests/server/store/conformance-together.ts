import { expect, test } from 'vitest';
import type { Opened } from './conformance.ts';
import { activity, author, by, follower, interaction } from './samples.ts';

/** How much of a group whose third write fails is stored: what came before it, or nothing at all. */
export type Remains = 'what came before' | 'nothing';

/** What every adapter promises of writes that belong together, and what those promise that have transactions. */
export function togetherConformance(stores: () => Opened, remains: Remains): void {
  const INBOX = 'https://a.example/inbox';
  const neverStored = () => stores().store.deliveries.enqueue(activity('never stored').id, [INBOX], { now: 0 });

  test('all are made, in their order, and answer in it', async () => {
    const { store, other } = stores();
    const answers = await store.together<unknown>([
      () => store.followers.put(follower('a')),
      () => store.followers.remove(follower('a').actor),
      () => store.followers.put(follower('a')),
      () => store.followers.put(follower('a')),
      () => store.activities.put(activity('x'), { now: 0 }),
      // Takes what the write before it stored.
      () => store.deliveries.enqueue(activity('x').id, [INBOX], { now: 0 }),
      () => store.notifications.add({ key: 'k', kind: 'follow', actor: 'a', at: '2026-03-01T10:00:00Z' }),
      () => store.inbound.markSeen('seen', 0),
    ]);
    expect(answers).toEqual(['added', true, 'added', 'updated', activity('x'), 1, true, undefined]);
    expect(await other.followers.count()).toBe(1);
    expect(await other.deliveries.counts()).toMatchObject({ pending: 1 });
    expect(await other.inbound.seen('seen')).toBe(true);
  });

  test('none → nothing happens', async () => {
    expect(await stores().store.together([])).toEqual([]);
  });

  test(`one that fails → none after it is made, and ${remains} stays`, async () => {
    const { store, other } = stores();
    const writes = [
      () => store.followers.put(follower('before')),
      () => store.interactions.put(by(author('a'), 'said'), author('a')),
      neverStored,
      () => store.followers.put(follower('after')),
      () => store.inbound.markSeen('seen', 0),
    ];
    await expect(store.together<unknown>(writes)).rejects.toMatchObject({ code: 'activity-not-stored' });
    expect(await other.inbound.seen('seen')).toBe(false);
    expect(await other.followers.get(follower('after').actor)).toBeUndefined();
    const isLeft = remains === 'what came before';
    expect((await other.followers.get(follower('before').actor)) !== undefined).toBe(isLeft);
    expect((await other.interactions.get(interaction('said').id)) !== undefined).toBe(isLeft);
  });

  test('one that fails takes nothing back of what others write at the same time', async () => {
    const { store, other } = stores();
    const group = (name: string) => [
      () => store.followers.put(follower(name)),
      () => store.inbound.markSeen(`${name} was seen`, 0),
    ];
    const ends = await Promise.allSettled<unknown>([
      store.followers.put(follower('alone')),
      store.together<unknown>(group('first')),
      store.together<unknown>([() => store.followers.put(follower('failing')), neverStored]),
      store.together<unknown>(group('second')),
      store.inbound.markSeen('alone', 0),
    ]);
    expect(ends.map(({ status }) => status)).toEqual([
      ...['fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    ]);
    for (const name of ['alone', 'first', 'second']) {
      expect(await other.followers.get(follower(name).actor), name).toBeDefined();
    }
    for (const mark of ['alone', 'first was seen', 'second was seen']) {
      expect(await other.inbound.seen(mark), mark).toBe(true);
    }
  });

  test('many groups at once that write the same → each is made, in its order', async () => {
    const { store, other } = stores();
    const names = Array.from({ length: 20 }, (_, n) => `f${n}`);
    await Promise.all(
      names.map((name) =>
        store.together<unknown>([
          () => store.followers.put(follower(name)),
          () => store.followers.remove(follower('shared').actor),
          () => store.followers.put(follower('shared')),
        ]),
      ),
    );
    expect(await other.followers.count()).toBe(names.length + 1);
  });
}
