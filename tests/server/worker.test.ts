import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { deliverDue } from '../../server/deliver.ts';
import { drain } from '../../server/drain.ts';
import type { Store } from '../../server/store/store.ts';
import { runWorker } from '../../server/worker.ts';
import { createWorld, NOW, ORIGIN, type World } from './publish-world.ts';

const ID = `${ORIGIN}/ap/activities/create/p`;

async function enqueue(store: Store, to: readonly string[], id = ID): Promise<void> {
  await store.activities.put({ id, type: 'Create', object: 'p', json: { id } }, { now: 0 });
  await store.deliveries.enqueue(id, to, { now: NOW });
}

/** Runs a worker beside `during`, and ends it. */
async function withWorker(world: World, during: () => Promise<void>, deps = world.deps): Promise<void> {
  const abort = new AbortController();
  const working = runWorker(deps, { owner: 'server', signal: abort.signal, pollMs: 5 });
  try {
    await during();
  } finally {
    abort.abort();
    await working;
  }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1_000; tries += 1) {
    if (await condition()) return;
    await sleep(5);
  }
  expect.unreachable('it did not happen');
}

describe('runWorker', () => {
  test('delivers what comes in while it runs, is seen alive, and leaves when it stops', async () => {
    const world = createWorld();
    await withWorker(world, async () => {
      await until(async () => (await world.store.workers.alive(world.now)).includes('server'));
      await enqueue(world.store, ['https://a.example/inbox']);
      await until(() => world.posted.length === 1);
      world.answer = () => ({ kind: 'response', status: 503 });
      await enqueue(world.store, ['https://b.example/inbox'], `${ID}2`);
      await until(() => world.posted.length === 2);
      world.answer = () => ({ kind: 'response', status: 202 });
      world.now += 60_000;
      await until(async () => (await world.store.deliveries.counts()).delivered === 2);
    });
    expect(await world.store.workers.alive(world.now)).toEqual([]);
  });

  test('survives a store that fails for a while, and says so', async () => {
    const world = createWorld();
    await enqueue(world.store, ['https://a.example/inbox']);
    let faults = 1;
    const lease: typeof world.store.deliveries.lease = async (options) => {
      faults -= 1;
      if (faults >= 0) throw new Error('disk full');
      return world.store.deliveries.lease(options);
    };
    const store = { ...world.store, deliveries: { ...world.store.deliveries, lease } };
    await withWorker(world, () => until(() => world.posted.length === 1), { ...world.deps, store });
    expect(world.lines).toContainEqual({ event: 'worker.fault', level: 'error', doing: 'deliver', error: 'disk full' });
  });
});

describe('drain', () => {
  test('without a server it delivers itself, and ends while retries wait', async () => {
    const world = createWorld();
    world.answer = (inbox) => ({ kind: 'response', status: inbox.includes('down') ? 503 : 202 });
    await enqueue(world.store, ['https://a.example/inbox', 'https://down.example/inbox']);
    const seen: unknown[] = [];
    const report = await drain(world.deps, {
      owner: 'publish',
      activities: [ID],
      random: () => 0,
      onProgress: (each) => seen.push(each),
    });
    expect(report).toMatchObject({ pending: 1, delivered: 1, failed: 0, gone: 0, superseded: 0, byServer: false });
    expect(report.nextDue).toBe(NOW + 30_000);
    expect(report.waiting).toMatchObject([
      { host: 'down.example', pending: 1, lastStatus: 503, nextDue: NOW + 30_000 },
    ]);
    expect(seen.at(-1)).toMatchObject({ delivered: 1, pending: 1 });
  });

  test('an Update that waits behind a retry of its Create does not keep it', async () => {
    const world = createWorld();
    world.answer = () => ({ kind: 'response', status: 503 });
    await enqueue(world.store, ['https://down.example/inbox']);
    await enqueue(world.store, ['https://down.example/inbox'], `${ID}2`);
    const report = await drain(world.deps, { owner: 'publish', activities: [`${ID}2`] });
    expect(report).toMatchObject({ pending: 1, delivered: 0 });
    expect(world.posted).toHaveLength(1);
  });

  test('what a later activity made pointless is counted as superseded, and keeps nobody', async () => {
    const world = createWorld();
    await enqueue(world.store, ['https://a.example/inbox']);
    const end = { id: `${ID}-delete`, type: 'Delete', object: 'p', json: { id: `${ID}-delete` } } as const;
    await world.store.activities.put(end, { now: NOW });
    await world.store.deliveries.enqueue(end.id, ['https://a.example/inbox'], { now: NOW });
    const report = await drain(world.deps, { owner: 'publish', activities: [ID, end.id] });
    expect(report).toMatchObject({ pending: 0, delivered: 1, superseded: 1, failed: 0, gone: 0 });
    expect(report.waiting).toBeUndefined();
    expect(world.posted.map(({ json }) => json.id)).toEqual([end.id]);
  });

  test.each([
    ['of its own', [ID]],
    ['of all', []],
  ])('a host that fails or asks for a pause does not keep it, whatever waits there %s', async (_what, activities) => {
    const world = createWorld();
    world.answer = (inbox) => ({ kind: 'response', status: inbox.includes('down') ? 503 : 429 });
    const to = Array.from({ length: 20 }, (_, n) => `https://${n % 2 ? 'down' : 'busy'}.example/${n}`);
    await enqueue(world.store, to);
    const report = await drain(world.deps, { owner: 'publish', activities, pollMs: 5, random: () => 0 });
    expect(report).toMatchObject({ pending: 20, nextDue: NOW + 60_000 });
    expect(report.waiting?.map(({ host, pending }) => `${pending} ${host}`).sort()).toEqual([
      '10 busy.example',
      '10 down.example',
    ]);
  });

  test('with a server alive it only looks on', async () => {
    const world = createWorld();
    await enqueue(world.store, ['https://a.example/inbox']);
    await world.store.workers.beat('server', world.now + 1_000);
    const seen: string[] = [];
    const draining = drain(world.deps, {
      owner: 'publish',
      activities: [ID],
      pollMs: 5,
      onProgress: ({ byServer, pending }) => seen.push(`${byServer} ${pending}`),
    });
    await until(() => seen.length > 0);
    expect(world.posted).toEqual([]);
    await deliverDue(world.deps, { owner: 'server' });
    expect(await draining).toMatchObject({ byServer: true, delivered: 1, pending: 0 });
    expect(seen).toEqual(['true 1', 'true 0']);
  });

  test('a server that dies → it takes over', async () => {
    const world = createWorld();
    await enqueue(world.store, ['https://a.example/inbox']);
    await world.store.workers.beat('server', world.now + 1_000);
    const draining = drain(world.deps, {
      owner: 'publish',
      activities: [ID],
      pollMs: 5,
      onProgress: () => (world.now += 1_000),
    });
    expect(await draining).toMatchObject({ byServer: false, delivered: 1 });
  });

  test('a retry that is due soon, of a run before, does not keep a publish that has nothing to send', async () => {
    const world = createWorld();
    world.answer = () => ({ kind: 'response', status: 503 });
    await enqueue(world.store, ['https://down.example/inbox']);
    await deliverDue(world.deps, { owner: 'before', random: () => 0 });
    world.now += 5_000;
    const report = await drain(world.deps, { owner: 'publish', pollMs: 5 });
    expect(report).toMatchObject({ pending: 1, nextDue: NOW + 30_000 });
    expect(world.posted).toHaveLength(1);
  });

  test('what a killed process had leased is waited for and delivered', async () => {
    const world = createWorld();
    await enqueue(world.store, ['https://a.example/inbox']);
    await world.store.deliveries.lease({ owner: 'killed', now: world.now, leaseMs: 60_000, limit: 1 });
    const draining = drain(world.deps, { owner: 'publish', pollMs: 5, onProgress: () => (world.now += 60_000) });
    expect(await draining).toMatchObject({ delivered: 1, pending: 0 });
  });

  test('a server that is alive and has begun what never ends → after a while it ends and says so', async () => {
    const world = createWorld();
    await enqueue(world.store, ['https://a.example/inbox']);
    const begun = world.now;
    await world.store.workers.beat('server', begun + 3_600_000);
    await world.store.deliveries.lease({ owner: 'server', now: begun, leaseMs: 600_000, limit: 1 });
    const abort = new AbortController();
    const clock = () => {
      world.now += 1_000;
      if (world.now > begun + 120_000) abort.abort();
      return world.now;
    };
    const report = await drain(
      { ...world.deps, clock },
      { owner: 'publish', activities: [ID], pollMs: 0, signal: abort.signal },
    );
    expect(report).toMatchObject({ pending: 1, byServer: true });
    expect(abort.signal.aborted).toBe(false);
  });

  test('an abort → it ends and says where the queue stands', async () => {
    const world = createWorld();
    await enqueue(world.store, ['https://a.example/inbox']);
    await world.store.workers.beat('server', world.now + 1_000);
    const abort = new AbortController();
    const report = await drain(world.deps, {
      owner: 'publish',
      activities: [ID],
      signal: abort.signal,
      onProgress: () => abort.abort(),
    });
    expect(report).toMatchObject({ pending: 1, byServer: true });
  });
});
