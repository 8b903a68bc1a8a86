import { beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../../../server/store/store.ts';
import { type BlobModel, openBlobModel, type WriteFate } from './blob-model.ts';
import { openDeliveries } from './blobs-deliveries-store.ts';
import { queueOf } from './known-buckets.ts';
import { activity, enqueued } from './samples.ts';

/* What crosses documents can be interrupted between two of them: it is repeated, and what was done is not done again. */

const DONE = { state: 'delivered', status: 202 } as const;
const DAY = 86_400_000;
/** Each in a document of its own. */
const INBOXES = [0, 1, 2, 4, 5, 6].map((n) => `https://${n}.example/inbox`);
const LEASE = { owner: 'me', now: 0, leaseMs: 60_000, limit: 100 };

test('the hosts of these tests are in six documents', () => {
  expect(new Set(INBOXES.map((inbox) => queueOf(new URL(inbox).host))).size).toBe(6);
});

let fate: (key: string) => WriteFate;
let before: (what: string) => Promise<void>;
let model: BlobModel;
beforeEach(() => {
  fate = () => 'made';
  before = async () => {};
  model = openBlobModel({ step: (what) => before(what), fate: (key) => fate(key) });
});

/** Refuses a write, the first being number 0, and every one after it: a process that ends there. */
function refuseFrom(number: number): void {
  let writes = 0;
  fate = () => (writes++ >= number ? 'refused' : 'made');
}

async function deliverAll(store: Store, now = 0): Promise<void> {
  const leased = await store.deliveries.lease({ ...LEASE, now });
  for (const each of leased) await store.deliveries.settle({ ...each, owner: 'me' }, DONE, now + 1);
}

/** How many deliveries of an object are told of, one by one or as counts. */
async function told({ deliveries }: Store, object: string): Promise<number> {
  const receipts = await deliveries.receipts(object);
  return receipts.deliveries.length + receipts.folded.reduce((total, { count }) => total + count, 0);
}

describe('a fold that ends after some of its writes', () => {
  /** A write for each of six documents, for the counts of two objects, and for each of six documents again. */
  test.each(Array.from({ length: 15 }, (_, n) => [n]))('%i', async (writes) => {
    const store = openDeliveries(model);
    await enqueued(store, activity('x', 'o'), INBOXES);
    await enqueued(store, activity('y', 'p'), INBOXES);
    await deliverAll(store);
    refuseFrom(writes);
    await openDeliveries(model)
      .deliveries.fold(9)
      .catch(() => undefined);
    fate = () => 'made';
    const after = openDeliveries(model);
    for (const object of ['o', 'p']) expect(await told(after, object)).toBe(6);
    await enqueued(after, activity('z', 'o', 'Update'), INBOXES.slice(0, 2), 10);
    await deliverAll(after, 10);
    await after.deliveries.fold(20);
    expect((await after.deliveries.counts()).delivered).toBe(0);
    expect(await after.deliveries.receipts('o')).toEqual({
      deliveries: [],
      folded: [
        { type: 'Create', state: 'delivered', count: 6 },
        { type: 'Update', state: 'delivered', count: 2 },
      ],
    });
    expect(await told(after, 'p')).toBe(6);
    expect(await after.deliveries.fold(20)).toEqual({ deliveries: 0, activities: 0 });
  });
});

test('receipts that are read while they are folded are told once', async () => {
  const store = openDeliveries(model);
  await enqueued(store, activity('x', 'o'), INBOXES);
  await deliverAll(store);
  const seen: number[] = [];
  let isReading = false;
  before = async (what) => {
    if (isReading || !/^(was )?set /.test(what)) return;
    isReading = true;
    seen.push(await told(openDeliveries(model), 'o'));
    isReading = false;
  };
  await openDeliveries(model).deliveries.fold(9);
  expect(seen.length).toBeGreaterThan(4);
  expect(new Set(seen)).toEqual(new Set([6]));
});

test('receipts whose fold is counted between two reads are read again', async () => {
  const store = openDeliveries(model);
  await enqueued(store, activity('x', 'o'), INBOXES);
  await deliverAll(store);
  let hasFolded = false;
  before = async (what) => {
    if (hasFolded || !what.startsWith('get folded/')) return;
    hasFolded = true;
    await openDeliveries(model).deliveries.fold(9);
  };
  expect(await told(store, 'o')).toBe(6);
  expect(hasFolded).toBe(true);
});

describe('asking that ends after some of its writes', () => {
  test.each(Array.from({ length: 7 }, (_, n) => [n]))('%i is finished by asking again', async (writes) => {
    const store = openDeliveries(model);
    await store.activities.put(activity('x'), { now: 0 });
    refuseFrom(writes);
    const asked = store.deliveries.enqueue(activity('x').id, INBOXES, { now: 0 });
    await (writes < 6 ? expect(asked).rejects.toThrow() : asked);
    fate = () => 'made';
    const again = openDeliveries(model);
    await again.deliveries.enqueue(activity('x').id, INBOXES, { now: 5 });
    expect(await again.deliveries.counts()).toMatchObject({ pending: 6 });
    await deliverAll(again, 5);
    expect(await again.deliveries.enqueue(activity('x').id, INBOXES, { now: 6 })).toBe(0);
  });
});

test('a document that cannot be written does not hide what was leased in others', async () => {
  const store = openDeliveries(model);
  await enqueued(store, activity('x'), INBOXES);
  const broken = `queue/${queueOf('2.example')}`;
  fate = (key) => (key === broken ? 'refused' : 'made');
  expect(await store.deliveries.lease(LEASE)).toHaveLength(5);
  await expect(store.deliveries.lease(LEASE)).rejects.toThrow('the model refused');
  fate = () => 'made';
  expect(await store.deliveries.lease(LEASE)).toHaveLength(1);
});

test('leases whose answer was lost are given back with the others, although nobody knows of them', async () => {
  const store = openDeliveries(model);
  await enqueued(store, activity('x'), INBOXES);
  let isDown = false;
  before = async (what) => {
    if (isDown && what.startsWith('get queue/')) throw new Error('the model is down');
  };
  const lost = `queue/${queueOf('2.example')}`;
  await store.deliveries.lease({ ...LEASE, limit: 0 });
  fate = (key) => {
    isDown ||= key === lost;
    return key === lost ? 'lost' : 'made';
  };
  const leased = await store.deliveries.lease(LEASE);
  expect(leased).toHaveLength(5);
  [isDown, fate] = [false, () => 'made'];
  for (const each of leased) await store.deliveries.settle({ ...each, owner: 'me' }, DONE, 1);
  expect(await store.deliveries.leased(1)).toBe(1);
  await store.deliveries.release('me');
  expect(await store.deliveries.leased(1)).toBe(0);
});

describe('an old activity that is asked for while it is dropped', () => {
  const { id } = activity('x');
  const isSent = async () => {
    const leased = await openDeliveries(model).deliveries.lease({ ...LEASE, now: 9 * DAY });
    expect(leased).toMatchObject([{ activityId: id, activity: activity('x').json, storedAt: 0 }]);
  };

  test('just before it goes, is put back by who drops it', async () => {
    const store = openDeliveries(model);
    await store.activities.put(activity('x'), { now: 0 });
    before = async (what) => {
      if (!what.startsWith('delete ')) return;
      before = async () => {};
      await openDeliveries(model).deliveries.enqueue(id, INBOXES.slice(0, 1), { now: 9 * DAY });
    };
    expect(await store.deliveries.fold(8 * DAY)).toEqual({ deliveries: 0, activities: 0 });
    await isSent();
  });

  test('and has gone before its delivery is written, is put back by who asks', async () => {
    const store = openDeliveries(model);
    await store.activities.put(activity('x'), { now: 0 });
    before = async (what) => {
      if (!what.startsWith('set queue/')) return;
      before = async () => {};
      expect((await openDeliveries(model).deliveries.fold(8 * DAY)).activities).toBe(1);
    };
    await store.deliveries.enqueue(id, INBOXES.slice(0, 1), { now: 9 * DAY });
    await isSent();
  });
});

test('an activity of which a delivery is left is not dropped for a moment', async () => {
  const store = openDeliveries(model);
  await enqueued(store, activity('x'), INBOXES);
  const deleted: string[] = [];
  before = async (what) => {
    if (what.startsWith('delete ')) deleted.push(what);
  };
  expect(await store.deliveries.fold(DAY)).toEqual({ deliveries: 0, activities: 0 });
  expect(deleted).toEqual([]);
});

test('a delivery whose activity is gone after all fails, and says so', async () => {
  const store = openDeliveries(model);
  await enqueued(store, activity('x'), INBOXES.slice(0, 1));
  for (const key of model.blobs.keys()) if (key.startsWith('activities/')) await model.delete(key);
  expect(await store.deliveries.lease(LEASE)).toEqual([]);
  expect(await store.deliveries.ofActivity(activity('x').id)).toMatchObject([
    { state: 'failed', attempts: 0, lastError: 'its activity is not stored any more' },
  ]);
});

test('a document that is none of ours is a fault that names it', async () => {
  const store = openDeliveries(model);
  await enqueued(store, activity('x'), ['https://2.example/inbox']);
  const key = `queue/${queueOf('2.example')}`;
  const { etag = '' } = model.blobs.get(key) ?? {};
  await model.set(key, '{"by":[],"value":{"deliveries":[[0,0,"1",0]]}}', { onlyIfMatch: etag });
  await expect(openDeliveries(model).deliveries.counts()).rejects.toMatchObject({
    code: 'store-damaged',
    facts: { key },
  });
});
