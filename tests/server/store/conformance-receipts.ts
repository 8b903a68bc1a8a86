import { expect, test } from 'vitest';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import type { Opened } from './conformance.ts';
import { activity, BEGUN, enqueued, ledgerObject, ORIGIN } from './samples.ts';

const A = 'https://a.example/inbox';
const B = 'https://b.example:8443/inbox';
const DONE: AfterAttempt = { state: 'delivered', status: 202 };
const FAILED: AfterAttempt = { state: 'failed', error: 'bad' };
const LEASE = { owner: 'me', now: 0, leaseMs: 60, limit: 5_000 };
const ACTOR = { id: `${ORIGIN}/ap/actor.json`, digest: 'a0', revision: 0 };

/** What every adapter promises of what is known afterwards. */
export function receiptConformance(stores: () => Opened): void {
  const settleAll = async (end: AfterAttempt, now: number) => {
    const { deliveries } = stores().store;
    const leased = await deliveries.lease({ ...LEASE, now });
    await Promise.all(
      leased.map(({ activityId, inbox }) => deliveries.settle({ activityId, inbox, owner: 'me' }, end, now)),
    );
  };

  test('receipts tell of one object, in the order in which it was asked for', async () => {
    const { store, other } = stores();
    const create = await enqueued(store, activity('c', 'o'), [B, A]);
    await enqueued(store, activity('x', 'p'), [A]);
    await settleAll(DONE, 1);
    const update = await enqueued(store, activity('u', 'o', 'Update'), [A], 2);
    const created = { activityId: create, type: 'Create', state: 'delivered', attempts: 1, createdAt: 0, dueAt: 0 };
    expect(await other.deliveries.receipts('o')).toEqual({
      deliveries: [
        { ...created, inbox: B, host: 'b.example:8443', lastStatus: 202, finishedAt: 1 },
        { ...created, inbox: A, host: 'a.example', lastStatus: 202, finishedAt: 1 },
        {
          activityId: update,
          type: 'Update',
          inbox: A,
          host: 'a.example',
          state: 'pending',
          attempts: 0,
          createdAt: 2,
          dueAt: 2,
        },
      ],
      folded: [],
    });
    expect(await other.deliveries.receipts('__proto__')).toEqual({ deliveries: [], folded: [] });
  });

  test('progress counts the deliveries of some activities, and those that something can come of now', async () => {
    const { store, other } = stores();
    const none = { pending: 0, delivered: 0, failed: 0, gone: 0, superseded: 0 };
    const create = await enqueued(store, activity('c', 'o'), [A, B], 5);
    const update = await enqueued(store, activity('u', 'o', 'Update'), [A], 5);
    const later = await enqueued(store, activity('l', 'p'), [A], 50);
    const all = [create, update, later, create, 'nothing'];
    expect(await other.deliveries.progress(all, 4)).toEqual({ counts: { ...none, pending: 4 }, due: 0 });
    expect(await other.deliveries.progress(all, 5)).toEqual({ counts: { ...none, pending: 4 }, due: 2 });
    expect(await other.deliveries.progress([update], 5)).toEqual({ counts: { ...none, pending: 1 }, due: 0 });
    expect(await other.deliveries.progress([], 5)).toEqual({ counts: none, due: 0 });
    await store.deliveries.lease({ ...LEASE, now: 5 });
    expect((await other.deliveries.progress(all, 4)).due).toBe(2);
    await store.deliveries.settle({ activityId: create, inbox: A, owner: 'me' }, DONE, 6);
    await store.deliveries.settle({ activityId: create, inbox: B, owner: 'me' }, { state: 'pending', dueAt: 90 }, 6);
    expect(await other.deliveries.progress(all, 6)).toEqual({ counts: { ...none, pending: 3, delivered: 1 }, due: 1 });
  });

  test('fold turns old receipts into counts, and leaves the young and the pending', async () => {
    const { store, other } = stores();
    const inboxes = Array.from({ length: 2_300 }, (_, n) => `https://${n}.example/inbox`);
    const create = await enqueued(store, activity('c', 'o'), inboxes);
    await settleAll(DONE, 10);
    const update = await enqueued(store, activity('u', 'o', 'Update'), [A, B], 10);
    await settleAll(FAILED, 11);
    const young = await enqueued(store, activity('y', 'o', 'Update'), [A, B], 20);
    expect(await other.deliveries.fold(10)).toEqual({ deliveries: 0, activities: 0 });
    expect(await other.deliveries.fold(12)).toEqual({ deliveries: 2_302, activities: 2 });
    expect(await other.deliveries.fold(12)).toEqual({ deliveries: 0, activities: 0 });
    const folded = [
      { type: 'Create', state: 'delivered', count: 2_300 },
      { type: 'Update', state: 'failed', count: 2 },
    ];
    expect(await store.deliveries.receipts('o')).toMatchObject({ deliveries: [{}, {}], folded });
    expect(await store.deliveries.ofActivity(create)).toEqual([]);
    for (const id of [create, update]) expect(await store.activities.get(id)).toBeUndefined();
    await settleAll(FAILED, 25);
    await other.deliveries.fold(30);
    expect((await store.deliveries.receipts('o')).folded).toEqual([folded[0], { ...folded[1], count: 4 }]);
    expect(await store.activities.get(young)).toBeUndefined();
  });

  test('an activity stays while it is young or while a delivery of it is left', async () => {
    const { store } = stores();
    const waiting = await enqueued(store, activity('c', 'o'), [A, B]);
    await store.deliveries.lease({ ...LEASE, limit: 2 });
    await store.deliveries.settle({ activityId: waiting, inbox: A, owner: 'me' }, DONE, 1);
    await store.deliveries.release('me');
    const old = await store.activities.put(activity('old'), { now: 4 });
    const young = await store.activities.put(activity('young'), { now: 5 });
    expect(await store.deliveries.fold(5)).toEqual({ deliveries: 1, activities: 1 });
    expect(await store.activities.get(old.id)).toBeUndefined();
    expect(await store.activities.get(young.id)).toEqual(young);
    expect(await store.activities.get(waiting)).toBeDefined();
    expect(await store.deliveries.ofActivity(waiting)).toMatchObject([{ inbox: B, state: 'pending' }]);
  });

  test('what the ledger is still sending is not folded: the publish that finishes it queues nothing twice', async () => {
    const { store } = stores();
    const post = await enqueued(store, activity('c', 'o'), [A]);
    const actor = await enqueued(store, activity('u', 'actor', 'Update'), [A]);
    const unsent = (await store.activities.put(activity('x', 'x'), { now: 0 })).id;
    await settleAll(DONE, 1);
    const objects = new Map([
      ['o', ledgerObject('o', { sending: post })],
      ['x', ledgerObject('x', { sending: unsent })],
    ]);
    await store.ledger.begin({ origin: ORIGIN, begun: BEGUN, actor: { ...ACTOR, sending: actor }, objects });
    expect(await store.deliveries.fold(9)).toEqual({ deliveries: 0, activities: 0 });
    for (const id of [post, actor]) expect(await store.deliveries.enqueue(id, [A], { now: 9 })).toBe(0);
    await store.ledger.compareAndSwap(1, { actor: ACTOR, objects: [ledgerObject('o'), ledgerObject('x')] });
    expect(await store.deliveries.fold(9)).toEqual({ deliveries: 2, activities: 3 });
  });

  test('after a fold, the newest deliveries still come after the older ones of their object', async () => {
    const { store } = stores();
    await enqueued(store, activity('1', 'o'), [A]);
    await enqueued(store, activity('2', 'p'), [A]);
    await store.deliveries.lease(LEASE);
    await store.deliveries.settle({ activityId: activity('2', 'p').id, inbox: A, owner: 'me' }, DONE, 1);
    await store.deliveries.release('me');
    await store.deliveries.fold(9);
    const third = await enqueued(store, activity('3', 'o', 'Update'), [A], 9);
    expect((await store.deliveries.receipts('o')).deliveries.map(({ activityId }) => activityId).at(-1)).toBe(third);
    expect(await store.deliveries.lease({ ...LEASE, now: 9 })).toMatchObject([{ activityId: activity('1', 'o').id }]);
  });

  test('a dropped activity that is stored anew is sent as it is then', async () => {
    const { store } = stores();
    await enqueued(store, activity('1', 'o'), [A]);
    await settleAll(DONE, 1);
    expect((await store.deliveries.fold(9)).activities).toBe(1);
    const sent = { ...activity('2', 'o'), json: { is: 'another' } };
    await enqueued(store, sent, [A], 9);
    expect(await store.deliveries.lease({ ...LEASE, now: 9 })).toMatchObject([{ activity: { is: 'another' } }]);
  });
}
