import { expect, test } from 'vitest';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import type { Opened } from './conformance.ts';
import { activity, enqueued } from './samples.ts';

const A = 'https://a.example/inbox';
const B = 'https://b.example/inbox';
const A2 = 'https://a.example/inbox/2';
const DONE: AfterAttempt = { state: 'delivered', status: 202 };
const RETRY = { state: 'pending', dueAt: 10, status: 503, error: 'HTTP 503' } as const;
const LEASE = { owner: 'me', now: 5, leaseMs: 60, limit: 1_000 };
const CREATE = activity('c', 'o');
const UPDATE = activity('u', 'o', 'Update');
const NEWER = activity('n', 'o', 'Update');
const DELETE = activity('d', 'o', 'Delete');

/** What every adapter promises of activities that make earlier ones pointless. */
export function supersedingConformance(stores: () => Opened): void {
  const statesOf = async (id: string) =>
    (await stores().other.deliveries.ofActivity(id)).map(({ state }) => state).join(' ');
  const leasedTypes = async (options: Partial<typeof LEASE> = {}) =>
    (await stores().other.deliveries.lease({ ...LEASE, ...options })).map(({ activity: { type } }) => type);

  test('a Delete supersedes the Create and Updates that wait, of the same object and inbox', async () => {
    const { store } = stores();
    for (const sent of [CREATE, UPDATE]) await enqueued(store, sent, [A, B]);
    const elsewhere = await enqueued(store, activity('other'), [A]);
    await enqueued(store, DELETE, [A], 3);
    expect(await statesOf(CREATE.id)).toBe('superseded pending');
    expect(await statesOf(UPDATE.id)).toBe('superseded pending');
    expect(await statesOf(elsewhere)).toBe('pending');
    const [create] = await store.deliveries.ofActivity(CREATE.id);
    expect(create).toMatchObject({ attempts: 0, finishedAt: 3 });
    expect(await store.deliveries.counts()).toMatchObject({ superseded: 2, pending: 4 });
  });

  test('an Update supersedes earlier Updates, not the Create, and a Delete no Delete', async () => {
    const { store } = stores();
    for (const sent of [CREATE, UPDATE, NEWER]) await enqueued(store, sent, [A]);
    expect([await statesOf(CREATE.id), await statesOf(UPDATE.id)]).toEqual(['pending', 'superseded']);
    const first = await enqueued(store, activity('d1', 'p', 'Delete'), [A]);
    await enqueued(store, activity('d2', 'p', 'Delete'), [A]);
    expect(await statesOf(first)).toBe('pending');
  });

  test('a delivery that waits to be tried again is superseded too, and the Delete need not wait for it', async () => {
    const { store } = stores();
    await enqueued(store, CREATE, [A]);
    await store.deliveries.lease(LEASE);
    await store.deliveries.settle({ activityId: CREATE.id, inbox: A, owner: 'me' }, { ...RETRY, dueAt: 9_000 }, 6);
    await enqueued(store, DELETE, [A], 7);
    expect(await statesOf(CREATE.id)).toBe('superseded');
    expect(await leasedTypes({ now: 7 })).toEqual(['Delete']);
  });

  test('what is leased is waited for; when it ends with a retry it is superseded, with its receipt', async () => {
    const { store } = stores();
    await enqueued(store, CREATE, [A]);
    await store.deliveries.lease(LEASE);
    await enqueued(store, DELETE, [A], 6);
    expect(await statesOf(CREATE.id)).toBe('pending');
    expect(await leasedTypes({ now: 7 })).toEqual([]);
    expect(await store.deliveries.settle({ activityId: CREATE.id, inbox: A, owner: 'me' }, RETRY, 8)).toBe(true);
    expect(await store.deliveries.ofActivity(CREATE.id)).toEqual([
      {
        activityId: CREATE.id,
        inbox: A,
        state: 'superseded',
        attempts: 1,
        createdAt: 0,
        dueAt: 0,
        lastStatus: 503,
        lastError: 'HTTP 503',
        finishedAt: 8,
      },
    ]);
    expect(await leasedTypes({ now: 8 })).toEqual(['Delete']);
  });

  test('what is leased and arrives is delivered', async () => {
    const { store } = stores();
    await enqueued(store, CREATE, [A]);
    await store.deliveries.lease(LEASE);
    await enqueued(store, DELETE, [A]);
    await store.deliveries.settle({ activityId: CREATE.id, inbox: A, owner: 'me' }, DONE, 8);
    expect(await statesOf(CREATE.id)).toBe('delivered');
    expect(await leasedTypes({ now: 8 })).toEqual(['Delete']);
  });

  test('a lease that runs out is not given again but superseded; until then its owner settles it', async () => {
    const { store } = stores();
    await enqueued(store, CREATE, [A, B]);
    await store.deliveries.lease(LEASE);
    await enqueued(store, DELETE, [A, B], 6);
    expect(await leasedTypes({ owner: 'you', now: 64 })).toEqual([]);
    await store.deliveries.settle({ activityId: CREATE.id, inbox: B, owner: 'me' }, DONE, 65);
    expect(await leasedTypes({ owner: 'you', now: 65 })).toEqual(['Delete', 'Delete']);
    expect(await statesOf(CREATE.id)).toBe('superseded delivered');
    expect((await store.deliveries.ofActivity(CREATE.id))[0]).toMatchObject({ finishedAt: 65, attempts: 0 });
    expect(await store.deliveries.settle({ activityId: CREATE.id, inbox: A, owner: 'me' }, DONE, 66)).toBe(false);
  });

  test('a lease that is given back is superseded too', async () => {
    const { store } = stores();
    await enqueued(store, CREATE, [A]);
    await store.deliveries.lease(LEASE);
    await enqueued(store, DELETE, [A], 6);
    await store.deliveries.release('me');
    expect(await leasedTypes({ now: 7 })).toEqual(['Delete']);
    expect(await statesOf(CREATE.id)).toBe('superseded');
  });

  test('what was superseded never starts over: not again, not by a retry, not when the Delete has failed', async () => {
    const { store } = stores();
    for (const sent of [CREATE, UPDATE]) await enqueued(store, sent, [A]);
    await store.deliveries.lease(LEASE);
    const failed: AfterAttempt = { state: 'failed', error: 'bad' };
    await store.deliveries.settle({ activityId: CREATE.id, inbox: A, owner: 'me' }, failed, 6);
    await enqueued(store, DELETE, [A], 6);
    expect([await statesOf(CREATE.id), await statesOf(UPDATE.id)]).toEqual(['failed', 'superseded']);
    expect(await leasedTypes()).toEqual([]);
    await store.deliveries.lease({ ...LEASE, now: 6 });
    await store.deliveries.settle({ activityId: DELETE.id, inbox: A, owner: 'me' }, failed, 7);
    for (const { id } of [CREATE, UPDATE]) {
      expect(await store.deliveries.enqueue(id, [A], { now: 8, again: true })).toBe(0);
    }
    expect(await store.deliveries.retry({ now: 8 })).toBe(1);
    expect(await leasedTypes({ now: 8 })).toEqual(['Delete']);
  });

  test('asked for again, a superseding activity supersedes nothing that was asked for later', async () => {
    const { store } = stores();
    await enqueued(store, UPDATE, [A]);
    await store.deliveries.lease(LEASE);
    await store.deliveries.settle({ activityId: UPDATE.id, inbox: A, owner: 'me' }, DONE, 6);
    await enqueued(store, NEWER, [A], 7);
    await store.deliveries.enqueue(UPDATE.id, [A], { now: 8, again: true });
    expect([await statesOf(UPDATE.id), await statesOf(NEWER.id)]).toEqual(['delivered', 'pending']);
  });

  test('the end of the account supersedes all that is pending but its own activity', async () => {
    const { store, other } = stores();
    const create = await enqueued(store, CREATE, [A, A2]);
    const accept = await enqueued(store, activity('f', 'follow', 'Accept'), [A]);
    await store.deliveries.lease({ ...LEASE, limit: 2 });
    const failed = { activityId: create, inbox: A, owner: 'me' };
    await store.deliveries.settle(failed, { state: 'failed', error: 'bad' }, 6);
    const end = await enqueued(store, activity('end', 'actor', 'Delete'), [A, A2], 7);
    expect(await other.deliveries.supersedeAll({ except: end, now: 8 })).toBe(1);
    expect([await statesOf(create), await statesOf(accept), await statesOf(end)]).toEqual([
      'failed superseded',
      'pending',
      'pending pending',
    ]);
    await store.deliveries.settle({ activityId: accept, inbox: A, owner: 'me' }, RETRY, 9);
    expect(await statesOf(accept)).toBe('superseded');
    expect(await store.deliveries.retry({ now: 10 })).toBe(0);
    expect(await store.deliveries.enqueue(create, [A], { now: 10, again: true })).toBe(0);
    expect(await leasedTypes({ now: 10 })).toEqual(['Delete', 'Delete']);
  });
}
