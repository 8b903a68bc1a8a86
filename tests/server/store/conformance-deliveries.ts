import { describe, expect, test } from 'vitest';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import type { Opened } from './conformance.ts';
import { AWKWARD, activity, enqueued } from './samples.ts';

const A = 'https://a.example/inbox';
const B = 'https://b.example/inbox';
const DONE: AfterAttempt = { state: 'delivered', status: 202 };
const LEASE = { owner: 'me', now: 0, leaseMs: 60, limit: 1_000 };

/** What every adapter promises of asking for deliveries and settling them. */
export function deliveryConformance(stores: () => Opened): void {
  describe('enqueue', () => enqueueConformance(stores));
  describe('settle', () => settleConformance(stores));
}

function enqueueConformance(stores: () => Opened): void {
  test('an activity that is not stored cannot be delivered', async () => {
    const { deliveries } = stores().store;
    await expect(deliveries.enqueue('nothing', [A], { now: 0 })).rejects.toMatchObject({ code: 'activity-not-stored' });
    expect((await deliveries.counts()).pending).toBe(0);
  });

  test('each pair of activity and inbox is one delivery, however often it is asked for', async () => {
    const { store, other } = stores();
    const { id } = await store.activities.put(activity('x'), { now: 0 });
    expect(await store.deliveries.enqueue(id, [A, B, A], { now: 5 })).toBe(2);
    expect(await other.deliveries.enqueue(id, [B, 'https://c.example/inbox'], { now: 6 })).toBe(1);
    expect(await other.deliveries.enqueue(id, [], { now: 6 })).toBe(0);
    const created = { activityId: id, state: 'pending', attempts: 0 };
    expect(await store.deliveries.ofActivity(id)).toEqual([
      { ...created, inbox: A, createdAt: 5, dueAt: 5 },
      { ...created, inbox: B, createdAt: 5, dueAt: 5 },
      { ...created, inbox: 'https://c.example/inbox', createdAt: 6, dueAt: 6 },
    ]);
    expect(await store.deliveries.counts()).toEqual({ pending: 3, delivered: 0, failed: 0, gone: 0, superseded: 0 });
  });

  test('a delivery in a final state stays final, unless it is asked for again', async () => {
    const { deliveries } = stores().store;
    const id = await enqueued(stores().store, activity('x'), [A, B]);
    await deliveries.lease(LEASE);
    await deliveries.settle(
      { activityId: id, inbox: A, owner: 'me' },
      { state: 'failed', status: 400, error: 'bad' },
      7,
    );
    expect(await deliveries.enqueue(id, [A, B], { now: 8 })).toBe(0);
    expect(await deliveries.enqueue(id, [A, B], { now: 9, again: true })).toBe(1);
    const [first, second] = await deliveries.ofActivity(id);
    expect(first).toEqual({ activityId: id, inbox: A, state: 'pending', attempts: 0, createdAt: 9, dueAt: 9 });
    expect(second?.createdAt).toBe(0);
    expect(await deliveries.lease({ ...LEASE, owner: 'you', now: 9 })).toHaveLength(1);
  });

  test('awkward inboxes and objects are like any other', async () => {
    const { store } = stores();
    for (const [index, object] of AWKWARD.entries()) await enqueued(store, activity(`x${index}`, object), AWKWARD);
    const seen = new Set<string>();
    const total = AWKWARD.length ** 2;
    for (const { activityId, inbox } of await store.deliveries.lease(LEASE)) {
      seen.add(JSON.stringify([activityId, inbox]));
      expect(await store.deliveries.settle({ activityId, inbox, owner: 'me' }, DONE, 1)).toBe(true);
    }
    expect(seen.size).toBe(total);
    expect(await store.deliveries.counts()).toEqual({
      pending: 0,
      delivered: total,
      failed: 0,
      gone: 0,
      superseded: 0,
    });
  });
}

function settleConformance(stores: () => Opened): void {
  test('each way an attempt ends is written down as a receipt', async () => {
    const { deliveries } = stores().store;
    const endings: AfterAttempt[] = [
      DONE,
      { state: 'pending', dueAt: 90, status: 503 },
      { state: 'pending', dueAt: 91, error: 'ECONNREFUSED' },
      { state: 'failed', error: 'blocked' },
      { state: 'failed', status: 400, error: 'bad' },
      { state: 'gone', status: 410, error: 'gone' },
    ];
    const inboxes = endings.map((_, n) => `https://${n}.example/inbox`);
    const id = await enqueued(stores().store, activity('x'), inboxes);
    await deliveries.lease(LEASE);
    for (const [n, after] of endings.entries()) {
      const inbox = inboxes[n] ?? '';
      expect(await deliveries.settle({ activityId: id, inbox, owner: 'me' }, after, 7)).toBe(true);
    }
    const common = { activityId: id, attempts: 1, createdAt: 0, dueAt: 0 };
    expect(await stores().other.deliveries.ofActivity(id)).toEqual([
      { ...common, inbox: inboxes[0], state: 'delivered', lastStatus: 202, finishedAt: 7 },
      { ...common, inbox: inboxes[1], state: 'pending', dueAt: 90, lastStatus: 503 },
      { ...common, inbox: inboxes[2], state: 'pending', dueAt: 91, lastError: 'ECONNREFUSED' },
      { ...common, inbox: inboxes[3], state: 'failed', lastError: 'blocked', finishedAt: 7 },
      { ...common, inbox: inboxes[4], state: 'failed', lastStatus: 400, lastError: 'bad', finishedAt: 7 },
      { ...common, inbox: inboxes[5], state: 'gone', lastStatus: 410, lastError: 'gone', finishedAt: 7 },
    ]);
    expect(await deliveries.counts()).toEqual({ pending: 2, delivered: 1, failed: 2, gone: 1, superseded: 0 });
  });

  test('who does not hold the lease settles nothing', async () => {
    const { store, other } = stores();
    const id = await enqueued(store, activity('x'), [A]);
    const mine = { activityId: id, inbox: A, owner: 'me' };
    expect(await store.deliveries.settle(mine, DONE, 0)).toBe(false);
    await store.deliveries.lease(LEASE);
    for (const lost of [
      { ...mine, owner: 'you' },
      { ...mine, inbox: B },
      { ...mine, activityId: 'nothing' },
    ]) {
      expect(await store.deliveries.settle(lost, DONE, 1)).toBe(false);
    }
    await other.deliveries.lease({ ...LEASE, owner: 'you', now: 60 });
    expect(await store.deliveries.settle(mine, DONE, 61)).toBe(false);
    expect(await store.deliveries.ofActivity(id)).toMatchObject([{ state: 'pending', attempts: 0 }]);
    expect(await other.deliveries.settle({ ...mine, owner: 'you' }, DONE, 62)).toBe(true);
    expect(await other.deliveries.settle({ ...mine, owner: 'you' }, DONE, 63)).toBe(false);
    expect(await store.deliveries.ofActivity(id)).toMatchObject([{ state: 'delivered', attempts: 1, finishedAt: 62 }]);
  });

  test('a lease that ran out and that nobody took is still settled by its owner', async () => {
    const { store } = stores();
    const id = await enqueued(store, activity('x'), [A]);
    await store.deliveries.lease(LEASE);
    expect(await store.deliveries.settle({ activityId: id, inbox: A, owner: 'me' }, DONE, 1_000)).toBe(true);
    expect(await store.deliveries.lease({ ...LEASE, now: 2_000 })).toEqual([]);
  });

  test('an abandoned inbox ends what is pending for it, leased or not, and keeps its receipts', async () => {
    const { store, other } = stores();
    const first = await enqueued(store, activity('1'), [A, B]);
    await store.deliveries.lease(LEASE);
    await store.deliveries.settle({ activityId: first, inbox: A, owner: 'me' }, DONE, 1);
    const second = await enqueued(store, activity('2'), [A, B]);
    await store.deliveries.lease({ ...LEASE, limit: 1 });
    expect(await other.deliveries.abandon(A, '410 Gone', 5)).toBe(1);
    expect(await store.deliveries.ofActivity(second)).toMatchObject([
      { inbox: A, state: 'gone', lastError: '410 Gone', finishedAt: 5, attempts: 0 },
      { inbox: B, state: 'pending' },
    ]);
    expect(await store.deliveries.ofActivity(first)).toMatchObject([{ state: 'delivered' }, { state: 'pending' }]);
    expect(await store.deliveries.settle({ activityId: second, inbox: A, owner: 'me' }, DONE, 6)).toBe(false);
    expect(await other.deliveries.abandon(A, 'again', 7)).toBe(0);
  });
}
