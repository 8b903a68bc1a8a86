import { expect, test } from 'vitest';
import type { HostHealth } from '../../../federation/breaker.ts';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import type { Opened } from './conformance.ts';
import { AWKWARD, activity, enqueued } from './samples.ts';

const A1 = 'https://a.example/1';
const A2 = 'https://a.example/2';
const A3 = 'https://a.example/3';
const B = 'https://b.example/inbox';
const LEASE = { owner: 'me', now: 0, leaseMs: 60, limit: 1_000 };
const TIMES = { probeAt: 100, restAt: 200 };
const HEALTH: HostHealth = { host: 'a.example', failures: 5, failingSince: 1, failedDays: 1, lastFailureAt: 9 };

/** What every adapter promises of hosts that are put off, hurried and given up. */
export function hostConformance(stores: () => Opened): void {
  const dueOf = async (id: string) => (await stores().other.deliveries.ofActivity(id)).map(({ dueAt }) => dueAt);
  const leased = async (now: number, limit = 1_000) =>
    (await stores().other.deliveries.lease({ ...LEASE, now, limit })).map(({ inbox }) => inbox);

  test('a host is remembered while it fails', async () => {
    const { store, other } = stores();
    expect(await store.hosts.get('a.example')).toBeUndefined();
    for (const host of AWKWARD) await store.hosts.put({ ...HEALTH, host, openUntil: 4 });
    for (const host of AWKWARD) expect(await other.hosts.get(host)).toEqual({ ...HEALTH, host, openUntil: 4 });
    await store.hosts.put({ ...HEALTH, host: '__proto__', failures: 6 });
    expect(await other.hosts.get('__proto__')).toEqual({ ...HEALTH, host: '__proto__', failures: 6 });
    for (const host of AWKWARD) expect(await other.hosts.remove(host)).toBe(true);
    for (const host of AWKWARD) expect(await store.hosts.remove(host)).toBe(false);
  });

  test('a lease says that there is a record of the host’s failures', async () => {
    const { store, other } = stores();
    await enqueued(store, activity('x'), [A1, B]);
    await other.hosts.put(HEALTH);
    const facts = (await store.deliveries.lease(LEASE)).map(({ hostFailing }) => hostFailing);
    expect(facts).toEqual([true, undefined]);
  });

  test('postpone: what would come first is due for the probe, the rest later, other hosts as before', async () => {
    const { store } = stores();
    const posts = await enqueued(store, activity('x'), [A1, A2, B]);
    const accept = await enqueued(store, activity('f', 'follow', 'Accept'), [A3], 50);
    await store.deliveries.postpone('a.example', TIMES);
    expect([await dueOf(accept), await dueOf(posts)]).toEqual([[100], [200, 200, 0]]);
    expect(await leased(99)).toEqual([B]);
    expect(await leased(100)).toEqual([A3]);
    expect(await leased(158)).toEqual([]);
    expect((await leased(200)).toSorted()).toEqual([A1, A2, A3, B]);
  });

  test('postpone never makes anything due earlier, and the probe is what is due by then', async () => {
    const { store } = stores();
    const accept = await enqueued(store, activity('f', 'follow', 'Accept'), [A1], 150);
    const late = await enqueued(store, activity('late'), [A2], 900);
    const soon = await enqueued(store, activity('soon'), [A3], 10);
    await store.deliveries.postpone('a.example', TIMES);
    expect([await dueOf(accept), await dueOf(late), await dueOf(soon)]).toEqual([[200], [900], [100]]);
    await store.deliveries.postpone('a.example', { probeAt: 50, restAt: 60 });
    expect([await dueOf(accept), await dueOf(late), await dueOf(soon)]).toEqual([[200], [900], [100]]);
  });

  test('postpone: what waits for an earlier activity of its object is no probe', async () => {
    const { store } = stores();
    const create = await enqueued(store, activity('c', 'o'), [A1], 20);
    const update = await enqueued(store, activity('u', 'o', 'Update'), [A1], 10);
    await store.deliveries.postpone('a.example', TIMES);
    expect([await dueOf(create), await dueOf(update)]).toEqual([[100], [200]]);
  });

  test('postpone leaves what is leased with who has it', async () => {
    const { store } = stores();
    const id = await enqueued(store, activity('x'), [A1, A2]);
    await store.deliveries.lease({ ...LEASE, limit: 1 });
    await store.deliveries.postpone('a.example', TIMES);
    expect(await dueOf(id)).toEqual([0, 100]);
    expect(await leased(59)).toEqual([]);
    expect(await leased(60)).toEqual([A1]);
  });

  test('what is asked for while a host is postponed is due when the host is; the first of all is its probe', async () => {
    const { store } = stores();
    await store.deliveries.postpone('a.example', TIMES);
    const first = await enqueued(store, activity('x'), [A1, A2, B], 5);
    const second = await enqueued(store, activity('y'), [A3], 6);
    expect([await dueOf(first), await dueOf(second)]).toEqual([[100, 200, 5], [200]]);
    const past = await enqueued(store, activity('z'), [A1], 300);
    expect(await dueOf(past)).toEqual([300]);
  });

  test('a Delete that supersedes the probe takes its place', async () => {
    const { store } = stores();
    await enqueued(store, activity('c', 'o'), [A1]);
    const rest = await enqueued(store, activity('x'), [A2]);
    await store.deliveries.postpone('a.example', TIMES);
    const gone = await enqueued(store, activity('d', 'o', 'Delete'), [A1], 1);
    expect([await dueOf(rest), await dueOf(gone)]).toEqual([[200], [100]]);
  });

  test('hasten: all that is pending is due at once, and so is what is asked for from then on', async () => {
    const { store } = stores();
    const id = await enqueued(store, activity('x'), [A1, A2, B]);
    for (const host of ['a.example', 'b.example']) await store.deliveries.postpone(host, TIMES);
    await store.deliveries.hasten('a.example', 7);
    expect(await dueOf(id)).toEqual([7, 7, 100]);
    expect(await dueOf(await enqueued(store, activity('y'), [A3], 8))).toEqual([8]);
    expect((await leased(8)).toSorted()).toEqual([A1, A2, A3]);
  });

  test('retry starts failed deliveries over and hurries those that wait, of one host or of all', async () => {
    const { store, other } = stores();
    const id = await enqueued(store, activity('x'), [A1, A2, A3, B]);
    await store.deliveries.lease(LEASE);
    const ends: AfterAttempt[] = [
      { state: 'failed', status: 400, error: 'bad' },
      { state: 'pending', dueAt: 900, status: 503 },
      { state: 'gone', status: 410, error: 'gone' },
      { state: 'failed', error: 'bad' },
    ];
    for (const [n, end] of ends.entries()) {
      const inbox = [A1, A2, A3, B][n] ?? '';
      await store.deliveries.settle({ activityId: id, inbox, owner: 'me' }, end, 1);
    }
    await store.deliveries.postpone('a.example', { probeAt: 1_000, restAt: 2_000 });
    expect(await other.deliveries.retry({ host: 'a.example', now: 5 })).toBe(2);
    const [first, second, third, fourth] = await store.deliveries.ofActivity(id);
    expect(first).toEqual({ activityId: id, inbox: A1, state: 'pending', attempts: 0, createdAt: 5, dueAt: 5 });
    expect(second).toMatchObject({ state: 'pending', attempts: 1, createdAt: 0, dueAt: 5, lastStatus: 503 });
    expect([third?.state, fourth?.state]).toEqual(['gone', 'failed']);
    expect(await dueOf(await enqueued(store, activity('y'), [A3], 6))).toEqual([6]);
    expect(await other.deliveries.retry({ host: 'a.example', now: 6 })).toBe(0);
    expect(await other.deliveries.retry({ now: 6 })).toBe(1);
    expect((await leased(6)).toSorted()).toEqual([A1, A2, A3, B]);
    expect(await other.deliveries.retry({ now: 7 })).toBe(0);
  });

  test('giveUp ends what is old, pending and not leased for a host', async () => {
    const { store } = stores();
    const held = await enqueued(store, activity('held'), [A1], 1);
    await store.deliveries.lease({ ...LEASE, now: 1 });
    const old = await enqueued(store, activity('old'), [A1, B], 1);
    const young = await enqueued(store, activity('young'), [A1], 2);
    const options = { createdBefore: 2, error: 'unreachable for three days', now: 9 };
    expect(await store.deliveries.giveUp('a.example', options)).toBe(1);
    expect(await store.deliveries.ofActivity(old)).toMatchObject([
      { state: 'failed', attempts: 0, lastError: options.error, finishedAt: 9 },
      { state: 'pending' },
    ]);
    for (const id of [held, young]) expect(await store.deliveries.ofActivity(id)).toMatchObject([{ state: 'pending' }]);
    expect(await store.deliveries.giveUp('a.example', options)).toBe(0);
  });

  test('troubled: each host with what waits, failed and is gone, and its last answer; longest failing first', async () => {
    const { store, other } = stores();
    const inboxes = [A1, A2, A3, B, 'https://c.example/inbox', 'https://d.example/inbox'];
    const id = await enqueued(store, activity('x'), inboxes);
    await store.deliveries.lease(LEASE);
    const ends: readonly (readonly [string, AfterAttempt, number])[] = [
      [A1, { state: 'gone', status: 410, error: 'HTTP 410' }, 3],
      [A2, { state: 'failed', status: 400, error: 'HTTP 400' }, 9],
      [A3, { state: 'pending', dueAt: 70, error: 'ECONNREFUSED' }, 5],
      [B, { state: 'pending', dueAt: 80, status: 503, error: 'HTTP 503' }, 5],
      ['https://c.example/inbox', { state: 'delivered', status: 202 }, 5],
    ];
    for (const [inbox, end, now] of ends) {
      await store.deliveries.settle({ activityId: id, inbox, owner: 'me' }, end, now);
    }
    await store.hosts.put({ ...HEALTH, host: 'b.example', failingSince: 4, openUntil: 6 });
    const b = {
      host: 'b.example',
      pending: 1,
      failed: 0,
      gone: 0,
      nextDue: 80,
      lastStatus: 503,
      lastError: 'HTTP 503',
    };
    const queues = [
      { ...b, health: { ...HEALTH, host: 'b.example', failingSince: 4, openUntil: 6 } },
      { host: 'a.example', pending: 1, failed: 1, gone: 1, nextDue: 70, lastStatus: 400, lastError: 'HTTP 400' },
      { host: 'd.example', pending: 1, failed: 0, gone: 0, nextDue: 60 },
    ];
    expect(await other.deliveries.troubled({ limit: 10 })).toEqual(queues);
    expect(await other.deliveries.troubled({ limit: 1 })).toEqual(queues.slice(0, 1));
    await store.hosts.put({ ...HEALTH, failingSince: 3 });
    expect((await other.deliveries.troubled({ limit: 10 })).map(({ host }) => host[0]).join('')).toBe('abd');
  });
}
