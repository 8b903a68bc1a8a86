import { expect, test } from 'vitest';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import type { Opened } from './conformance.ts';
import { activity, enqueued } from './samples.ts';

const A = 'https://a.example/inbox';
const B = 'https://b.example/inbox';
const DONE: AfterAttempt = { state: 'delivered', status: 202 };
const LEASE = { owner: 'me', now: 0, leaseMs: 60, limit: 1_000 };

/** What every adapter promises of the order of deliveries. */
export function orderConformance(stores: () => Opened): void {
  test('an Update is not leased while its Create is pending, leased or waiting to be tried again', async () => {
    const { store, other } = stores();
    const create = await enqueued(store, activity('create', 'o'), [A, B]);
    const update = await enqueued(store, activity('update', 'o', 'Update'), [A, B]);
    const leasedAt = async (now: number) =>
      (await other.deliveries.lease({ ...LEASE, now })).map(({ activityId, inbox }) => [activityId, inbox]);
    expect(await leasedAt(0)).toEqual([
      [create, A],
      [create, B],
    ]);
    expect(await leasedAt(1)).toEqual([]);
    await store.deliveries.settle({ activityId: create, inbox: A, owner: 'me' }, { state: 'pending', dueAt: 50 }, 2);
    await store.deliveries.settle({ activityId: create, inbox: B, owner: 'me' }, DONE, 2);
    expect(await leasedAt(3)).toEqual([[update, B]]);
    expect(await leasedAt(50)).toEqual([[create, A]]);
    await store.deliveries.settle({ activityId: create, inbox: A, owner: 'me' }, { state: 'failed', error: 'x' }, 51);
    expect(await leasedAt(52)).toEqual([[update, A]]);
  });

  test('other objects and other inboxes do not wait', async () => {
    const { store } = stores();
    await enqueued(store, activity('1', 'o'), [A], 100);
    await enqueued(store, activity('2', 'p'), [A]);
    await enqueued(store, activity('3', 'o'), [B]);
    await enqueued(store, activity('4', 'o'), [A]);
    const leased = await store.deliveries.lease(LEASE);
    expect(leased.map(({ activityId }) => activityId)).toEqual([activity('2').id, activity('3').id]);
  });

  test('a delivery that starts over takes its old place: a resent Accept goes before one that was asked for later', async () => {
    const { store } = stores();
    const accept = await enqueued(store, activity('first', 'o', 'Accept'), [A]);
    await store.deliveries.lease(LEASE);
    await store.deliveries.settle({ activityId: accept, inbox: A, owner: 'me' }, { state: 'failed', error: 'x' }, 1);
    await enqueued(store, activity('second', 'o', 'Accept'), [A], 2);
    await store.deliveries.enqueue(accept, [A], { now: 3, again: true });
    const leased = await store.deliveries.lease({ ...LEASE, now: 9 });
    expect(leased.map(({ activityId }) => activityId)).toEqual([accept]);
  });
}
