import { beforeEach, describe, expect, test } from 'vitest';
import { type BlobModel, openBlobModel } from './blob-model.ts';
import { openDeliveries } from './blobs-deliveries-store.ts';
import { activity, enqueued } from './samples.ts';

/*
 * What deliveries cost in requests to the service, and in bytes. The reads and writes of a process that delivers must go
 * with the number of documents, not with that of inboxes.
 */

const DONE = { state: 'delivered', status: 202 } as const;
const BUCKETS = 64;

let model: BlobModel;
let cost: { reads: number; writes: number };
let elapsed: number;
beforeEach(() => {
  cost = { reads: 0, writes: 0 };
  elapsed = 0;
  model = openBlobModel({
    step: async (what) => {
      if (what.startsWith('get queue/')) cost.reads += 1;
      if (what.startsWith('set queue/')) cost.writes += 1;
    },
  });
});

const open = () => openDeliveries(model, { elapsed: () => elapsed });
const inboxesOn = (hosts: number, each: number): string[] =>
  Array.from({ length: hosts * each }, (_, n) => `https://${n % hosts}.example/users/${n}/inbox`);

async function costOf(work: () => Promise<unknown>): Promise<{ reads: number; writes: number }> {
  cost = { reads: 0, writes: 0 };
  await work();
  return cost;
}

describe.each([
  { hosts: 1, each: 300 },
  { hosts: 30, each: 10 },
  { hosts: 1_000, each: 1 },
  { hosts: 500, each: 6 },
])('$each inboxes on each of $hosts hosts', ({ hosts, each }) => {
  const inboxes = inboxesOn(hosts, each);
  const documents = Math.min(BUCKETS, hosts);

  test('enqueue costs a read and a write of each document', async () => {
    const store = open();
    const { reads, writes } = await costOf(() => enqueued(store, activity('x'), inboxes));
    expect(reads).toBeLessThanOrEqual(documents);
    expect(writes).toBeLessThanOrEqual(documents);
  });

  test('all leased at once, and settled at once, cost a few writes of each document', async () => {
    await enqueued(open(), activity('x'), inboxes);
    const { deliveries } = open();
    const { reads, writes } = await costOf(async () => {
      const leased = await deliveries.lease({ owner: 'me', now: 0, leaseMs: 60_000, limit: inboxes.length });
      expect(leased).toHaveLength(inboxes.length);
      await Promise.all(leased.map((one) => deliveries.settle({ ...one, owner: 'me' }, DONE, 1)));
      await deliveries.release('me');
    });
    expect(reads).toBeLessThanOrEqual(BUCKETS + documents);
    expect(writes).toBeLessThanOrEqual(3 * documents);
  });
});

test('a worker that leases some at a time reads no document that it has just written, and stays in a few', async () => {
  const inboxes = inboxesOn(2_000, 1);
  await enqueued(open(), activity('x'), inboxes);
  const { deliveries } = open();
  const { reads, writes } = await costOf(async () => {
    for (let left = inboxes.length; left > 0; ) {
      const leased = await deliveries.lease({ owner: 'me', now: 0, leaseMs: 60_000, limit: 128 });
      left -= leased.length;
      await Promise.all(leased.map((one) => deliveries.settle({ ...one, owner: 'me' }, DONE, 1)));
    }
  });
  // It looks around once or twice. A call is served by some five documents of thirty hosts each, each written three times.
  expect(reads).toBeLessThanOrEqual(3 * BUCKETS);
  expect(writes).toBeLessThanOrEqual(4 * BUCKETS);
});

test('what another process asked for is found when nothing else is left, and after ten seconds at the latest', async () => {
  const [mine, other] = [open(), open()];
  const options = { owner: 'me', now: 5, leaseMs: 60_000 };
  await enqueued(mine, activity('x'), inboxesOn(100, 1));
  await mine.deliveries.lease({ ...options, limit: 10 });
  await enqueued(other, activity('f', 'follow', 'Accept'), ['https://new.example/inbox']);
  const types = async (limit: number) =>
    new Set((await mine.deliveries.lease({ ...options, limit })).map((each) => each.activity.type));
  expect(await types(10)).toEqual(new Set(['Create']));
  elapsed += 10_000;
  expect(await types(1)).toEqual(new Set(['Accept']));
  await enqueued(other, activity('g', 'follow', 'Accept'), ['https://newer.example/inbox']);
  expect(await types(1_000)).toEqual(new Set(['Accept', 'Create']));
});

test('the activity is read once by a process, however many leases carry it', async () => {
  let reads = 0;
  const counted = openBlobModel({
    step: async (what) => {
      if (what.startsWith('get activities/')) reads += 1;
    },
  });
  const store = openDeliveries(counted);
  await enqueued(store, activity('x'), inboxesOn(200, 1));
  reads = 0;
  for (let n = 0; n < 20; n += 1) await store.deliveries.lease({ owner: 'me', now: 0, leaseMs: 60, limit: 10 });
  expect(reads).toBe(1);
});

test('a host that was delivered to takes some thirty bytes a receipt, and its tables', async () => {
  const store = open();
  const inboxes = inboxesOn(640, 1);
  const posts = 10;
  // As they come in practice: at some millisecond, some tenths of a second later.
  let now = 1_790_000_000_000;
  for (let post = 0; post < posts; post += 1) {
    now += 3_600_000;
    await enqueued(store, activity(`${post}`), inboxes, now);
    const leased = await store.deliveries.lease({ owner: 'me', now, leaseMs: 60_000, limit: 1_000 });
    await Promise.all(
      leased.map((one, n) => store.deliveries.settle({ ...one, owner: 'me' }, DONE, now + 300 + 17 * n)),
    );
  }
  const texts = [...model.blobs].flatMap(([key, { text }]) => (key.startsWith('queue/') ? [text] : []));
  const bytes = texts.reduce((total, text) => total + Buffer.byteLength(text), 0);
  const receipts = texts.flatMap((text) =>
    JSON.parse(text).value.deliveries.map((row: unknown) => JSON.stringify(row)),
  );
  expect(receipts).toHaveLength(inboxes.length * posts);
  const average = receipts.reduce((total, row) => total + row.length + 1, 0) / receipts.length;
  expect(average).toBeLessThan(30);
  // Tables included: each document names its activities and inboxes once.
  expect(bytes / receipts.length).toBeLessThan(60);
});
