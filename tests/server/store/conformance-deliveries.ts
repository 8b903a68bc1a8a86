import { describe, expect, test } from 'vitest';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import type { Opened } from './conformance.ts';
import { AWKWARD, activity, enqueued } from './samples.ts';

const A = 'https://a.example/inbox';
const B = 'https://b.example/inbox';
const DONE: AfterAttempt = { state: 'delivered', status: 202 };
const LEASE = { owner: 'me', now: 0, leaseMs: 60, limit: 1_000 };

/** What every adapter promises of deliveries. */
export function deliveryConformance(stores: () => Opened): void {
  describe('enqueue', () => enqueueConformance(stores));
  describe('lease', () => leaseConformance(stores));
  describe('order', () => orderConformance(stores));
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
    const { id } = await store.activities.put(activity('x'));
    expect(await store.deliveries.enqueue(id, [A, B, A], { now: 5 })).toBe(2);
    expect(await other.deliveries.enqueue(id, [B, 'https://c.example/inbox'], { now: 6 })).toBe(1);
    expect(await other.deliveries.enqueue(id, [], { now: 6 })).toBe(0);
    const created = { activityId: id, state: 'pending', attempts: 0 };
    expect(await store.deliveries.ofActivity(id)).toEqual([
      { ...created, inbox: A, createdAt: 5, dueAt: 5 },
      { ...created, inbox: B, createdAt: 5, dueAt: 5 },
      { ...created, inbox: 'https://c.example/inbox', createdAt: 6, dueAt: 6 },
    ]);
    expect(await store.deliveries.counts()).toEqual({ pending: 3, delivered: 0, failed: 0, gone: 0 });
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
    expect(await store.deliveries.counts()).toEqual({ pending: 0, delivered: total, failed: 0, gone: 0 });
  });
}

function leaseConformance(stores: () => Opened): void {
  test('a lease carries the activity as stored and what is known of the delivery', async () => {
    const { store } = stores();
    const id = await enqueued(store, activity('x'), [A], 5);
    expect(await store.deliveries.lease({ ...LEASE, now: 4 })).toEqual([]);
    const leased = { activityId: id, inbox: A, createdAt: 5, activity: activity('x').json };
    expect(await store.deliveries.lease({ ...LEASE, now: 5 })).toEqual([{ ...leased, attempts: 0, leasedUntil: 65 }]);
    const retry: AfterAttempt = { state: 'pending', dueAt: 100, status: 503, error: 'busy' };
    await store.deliveries.settle({ activityId: id, inbox: A, owner: 'me' }, retry, 10);
    expect(await store.deliveries.lease({ ...LEASE, now: 99 })).toEqual([]);
    expect(await store.deliveries.lease({ ...LEASE, now: 100 })).toEqual([
      { ...leased, attempts: 1, leasedUntil: 160, lastStatus: 503 },
    ]);
  });

  test('no delivery is leased to two, and a lease that ran out is given to the next', async () => {
    const { store, other } = stores();
    await enqueued(store, activity('x'), [A]);
    expect(await store.deliveries.lease(LEASE)).toHaveLength(1);
    for (const owner of ['me', 'you']) expect(await other.deliveries.lease({ ...LEASE, owner, now: 59 })).toEqual([]);
    expect(await other.deliveries.lease({ ...LEASE, owner: 'you', now: 60 })).toHaveLength(1);
    expect(await store.deliveries.lease({ ...LEASE, now: 60 })).toEqual([]);
  });

  test('many callers at once share the queue out: each delivery once, none left', async () => {
    const { store, other } = stores();
    const inboxes = Array.from({ length: 300 }, (_, n) => `https://${n % 40}.example/inbox/${n}`);
    await enqueued(store, activity('x'), inboxes);
    const leases = Array.from({ length: 40 }, (_, n) =>
      (n % 2 ? store : other).deliveries.lease({ ...LEASE, owner: `w${n}`, limit: 10 }),
    );
    const given = (await Promise.all(leases)).flat().map(({ inbox }) => inbox);
    expect(given.toSorted()).toEqual(inboxes.toSorted());
  });

  test('at most `limit` are leased', async () => {
    const { store } = stores();
    await enqueued(
      store,
      activity('x'),
      Array.from({ length: 9 }, (_, n) => `https://${n}.example/inbox`),
    );
    for (const [limit, given] of [
      [0, 0],
      [4, 4],
      [4, 4],
      [4, 1],
      [4, 0],
    ] as const) {
      expect(await store.deliveries.lease({ ...LEASE, limit })).toHaveLength(given);
    }
  });

  test('a host with a long backlog does not keep the others waiting', async () => {
    const { store } = stores();
    await enqueued(
      store,
      activity('x'),
      Array.from({ length: 100 }, (_, n) => `https://big.example/users/${n}/inbox`),
    );
    await enqueued(store, activity('y'), [A, 'https://z.example/inbox'], 1);
    const first = await store.deliveries.lease({ ...LEASE, now: 1, limit: 5 });
    const hosts = first.map(({ inbox }) => new URL(inbox).host).toSorted();
    expect(hosts).toEqual(['a.example', 'big.example', 'big.example', 'big.example', 'z.example']);
    expect(await store.deliveries.lease({ ...LEASE, now: 1 })).toHaveLength(97);
  });

  test('hosts take turns across calls too', async () => {
    const { store } = stores();
    const inboxes = ['a', 'b', 'c'].flatMap((host) => [1, 2, 3].map((n) => `https://${host}.example/${n}`));
    await enqueued(store, activity('x'), inboxes);
    const given: string[] = [];
    for (let n = 0; n < 9; n += 1)
      given.push(...(await store.deliveries.lease({ ...LEASE, limit: 1 })).map((d) => d.inbox));
    for (const turn of [0, 3, 6])
      expect(new Set(given.slice(turn, turn + 3).map((inbox) => new URL(inbox).host)).size).toBe(3);
  });

  test('of one host, what has waited longest goes first', async () => {
    const { store } = stores();
    await enqueued(store, activity('late'), [A], 20);
    await enqueued(store, activity('early'), [A], 10);
    const [first] = await store.deliveries.lease({ ...LEASE, now: 30, limit: 1 });
    expect(first?.activityId).toBe(activity('early').id);
  });

  test('released leases are free at once, unattempted, and only their owner’s', async () => {
    const { store, other } = stores();
    const id = await enqueued(store, activity('x'), [A, B]);
    await store.deliveries.lease({ ...LEASE, limit: 1 });
    await store.deliveries.lease({ ...LEASE, owner: 'you', limit: 1 });
    await store.deliveries.release('me');
    await store.deliveries.release('nobody');
    const again = await other.deliveries.lease({ ...LEASE, owner: 'third', now: 1 });
    expect(again.map(({ inbox, attempts }) => ({ inbox, attempts }))).toEqual([{ inbox: A, attempts: 0 }]);
    expect(await store.deliveries.settle({ activityId: id, inbox: A, owner: 'me' }, DONE, 2)).toBe(false);
  });

  test('nextDue tells when a lease may give something', async () => {
    const { deliveries } = stores().store;
    expect(await deliveries.nextDue()).toBeUndefined();
    const first = await enqueued(stores().store, activity('x', 'o'), [A], 5);
    await enqueued(stores().store, activity('y', 'o'), [A], 2);
    await enqueued(stores().store, activity('z'), [B], 30);
    expect(await deliveries.nextDue()).toBe(5);
    await deliveries.lease({ ...LEASE, now: 5 });
    expect(await deliveries.nextDue()).toBe(30);
    await deliveries.lease({ ...LEASE, now: 30, leaseMs: 100 });
    expect(await deliveries.nextDue()).toBe(65);
    await deliveries.settle({ activityId: first, inbox: A, owner: 'me' }, DONE, 40);
    expect(await deliveries.nextDue()).toBe(2);
  });
}

function orderConformance(stores: () => Opened): void {
  test('an Update is not leased while its Create is pending, leased or waiting to be tried again', async () => {
    const { store, other } = stores();
    const create = await enqueued(store, activity('create', 'o'), [A, B]);
    const update = await enqueued(store, activity('update', 'o'), [A, B]);
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

  test('a delivery that starts over takes its old place: a resent Create goes before a waiting Delete', async () => {
    const { store } = stores();
    const create = await enqueued(store, activity('create', 'o'), [A]);
    await store.deliveries.lease(LEASE);
    await store.deliveries.settle({ activityId: create, inbox: A, owner: 'me' }, { state: 'failed', error: 'x' }, 1);
    await enqueued(store, activity('delete', 'o'), [A], 2);
    await store.deliveries.enqueue(create, [A], { now: 3, again: true });
    const leased = await store.deliveries.lease({ ...LEASE, now: 9 });
    expect(leased.map(({ activityId }) => activityId)).toEqual([create]);
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
    expect(await deliveries.counts()).toEqual({ pending: 2, delivered: 1, failed: 2, gone: 1 });
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
