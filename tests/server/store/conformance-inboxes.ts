import { expect, test } from 'vitest';
import type { AfterAttempt } from '../../../federation/delivery.ts';
import type { Opened } from './conformance.ts';
import { AWKWARD, activity, collect, enqueued } from './samples.ts';

const A = 'https://a.example/inbox';
const B = 'https://b.example/inbox';
const DONE: AfterAttempt = { state: 'delivered', status: 202 };
const LEASE = { owner: 'me', leaseMs: 60, limit: 10 };

/** What every adapter promises of the records of inboxes. */
export function inboxConformance(stores: () => Opened): void {
  /** Attempts one delivery to `inbox` and ends it so. */
  const attempt = async (inbox: string, end: AfterAttempt, now: number) => {
    const { store } = stores();
    const id = await enqueued(store, activity(`${now}`), [inbox], now);
    const [leased] = await store.deliveries.lease({ ...LEASE, now });
    await store.deliveries.settle({ activityId: id, inbox, owner: 'me' }, end, now);
    await store.deliveries.abandon(inbox, 'end of the test', now);
    return leased;
  };
  const answer = (status: number, state: 'failed' | 'pending' = 'pending'): AfterAttempt =>
    state === 'pending'
      ? { state, status, error: `HTTP ${status}`, dueAt: 1_000 }
      : { state, status, error: `HTTP ${status}` };
  const recordOf = (inbox: string) => stores().other.inboxes.get(inbox);

  test('a delivery that arrives is known of its inbox, the newest time of all', async () => {
    expect(await recordOf(A)).toBeUndefined();
    await attempt(A, DONE, 5);
    expect(await recordOf(A)).toEqual({ inbox: A, deliveredAt: 5 });
    await attempt(A, DONE, 7);
    await attempt(A, DONE, 6);
    expect(await recordOf(A)).toEqual({ inbox: A, deliveredAt: 7 });
    expect(await recordOf(B)).toBeUndefined();
  });

  test('a row of 404s is known from its first on, whatever was delivered, and the next lease tells', async () => {
    await attempt(A, DONE, 1);
    expect(await attempt(A, answer(404), 5)).not.toHaveProperty('missingSince');
    expect(await recordOf(A)).toEqual({ inbox: A, deliveredAt: 1, missingSince: 5 });
    expect((await attempt(A, answer(404, 'failed'), 6))?.missingSince).toBe(5);
    expect((await attempt(A, answer(404), 7))?.missingSince).toBe(5);
    await attempt(B, answer(404), 8);
    expect(await recordOf(B)).toEqual({ inbox: B, missingSince: 8 });
  });

  test.each([
    ['a delivery', DONE, { deliveredAt: 6 }],
    ['401', answer(401), {}],
    ['403', answer(403, 'failed'), {}],
    ['a redirect', answer(301), {}],
    ['410', { state: 'gone', status: 410, error: 'HTTP 410' }, {}],
  ] as const)('%s ends a row of 404s', async (_, end, left) => {
    await attempt(A, answer(404), 5);
    await attempt(A, end, 6);
    expect(await recordOf(A)).toEqual({ inbox: A, ...left });
    await attempt(A, answer(404), 7);
    expect(await recordOf(A)).toEqual({ inbox: A, ...left, missingSince: 7 });
  });

  test.each([
    ['408', answer(408)],
    ['425', answer(425)],
    ['429', answer(429)],
    ['500', answer(500)],
    ['501', answer(501, 'failed')],
    ['no answer', { state: 'pending', dueAt: 90, error: 'ECONNREFUSED' }],
    ['our own guard', { state: 'failed', error: 'blocked' }],
  ] as const)('%s says nothing about an inbox', async (_, end) => {
    await attempt(A, answer(404), 5);
    await attempt(A, end, 6);
    expect(await recordOf(A)).toEqual({ inbox: A, missingSince: 5 });
    await attempt(B, end, 7);
    expect(await recordOf(B)).toBeUndefined();
  });

  test('an attempt that was not settled leaves no record', async () => {
    const { store } = stores();
    const id = await enqueued(store, activity('x'), [A]);
    await store.deliveries.lease({ ...LEASE, now: 0 });
    expect(await store.deliveries.settle({ activityId: id, inbox: A, owner: 'you' }, DONE, 1)).toBe(false);
    expect(await recordOf(A)).toBeUndefined();
  });

  test('hearing from an inbox ends its row of 404s, and nothing else', async () => {
    const { store } = stores();
    await attempt(A, DONE, 1);
    for (const inbox of [A, B]) await attempt(inbox, answer(404), 5);
    await store.inboxes.found([A, 'https://nobody.example/inbox']);
    await store.inboxes.found([]);
    expect(await recordOf(A)).toEqual({ inbox: A, deliveredAt: 1 });
    expect(await recordOf(B)).toEqual({ inbox: B, missingSince: 5 });
    expect(await recordOf('https://nobody.example/inbox')).toBeUndefined();
  });

  test('hearing from several inboxes ends the row of each, and of no other', async () => {
    const { inboxes } = stores().store;
    const all = [A, B, 'https://c.example/inbox', 'https://d.example/inbox'];
    for (const heard of [all.slice(0, 1), all.slice(0, 2), all.slice(1, 4)]) {
      await inboxes.put(all.map((inbox) => ({ inbox, missingSince: 9 })));
      await inboxes.found(heard);
      for (const inbox of all) {
        expect(await recordOf(inbox)).toEqual(heard.includes(inbox) ? { inbox } : { inbox, missingSince: 9 });
      }
    }
  });

  test('inboxes that something was delivered to since a time are known', async () => {
    const { inboxes } = stores().store;
    await inboxes.put([
      { inbox: A, deliveredAt: 5 },
      { inbox: B, deliveredAt: 7, missingSince: 9 },
      { inbox: 'never', missingSince: 9 },
      { inbox: 'at once', deliveredAt: 0 },
    ]);
    const since = async (time: number) => (await stores().other.inboxes.deliveredSince(time)).toSorted();
    expect(await since(0)).toEqual(['at once', A, B]);
    expect(await since(5)).toEqual([A, B]);
    expect(await since(6)).toEqual([B]);
    expect(await since(8)).toEqual([]);
  });

  test('records are restored: added or replaced whole, however many', async () => {
    const { store, other } = stores();
    const records = [...AWKWARD, ...Array.from({ length: 1_200 }, (_, n) => `https://${n}.example/inbox`)].map(
      (inbox, n) => ({ inbox, ...(n % 2 ? { deliveredAt: n } : { missingSince: n }) }),
    );
    await store.inboxes.put(records);
    const byInbox = (a: { inbox: string }, b: { inbox: string }) => (a.inbox < b.inbox ? -1 : 1);
    expect((await collect(other.inboxes.all())).toSorted(byInbox)).toEqual(records.toSorted(byInbox));
    await store.inboxes.put([{ inbox: '__proto__', deliveredAt: 3 }]);
    expect(await other.inboxes.get('__proto__')).toEqual({ inbox: '__proto__', deliveredAt: 3 });
    for await (const _ of store.inboxes.all()) break;
    await other.inboxes.put([{ inbox: A }]);
    expect(await store.inboxes.get(A)).toEqual({ inbox: A });
  });
}
