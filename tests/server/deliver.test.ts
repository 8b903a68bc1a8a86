import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Attempt } from '../../federation/delivery.ts';
import { deliverDue, LEASE_MS } from '../../server/deliver.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { createWorld, followerAt, NOW, ORIGIN, type World } from './publish-world.ts';

const answer = (status: number, retryAfterMs?: number): Attempt => ({
  kind: 'response',
  status,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const inboxes = (count: number, hostOf = (n: number) => `h${n}.example`) =>
  Array.from({ length: count }, (_, n) => `https://${hostOf(n)}/inbox/${n}`);

async function enqueue(store: Store, name: string, to: readonly string[], object = name): Promise<string> {
  const id = `${ORIGIN}/ap/activities/create/${name}`;
  await store.activities.put({ id, type: 'Create', object, json: { id, type: 'Create', object } }, { now: 0 });
  await store.deliveries.enqueue(id, to, { now: NOW });
  return id;
}

let world: World;
const deliver = (options = {}) => deliverDue(world.deps, { owner: 'test', random: () => 0, ...options });
const stateOf = async (id: string) =>
  Object.fromEntries((await world.store.deliveries.ofActivity(id)).map(({ inbox, state }) => [inbox, state]));

beforeEach(() => {
  world = createWorld();
});

describe('what comes of an attempt', () => {
  test.each([
    ['delivered', answer(202), { event: 'delivery.delivered', status: 202 }],
    ['pending', answer(503), { event: 'delivery.retry', status: 503, due: '2026-11-23T12:00:30.000Z' }],
    ['failed', answer(400), { event: 'delivery.failed', status: 400 }],
    ['gone', answer(410), { event: 'delivery.gone', status: 410 }],
    ['pending', { kind: 'network', error: 'ECONNRESET' }, { event: 'delivery.retry', error: 'ECONNRESET' }],
    ['failed', { kind: 'blocked', error: 'private address' }, { event: 'delivery.failed', error: 'private address' }],
  ] as const)('%s: one receipt, one log line', async (state, attempt, line) => {
    world.answer = () => attempt;
    const id = await enqueue(world.store, 'p', ['https://a.example:8443/inbox']);
    const settled: unknown[] = [];
    expect(await deliver({ onSettled: (each: unknown) => settled.push(each) })).toEqual({
      pending: 0,
      delivered: 0,
      failed: 0,
      gone: 0,
      [state]: 1,
    });
    expect(settled).toMatchObject([{ activityId: id, inbox: 'https://a.example:8443/inbox', after: { state } }]);
    expect(await world.store.deliveries.ofActivity(id)).toMatchObject([{ state, attempts: 1 }]);
    expect(world.lines.filter(({ event }) => event.startsWith('delivery.'))).toEqual([
      expect.objectContaining({ ...line, activity: id, host: 'a.example:8443', attempt: 1 }),
    ]);
  });

  test('A retry is not made before its time, and counts its attempts', async () => {
    world.answer = () => answer(429, 120_000);
    const id = await enqueue(world.store, 'p', ['https://a.example/inbox']);
    await deliver();
    world.now += 119_999;
    await deliver();
    expect(world.posted).toHaveLength(1);
    world.now += 1;
    await deliver();
    expect(await world.store.deliveries.ofActivity(id)).toMatchObject([{ state: 'pending', attempts: 2 }]);
  });

  test('A shared inbox that is gone → its followers are removed, what waits for it is dropped, others stay', async () => {
    for (const follower of [followerAt('a.example', 'ann'), followerAt('a.example', 'bob'), followerAt('b.example')]) {
      await world.store.followers.put(follower);
    }
    const shared = 'https://a.example/inbox';
    const first = await enqueue(world.store, 'p1', [shared, 'https://b.example/inbox'], 'same');
    const second = await enqueue(world.store, 'p2', [shared], 'same');
    world.answer = (inbox) => answer(inbox === shared ? 410 : 202);
    await deliver();
    expect(await stateOf(first)).toEqual({ [shared]: 'gone', 'https://b.example/inbox': 'delivered' });
    expect(await stateOf(second)).toEqual({ [shared]: 'gone' });
    expect(await world.store.followers.count()).toBe(1);
    expect(world.lines).toContainEqual(
      expect.objectContaining({ event: 'inbox.gone', host: 'a.example', followers: 2, abandoned: 1 }),
    );
  });

  test('One personal inbox that is gone → that follower alone is removed', async () => {
    await world.store.followers.put(followerAt('a.example', 'ann'));
    await world.store.followers.put(followerAt('a.example', 'bob'));
    await enqueue(world.store, 'accept', [followerAt('a.example', 'ann').inbox]);
    world.answer = () => answer(410);
    await deliver();
    expect(await world.store.followers.get(followerAt('a.example', 'ann').actor)).toBeUndefined();
    expect(await world.store.followers.count()).toBe(1);
  });
});

function hang(): { hanging: Promise<void>; letGo: () => void } {
  let letGo = (): void => {};
  const hanging = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  return { hanging, letGo: () => letGo() };
}

describe('many at once', () => {
  /** Holds every request until `release`, and counts how many run, by host. */
  function gate() {
    const state = { most: 0, mostOfHost: 0, running: 0 };
    const hosts = new Map<string, number>();
    world.answer = async (inbox) => {
      const { host } = new URL(inbox);
      state.running += 1;
      hosts.set(host, (hosts.get(host) ?? 0) + 1);
      state.most = Math.max(state.most, state.running);
      state.mostOfHost = Math.max(state.mostOfHost, hosts.get(host) ?? 0);
      await new Promise((resolve) => setImmediate(resolve));
      state.running -= 1;
      hosts.set(host, (hosts.get(host) ?? 1) - 1);
      return answer(202);
    };
    return state;
  }

  test('Never more than the limit at once, and every delivery is made once', async () => {
    const state = gate();
    await enqueue(world.store, 'p', inboxes(500));
    expect(await deliver({ concurrency: 16 })).toMatchObject({ delivered: 500 });
    expect(state.most).toBe(16);
    expect(new Set(world.posted.map(({ inbox }) => inbox)).size).toBe(500);
  });

  test('Never more than four at once to one host', async () => {
    const state = gate();
    await enqueue(
      world.store,
      'p',
      inboxes(200, (n) => (n % 2 ? 'big.example' : `h${n}.example`)),
    );
    await deliver();
    expect(state.mostOfHost).toBe(4);
    expect(world.posted).toHaveLength(200);
  });

  test('A host that hangs does not keep the others waiting', async () => {
    const { hanging, letGo } = hang();
    const others = inboxes(100);
    world.answer = async (inbox) => {
      if (inbox.includes('slow.example')) await hanging;
      else if (world.posted.filter((posted) => !posted.inbox.includes('slow.example')).length === others.length)
        letGo();
      return answer(202);
    };
    await enqueue(world.store, 'p', [...inboxes(300, () => 'slow.example'), ...others]);
    expect(await deliver({ concurrency: 8 })).toMatchObject({ delivered: 400 });
  });

  test('Hosts that failed before come after all that did not, however many', async () => {
    const failing = (n: number) => `a${n}.example`;
    const record = { failures: 1, failingSince: NOW, failedDays: 1, lastFailureAt: NOW };
    for (let n = 0; n < 30; n += 1) await world.store.hosts.put({ host: failing(n), ...record });
    await enqueue(world.store, 'p', [...inboxes(30, failing), ...inboxes(50)]);
    await deliver({ concurrency: 4 });
    const order = world.posted.map(({ inbox }) => inbox.startsWith('https://a'));
    expect(order).toEqual([...Array(50).fill(false), ...Array(30).fill(true)]);
  });

  test('What is queued while requests hang is delivered before they end', async () => {
    const { hanging, letGo } = hang();
    world.answer = async (inbox) => {
      if (inbox.includes('slow.example')) {
        await enqueue(world.store, 'later', ['https://fast.example/inbox']);
        await hanging;
      } else letGo();
      return answer(202);
    };
    await enqueue(world.store, 'p', ['https://slow.example/inbox']);
    expect(await deliver()).toMatchObject({ delivered: 2 });
  });

  test('An abort → what is under way ends, the rest is given back unattempted', async () => {
    const abort = new AbortController();
    world.answer = async () => {
      abort.abort();
      return answer(202);
    };
    await enqueue(world.store, 'p', inboxes(50));
    expect(await deliver({ concurrency: 2, signal: abort.signal })).toMatchObject({ delivered: 2 });
    expect(await world.store.deliveries.lease({ owner: 'next', now: NOW, leaseMs: 1, limit: 100 })).toHaveLength(48);
  });

  test('A fault of the store → rejects with it after what is under way has ended, and gives the rest back', async () => {
    const { deliveries } = world.store;
    const settle = deliveries.settle.bind(deliveries);
    let left = 3;
    const failing = {
      ...deliveries,
      settle: async (...args: Parameters<typeof settle>) => {
        left -= 1;
        if (left === 0) throw new Error('disk full');
        return settle(...args);
      },
    };
    await enqueue(world.store, 'p', inboxes(20));
    const deps = { ...world.deps, store: { ...world.store, deliveries: failing } };
    await expect(deliverDue(deps, { owner: 'test', concurrency: 4 })).rejects.toThrow('disk full');
    const { delivered } = await deliveries.counts();
    expect(delivered).toBe(world.posted.length - 1);
    expect(await deliveries.lease({ owner: 'next', now: NOW, leaseMs: 1, limit: 100 })).toHaveLength(20 - delivered);
  });

  test('A delivery whose lease ran out while it waited is left to whoever has it now', async () => {
    await enqueue(world.store, 'p', inboxes(3));
    world.answer = async () => {
      world.now += LEASE_MS;
      await world.store.deliveries.lease({ owner: 'other', now: world.now, leaseMs: LEASE_MS, limit: 100 });
      return answer(202);
    };
    await deliver({ concurrency: 1 });
    expect(world.posted).toHaveLength(1);
    expect(world.lines).toContainEqual(expect.objectContaining({ event: 'delivery.lease-lost', status: 202 }));
  });
});

test('Two workers on one SQLite file → every delivery is posted once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'postern-deliver-'));
  const arrived = new Map<string, number>();
  const server = createServer((request, response) => {
    arrived.set(request.url ?? '', (arrived.get(request.url ?? '') ?? 0) + 1);
    request.resume().on('end', () => response.writeHead(202).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const stores = [openSqliteStore(join(folder, 'db')), openSqliteStore(join(folder, 'db'))] as const;
  try {
    const post = async (inbox: string, body: Uint8Array): Promise<Attempt> => {
      const response = await fetch(inbox, { method: 'POST', body: body.slice() });
      return { kind: 'response', status: response.status };
    };
    const to = Array.from({ length: 300 }, (_, n) => `http://127.0.0.1:${port}/${n}`);
    await enqueue(stores[0], 'p', to);
    const reports = await Promise.all(
      stores.map((store, n) =>
        deliverDue(
          { ...world.deps, store, inboxes: { post, close: async () => {} } },
          { owner: `w${n}`, perHost: 16, concurrency: 16 },
        ),
      ),
    );
    expect(reports.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(300);
    expect([...arrived.values()].filter((count) => count !== 1)).toEqual([]);
    expect(arrived.size).toBe(300);
    expect(reports.every(({ delivered }) => delivered > 0)).toBe(true);
  } finally {
    server.close();
    await Promise.all(stores.map((store) => store.close()));
    rmSync(folder, { recursive: true });
  }
});
