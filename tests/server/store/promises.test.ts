import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AfterAttempt, priorityOf, supersedes } from '../../../federation/delivery.ts';
import type { OutgoingActivity } from '../../../federation/outcome.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { openSqliteStore } from '../../../server/store/sqlite.ts';
import type { Store } from '../../../server/store/store.ts';
import { openBlobModel } from './blob-model.ts';
import { openDeliveries } from './blobs-deliveries-store.ts';
import { activity } from './samples.ts';

/*
 * What must hold of every lease, whatever was done before: checked against a record of what was asked for and what is
 * held, which knows nothing of how a store works. Time only goes on.
 */

const ACTIVITIES = [
  activity('c', 'o'),
  activity('u1', 'o', 'Update'),
  activity('u2', 'o', 'Update'),
  activity('d', 'o', 'Delete'),
  activity('x', 'p'),
  activity('y', 'p', 'Delete'),
  activity('f', 'f', 'Accept'),
];
const INBOXES = ['https://a.example/1', 'https://a.example/2', 'https://b.example/1'];
const LEASE_MS = 10;

interface Record {
  /** Pairs in the order in which they were first asked for. */
  readonly asked: { readonly sent: OutgoingActivity; readonly inbox: string }[];
  /** Leases by pair: who holds it, until when. */
  readonly held: Map<string, { readonly owner: string; readonly until: number }>;
}

type Step = (store: Store, record: Record, now: number) => Promise<void>;

const after: fc.Arbitrary<AfterAttempt> = fc.oneof(
  fc.constant<AfterAttempt>({ state: 'delivered', status: 202 }),
  fc.nat(8).map((wait): AfterAttempt => ({ state: 'pending', dueAt: wait, status: 503 })),
  fc.constant<AfterAttempt>({ state: 'failed', error: 'bad' }),
);
const owner = fc.constantFrom('me', 'you', 'they');
const host = fc.constantFrom('a.example', 'b.example');

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(fc.constantFrom(...ACTIVITIES), fc.subarray(INBOXES, { minLength: 1 }), fc.boolean()).map(
    ([sent, inboxes, again]): Step =>
      async (store, { asked }, now) => {
        await store.deliveries.enqueue(sent.id, inboxes, { now, again });
        for (const inbox of inboxes) {
          if (!asked.some((each) => each.sent === sent && each.inbox === inbox)) asked.push({ sent, inbox });
        }
      },
  ),
  fc.tuple(owner, fc.nat(5)).map(
    ([who, limit]): Step =>
      (store, record, now) =>
        lease(store, record, who, now, limit),
  ),
  fc.tuple(fc.nat(20), after).map(
    ([index, end]): Step =>
      async (store, { held }, now) => {
        const [key, holder] = [...held][index % Math.max(1, held.size)] ?? [];
        if (key === undefined || holder === undefined) return;
        const [activityId = '', inbox = ''] = key.split(' ');
        const shifted = end.state === 'pending' ? { ...end, dueAt: now + end.dueAt } : end;
        const settled = await store.deliveries.settle({ activityId, inbox, owner: holder.owner }, shifted, now);
        // While the lease lasts nobody else can have ended it.
        if (holder.until > now) expect(settled).toBe(true);
        held.delete(key);
      },
  ),
  owner.map(
    (who): Step =>
      async (store, { held }) => {
        await store.deliveries.release(who);
        for (const [key, holder] of held) if (holder.owner === who) held.delete(key);
      },
  ),
  fc.tuple(fc.option(host), fc.nat(9)).map(
    ([name, _]): Step =>
      async (store, _record, now) => {
        await store.deliveries.retry({ ...(name === null ? {} : { host: name }), now });
      },
  ),
  fc.tuple(host, fc.nat(9)).map(
    ([name, wait]): Step =>
      async (store, _record, now) => {
        await store.deliveries.postpone(name, { probeAt: now + wait, restAt: now + 2 * wait });
      },
  ),
  host.map(
    (name): Step =>
      (store, _record, now) =>
        store.deliveries.hasten(name, now),
  ),
  host.map(
    (name): Step =>
      async (store, _record, now) => {
        await store.deliveries.giveUp(name, { createdBefore: now - 5, error: 'given up', now });
      },
  ),
);

/** Leases, and checks all that is promised of what is given. */
async function lease(store: Store, { asked, held }: Record, who: string, now: number, limit: number): Promise<void> {
  const given = await store.deliveries.lease({ owner: who, now, leaseMs: LEASE_MS, limit });
  expect(given.length).toBeLessThanOrEqual(limit);
  const priorities = given.map(({ activity: { type } }) => priorityOf(String(type)));
  expect(priorities).toEqual(priorities.toSorted());
  for (const { activityId, inbox } of given) {
    const key = `${activityId} ${inbox}`;
    expect(held.get(key)?.until ?? now, 'held by another').toBeLessThanOrEqual(now);
    held.set(key, { owner: who, until: now + LEASE_MS });
    const place = asked.findIndex(({ sent, inbox: to }) => sent.id === activityId && to === inbox);
    const object = asked[place]?.sent.object;
    const type = asked[place]?.sent.type ?? '';
    for (const [index, other] of asked.entries()) {
      if (other.inbox !== inbox || other.sent.object !== object) continue;
      if (index > place) expect(supersedes(other.sent.type, type), `${type} after a ${other.sent.type}`).toBe(false);
      if (index >= place) continue;
      const earlier = (await store.deliveries.ofActivity(other.sent.id)).find((each) => each.inbox === inbox);
      expect(earlier?.state, `${type} before its ${other.sent.type}`).not.toBe('pending');
    }
  }
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-promises-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
test.each([
  ['memory', () => openMemoryStore(), 300],
  ['Blobs', () => openDeliveries(openBlobModel()), 60],
  ['SQLite', () => openSqliteStore(join(folder, `${++files}.db`)), 40],
] as const)(
  '%s: no lease breaks a promise, whatever is done in whatever order',
  { timeout: 120_000 },
  async (_, open, numRuns) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(step, fc.nat(4)), { minLength: 5, maxLength: 60 }), async (steps) => {
        const store = open();
        const record: Record = { asked: [], held: new Map() };
        let now = 0;
        try {
          for (const each of ACTIVITIES) await store.activities.put(each, { now });
          for (const [run, wait] of steps) {
            now += wait;
            await run(store, record, now);
          }
          // In the end nothing is stuck: whatever is left is given out once it is due.
          for (let round = 0; (await store.deliveries.counts()).pending > 0; round += 1) {
            expect(round).toBeLessThan(20);
            now = Math.max(now, (await store.deliveries.nextDue()) ?? now);
            await lease(store, record, 'last', now, 100);
            for (const [key, { owner: who }] of record.held) {
              const [activityId = '', inbox = ''] = key.split(' ');
              await store.deliveries.settle(
                { activityId, inbox, owner: who },
                { state: 'delivered', status: 202 },
                now,
              );
            }
            record.held.clear();
          }
        } finally {
          await store.close();
        }
      }),
      { numRuns },
    );
  },
);
