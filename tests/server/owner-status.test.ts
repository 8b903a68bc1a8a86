import { afterEach, beforeEach, expect, test } from 'vitest';
import { readStatus } from '../../server/owner-status.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const INBOX = 'https://a.example/inbox';
const clock = () => NOW;

let store: Store;
beforeEach(() => {
  store = openMemoryStore();
});
afterEach(() => store.close());

async function enqueue(...inboxes: string[]): Promise<string> {
  const id = 'https://blog.example/ap/activities/create/1';
  const activity = {
    id,
    type: 'Create',
    actor: 'https://blog.example/ap/actor.json',
    object: 'https://blog.example/1',
  };
  await store.activities.put({ id, type: 'Create', json: activity, object: activity.object }, { now: NOW });
  await store.deliveries.enqueue(id, inboxes, { now: NOW });
  return id;
}

test('a store that nothing was told to yet', async () => {
  expect(await readStatus({ store, clock })).toEqual({
    now: NOW,
    isWritable: true,
    storeMs: 0,
    hasLedger: false,
    followers: 0,
    workers: 0,
    deliveries: { pending: 0, delivered: 0, failed: 0, gone: 0, superseded: 0 },
    troubled: [],
  });
});

test('what the host knows of itself comes along', async () => {
  const host = { name: 'netlify', lastSweepAt: NOW - 1_000, environmentBytes: 2_048 };
  expect((await readStatus({ store, clock, hostFacts: async () => host })).host).toEqual(host);
});

test('a store that forgets what was written is not writable', async () => {
  const inbound = { ...store.inbound, markSeen: async () => {}, seen: async () => false };
  expect((await readStatus({ store: { ...store, inbound }, clock })).isWritable).toBe(false);
});

test('deliveries that wait for their first turn are no trouble; one that failed names its server', async () => {
  const activityId = await enqueue(INBOX, 'https://b.example/inbox');
  const fresh = await readStatus({ store, clock });
  expect([fresh.deliveries.pending, fresh.nextDue, fresh.troubled]).toEqual([2, NOW, []]);
  await store.deliveries.lease({ owner: 'w', now: NOW, leaseMs: 1_000, limit: 10 });
  const after = { state: 'failed', status: 401, error: 'HTTP 401' } as const;
  await store.deliveries.settle({ activityId, inbox: INBOX, owner: 'w' }, after, NOW);
  const status = await readStatus({ store, clock });
  expect(status.troubled).toEqual([
    { host: 'a.example', pending: 0, failed: 1, lastStatus: 401, lastError: 'HTTP 401' },
  ]);
});
