import { expect, test } from 'vitest';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import type { Opened } from './conformance.ts';
import { activity, enqueued } from './samples.ts';

const A = 'https://a.example/inbox';
const B = 'https://b.example/inbox';
/** Of one host the first that was asked for goes first; which of two hosts does is nobody's promise. */
const A2 = 'https://a.example/inbox/2';
const DONE: AfterAttempt = { state: 'delivered', status: 202 };
const LEASE = { owner: 'me', now: 0, leaseMs: 60, limit: 1_000 };

/** What every adapter promises of leases. */
export function leaseConformance(stores: () => Opened): void {
  test('a lease carries the activity as stored and what is known of the delivery', async () => {
    const { store } = stores();
    const id = await enqueued(store, activity('x'), [A], 5);
    expect(await store.deliveries.lease({ ...LEASE, now: 4 })).toEqual([]);
    const leased = { activityId: id, inbox: A, createdAt: 5, activity: activity('x').json, storedAt: 5 };
    expect(await store.deliveries.lease({ ...LEASE, now: 5 })).toEqual([{ ...leased, attempts: 0, leasedUntil: 65 }]);
    const retry: AfterAttempt = { state: 'pending', dueAt: 100, status: 503, error: 'busy' };
    await store.deliveries.settle({ activityId: id, inbox: A, owner: 'me' }, retry, 10);
    expect(await store.deliveries.lease({ ...LEASE, now: 99 })).toEqual([]);
    expect(await store.deliveries.lease({ ...LEASE, now: 100 })).toEqual([
      { ...leased, attempts: 1, leasedUntil: 160, lastStatus: 503 },
    ]);
  });

  test('a delivery that starts over is created anew, its activity is as old as before', async () => {
    const { store } = stores();
    const id = await enqueued(store, activity('x'), [A], 5);
    await store.deliveries.lease({ ...LEASE, now: 5 });
    await store.deliveries.settle({ activityId: id, inbox: A, owner: 'me' }, DONE, 6);
    await store.deliveries.enqueue(id, [A], { now: 50, again: true });
    expect(await store.deliveries.lease({ ...LEASE, now: 50 })).toMatchObject([{ createdAt: 50, storedAt: 5 }]);
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

  test('answers go first, then what takes something back, then the rest, whatever the host and the wait', async () => {
    const { store } = stores();
    const types = ['Create', 'Update', 'Undo', 'Accept', 'Delete', 'Reject'];
    for (const [n, type] of types.entries()) await enqueued(store, activity(`${n}`, `${n}`, type), [B, A], n);
    const given = async (limit: number) =>
      (await store.deliveries.lease({ ...LEASE, now: 9, limit })).map(({ activity: { type } }) => type);
    const first = await given(3);
    const second = await given(9);
    expect([...first, ...second.slice(0, 1)].toSorted()).toEqual(['Accept', 'Accept', 'Reject', 'Reject']);
    expect(second.slice(1, 5).toSorted()).toEqual(['Delete', 'Delete', 'Undo', 'Undo']);
    expect(second.slice(5).toSorted()).toEqual(['Create', 'Create', 'Update', 'Update']);
  });

  test('an answer that is not due yet does not keep the rest waiting', async () => {
    const { store } = stores();
    await enqueued(store, activity('f', 'follow', 'Accept'), [A], 50);
    await enqueued(store, activity('x'), [A]);
    expect(await store.deliveries.lease({ ...LEASE, now: 49 })).toHaveLength(1);
    expect(await store.deliveries.lease({ ...LEASE, now: 50 })).toHaveLength(1);
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
    const id = await enqueued(store, activity('x'), [A, A2]);
    await store.deliveries.lease({ ...LEASE, limit: 1 });
    await store.deliveries.lease({ ...LEASE, owner: 'you', limit: 1 });
    await store.deliveries.release('me');
    await store.deliveries.release('nobody');
    const again = await other.deliveries.lease({ ...LEASE, owner: 'third', now: 1 });
    expect(again.map(({ inbox, attempts }) => ({ inbox, attempts }))).toEqual([{ inbox: A, attempts: 0 }]);
    expect(await store.deliveries.settle({ activityId: id, inbox: A, owner: 'me' }, DONE, 2)).toBe(false);
  });

  test('some leases are given back alone, and only to whom they belong', async () => {
    const { store } = stores();
    const id = await enqueued(store, activity('x'), [A, B]);
    await store.deliveries.lease(LEASE);
    await store.deliveries.release('you', [{ activityId: id, inbox: A }]);
    await store.deliveries.release('me', []);
    expect(await store.deliveries.lease({ ...LEASE, owner: 'third', now: 1 })).toEqual([]);
    await store.deliveries.release('me', [
      { activityId: id, inbox: B },
      { activityId: 'nothing', inbox: B },
    ]);
    expect(await store.deliveries.lease({ ...LEASE, owner: 'third', now: 1 })).toMatchObject([{ inbox: B }]);
    expect(await store.deliveries.settle({ activityId: id, inbox: A, owner: 'me' }, DONE, 2)).toBe(true);
  });

  test('a lease that has run out is given back too', async () => {
    const { store, other } = stores();
    const id = await enqueued(store, activity('x'), [A, A2]);
    await store.deliveries.lease(LEASE);
    await other.deliveries.lease({ ...LEASE, owner: 'you', now: 60, limit: 1 });
    await store.deliveries.release('me');
    for (const [inbox, held] of [
      [A, false],
      [A2, false],
    ] as const)
      expect(await store.deliveries.settle({ activityId: id, inbox, owner: 'me' }, DONE, 61)).toBe(held);
    expect(await other.deliveries.settle({ activityId: id, inbox: A, owner: 'you' }, DONE, 62)).toBe(true);
  });

  test('of many that are settled at once each is told whether its lease was held', async () => {
    const { store, other } = stores();
    const inboxes = Array.from({ length: 40 }, (_, n) => `https://${n}.example/inbox`);
    const ids = [await enqueued(store, activity('x'), inboxes), await enqueued(store, activity('y'), inboxes)];
    await store.deliveries.lease(LEASE);
    // The lease of one is given back and taken by another; of one the inbox is gone; one is settled twice.
    await store.deliveries.release('me', [{ activityId: ids[0] ?? '', inbox: 'https://3.example/inbox' }]);
    await other.deliveries.lease({ ...LEASE, owner: 'you', now: 1 });
    await store.deliveries.abandon('https://4.example/inbox', 'gone', 1);
    const pairs = ids.flatMap((activityId) => inboxes.map((inbox) => ({ activityId, inbox, owner: 'me' })));
    const settled = await Promise.all(
      [...pairs, ...pairs.slice(0, 1)].map((pair, n) =>
        store.deliveries.settle(pair, { state: 'delivered', status: 200 + (n % 3) }, 10 + n),
      ),
    );
    expect(settled.flatMap((isOurs, n) => (isOurs ? [] : [n]))).toEqual([3, 4, 44, 80]);
    expect((await store.deliveries.ofActivity(ids[1] ?? ''))[39]).toMatchObject({ lastStatus: 201, finishedAt: 89 });
    expect((await store.deliveries.ofActivity(ids[0] ?? ''))[3]).toMatchObject({ state: 'pending', attempts: 0 });
    expect(await store.inboxes.get('https://39.example/inbox')).toMatchObject({ deliveredAt: 89 });
    expect(await store.inboxes.get('https://4.example/inbox')).toBeUndefined();
  });

  test('what another leased meanwhile is not settled with the others', async () => {
    const { store, other } = stores();
    const id = await enqueued(store, activity('x'), [A, A2]);
    await store.deliveries.lease({ ...LEASE, limit: 1 });
    await other.deliveries.lease({ ...LEASE, owner: 'you' });
    const settled = [A, A2].map((inbox) => store.deliveries.settle({ activityId: id, inbox, owner: 'me' }, DONE, 1));
    expect(await Promise.all(settled)).toEqual([true, false]);
    expect(await store.deliveries.counts()).toMatchObject({ pending: 1, delivered: 1 });
  });

  test('of many that are settled at once each becomes what came of it', async () => {
    const { store } = stores();
    const inboxes = Array.from({ length: 6 }, (_, n) => `https://${n}.example/inbox`);
    const id = await enqueued(store, activity('x'), inboxes);
    await store.deliveries.lease(LEASE);
    const afters: AfterAttempt[] = [
      DONE,
      { state: 'pending', dueAt: 100, status: 404, error: 'HTTP 404' },
      { state: 'failed', status: 400, error: 'HTTP 400' },
      { state: 'delivered', status: 200 },
      { state: 'gone', status: 410, error: 'HTTP 410' },
      DONE,
    ];
    const settle = (after: AfterAttempt, n: number) =>
      store.deliveries.settle({ activityId: id, inbox: inboxes[n] ?? '', owner: 'me' }, after, 10);
    expect(await Promise.all(afters.map(settle))).toEqual(afters.map(() => true));
    const told = (await store.deliveries.ofActivity(id)).map(({ state, lastStatus }) => [state, lastStatus]);
    expect(told).toEqual(afters.map(({ state, status }) => [state, status]));
    expect(await store.inboxes.get('https://1.example/inbox')).toMatchObject({ missingSince: 10 });
  });

  test('what is leased is told as it is stored, whatever characters it holds', async () => {
    const { store } = stores();
    const inboxes = ['https://a.example/"quoted"\\', 'https://a.example/ü\u2028\u{1f5ff}', 'no url'];
    const id = await enqueued(store, activity('x'), inboxes);
    const leased = await store.deliveries.lease(LEASE);
    expect(leased.map(({ inbox }) => inbox).sort()).toEqual([...inboxes].sort());
    const settled = leased.map(({ inbox }) => store.deliveries.settle({ activityId: id, inbox, owner: 'me' }, DONE, 5));
    expect(await Promise.all(settled)).toEqual([true, true, true]);
  });

  test('leased tells how many are in somebody’s hands, whoever’s, until their lease ends', async () => {
    const { store, other } = stores();
    const id = await enqueued(store, activity('x'), [A, A2, 'https://a.example/inbox/3', 'https://a.example/inbox/4']);
    expect(await store.deliveries.leased(0)).toBe(0);
    await store.deliveries.lease({ ...LEASE, limit: 2 });
    await other.deliveries.lease({ ...LEASE, owner: 'you', now: 10, limit: 1 });
    expect([await store.deliveries.leased(10), await other.deliveries.leased(59)]).toEqual([3, 3]);
    expect([await store.deliveries.leased(60), await store.deliveries.leased(70)]).toEqual([1, 0]);
    await store.deliveries.settle({ activityId: id, inbox: A, owner: 'me' }, { state: 'pending', dueAt: 90 }, 11);
    expect(await store.deliveries.leased(11)).toBe(2);
    await store.deliveries.settle({ activityId: id, inbox: A2, owner: 'me' }, DONE, 11);
    await other.deliveries.release('you');
    expect(await store.deliveries.leased(11)).toBe(0);
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
