import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Attempt } from '../../federation/delivery.ts';
import { deliverDue } from '../../server/deliver.ts';
import { noteHostHeard } from '../../server/host-health.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { createWorld, NOW, ORIGIN, type World } from './publish-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const HOST = 'down.example';

const answer = (status: number, retryAfterMs?: number): Attempt => ({
  kind: 'response',
  status,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
const inboxesAt = (host: string, count: number) =>
  Array.from({ length: count }, (_, n) => `https://${host}/${n}/inbox`);

let world: World;
let runs = 0;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-hosts-'));
});
afterEach(async () => {
  await world.store.close();
  rmSync(folder, { recursive: true });
});

const STORES = {
  memory: openMemoryStore,
  SQLite: () => openSqliteStore(join(folder, 'db')),
} satisfies Record<string, () => Store>;
const NAMES = ['memory', 'SQLite'] as const;
const open = (name: (typeof NAMES)[number]) => {
  world = createWorld({ store: STORES[name]() });
};

const deliver = (options = {}) => deliverDue(world.deps, { owner: `run ${runs++}`, random: () => 0, ...options });

async function enqueue(name: string, to: readonly string[]): Promise<void> {
  const id = `${ORIGIN}/ap/activities/create/${name}`;
  await world.store.activities.put({ id, type: 'Create', object: name, json: { id } }, { now: world.now });
  await world.store.deliveries.enqueue(id, to, { now: world.now });
}

/** Delivers whatever comes due until `end`, at its time. */
async function deliverUntil(end: number): Promise<void> {
  for (;;) {
    await deliver();
    const next = await world.store.deliveries.nextDue();
    if (next === undefined || next > end) break;
    world.now = Math.max(world.now, next);
  }
  world.now = end;
}

const events = (name: string) => world.lines.filter(({ event }) => event === name);
const postsTo = (host: string) => world.posted.filter(({ inbox }) => new URL(inbox).host === host).length;

describe.each(NAMES)('a host that fails (%s)', (store) => {
  beforeEach(() => open(store));

  test('our own machine is offline for a week → no host is to blame, nothing is lost, and all goes soon after', async () => {
    world.answer = () => ({ kind: 'unsent', error: 'getaddrinfo EAI_AGAIN' });
    await enqueue(
      'p',
      Array.from({ length: 20 }, (_, n) => `https://h${n}.example/inbox`),
    );
    await deliverUntil(NOW + 7 * DAY);
    for (let n = 0; n < 20; n += 1) expect(await world.store.hosts.get(`h${n}.example`)).toBeUndefined();
    expect(await world.store.deliveries.counts()).toMatchObject({ pending: 20 });
    world.answer = () => answer(202);
    await deliverUntil(world.now + 12 * MINUTE);
    expect(await world.store.deliveries.counts()).toMatchObject({ delivered: 20 });
  });

  test('its backlog of 300 → five failures and what was under way, then one probe at a time', async () => {
    world.answer = (inbox) => answer(inbox.includes(HOST) ? 503 : 202);
    await enqueue('p', [...inboxesAt(HOST, 300), ...inboxesAt('well.example', 20)]);
    await deliver();
    const first = postsTo(HOST);
    expect(first).toBeGreaterThanOrEqual(5);
    expect(first).toBeLessThanOrEqual(8);
    expect(postsTo('well.example')).toBe(20);
    expect(await world.store.hosts.get(HOST)).toMatchObject({ failures: 5, openUntil: NOW + MINUTE });
    for (const [wait, probes] of [
      [MINUTE, 1],
      [5 * MINUTE, 2],
      [15 * MINUTE, 3],
      [HOUR, 4],
    ] as const) {
      world.now += wait - 1;
      await deliver();
      expect(postsTo(HOST)).toBe(first + probes - 1);
      world.now += 1;
      await deliver();
      expect(postsTo(HOST)).toBe(first + probes);
    }
    expect(events('host.failing')).toEqual([
      expect.objectContaining({ host: HOST, failures: 5, status: 503, probe: new Date(NOW + MINUTE).toISOString() }),
    ]);
  });

  test('the probe succeeds → the whole queue at once, and the record ends', async () => {
    world.answer = () => answer(503);
    await enqueue('p', inboxesAt(HOST, 100));
    await deliver();
    world.now += MINUTE;
    world.answer = () => answer(202);
    expect(await deliver()).toMatchObject({ delivered: 100 });
    expect(await world.store.hosts.get(HOST)).toBeUndefined();
    expect(events('host.recovered')).toEqual([expect.objectContaining({ host: HOST, failures: 5 })]);
  });

  test('a refusal is an answer: it ends the record too, and the refused one is not asked again at once', async () => {
    world.answer = () => answer(503);
    await enqueue('p', inboxesAt(HOST, 10));
    await deliver();
    const before = world.posted.length;
    world.now += MINUTE;
    world.answer = () => answer(401);
    await deliver();
    expect(await world.store.hosts.get(HOST)).toBeUndefined();
    expect(world.posted.length - before).toBe(10);
  });

  test('429 with Retry-After → nothing goes to that host until then, and others are not kept waiting', async () => {
    let isBusy = true;
    world.answer = (inbox) => (inbox.includes(HOST) && isBusy ? answer(429, 10 * MINUTE) : answer(202));
    await enqueue('p', [...inboxesAt(HOST, 50), ...inboxesAt('well.example', 5)]);
    await deliver();
    expect(postsTo(HOST)).toBeLessThanOrEqual(4);
    expect(postsTo('well.example')).toBe(5);
    const first = postsTo(HOST);
    await deliverUntil(NOW + 10 * MINUTE - 1);
    expect(postsTo(HOST)).toBe(first);
    isBusy = false;
    await deliverUntil(NOW + 10 * MINUTE);
    expect(await world.store.deliveries.counts()).toMatchObject({ delivered: 55, pending: 0 });
  });

  test('after three days the probes give up what is older, with the reason; what is younger waits on', async () => {
    world.answer = () => ({ kind: 'network', error: 'ECONNREFUSED' });
    await enqueue('old', inboxesAt(HOST, 20));
    await deliverUntil(NOW + 71 * HOUR);
    expect(await world.store.deliveries.counts()).toMatchObject({ pending: 20 });
    await enqueue('young', inboxesAt(HOST, 3));
    await deliverUntil(NOW + 90 * HOUR);
    expect(await world.store.deliveries.counts()).toMatchObject({ pending: 3, failed: 20 });
    expect(events('host.given-up')).toEqual([
      expect.objectContaining({ host: HOST, since: new Date(NOW).toISOString() }),
    ]);
    // 8 before it opened, then 1, 5, 15 min, 1, 2, 4, 8 h and every 12 h: what one host costs in four days.
    expect(world.posted.length).toBeLessThanOrEqual(8 + 7 + 8);
  });

  test('a host that stays dead for months costs a request a week', async () => {
    world.answer = () => ({ kind: 'network', error: 'ENOTFOUND' });
    for (let day = 0; day < 120; day += 1) {
      await enqueue(`day ${day}`, inboxesAt(HOST, 1));
      await deliverUntil(NOW + (day + 1) * DAY);
    }
    const before = world.posted.length;
    for (let day = 120; day < 150; day += 1) {
      await enqueue(`day ${day}`, inboxesAt(HOST, 1));
      await deliverUntil(NOW + (day + 1) * DAY);
    }
    expect(world.posted.length - before).toBeLessThanOrEqual(5);
    world.answer = () => answer(202);
    await deliverUntil(world.now + 8 * DAY);
    expect(await world.store.hosts.get(HOST)).toBeUndefined();
    expect(await world.store.deliveries.counts()).toMatchObject({ pending: 0 });
  });
});

describe.each(NAMES)('what a host that is well costs (%s)', (store) => {
  beforeEach(() => open(store));

  /** The world's store, with the calls to hosts and inboxes written down. */
  function watched(): string[] {
    const calls: string[] = [];
    const watch = <T extends object>(part: T, name: string): T =>
      new Proxy(part, {
        get(target, key, receiver) {
          calls.push(`${name}.${String(key)}`);
          return Reflect.get(target, key, receiver);
        },
      });
    const store: Store = {
      ...world.store,
      hosts: watch(world.store.hosts, 'hosts'),
      inboxes: watch(world.store.inboxes, 'inboxes'),
    };
    world = { ...world, deps: { ...world.deps, store } };
    return calls;
  }

  test('a thousand successes → no record of a host or an inbox is read or written', async () => {
    const calls = watched();
    await enqueue('p', [...inboxesAt('a.example', 500), ...inboxesAt('b.example', 500)]);
    expect(await deliver()).toMatchObject({ delivered: 1_000 });
    expect(calls).toEqual([]);
  });

  test('a success in another process than the failure ends the record: the lease tells of it', async () => {
    world.answer = () => answer(503);
    await enqueue('p', inboxesAt(HOST, 1));
    await deliver();
    expect(await world.store.hosts.get(HOST)).toMatchObject({ failures: 1 });
    world.answer = () => answer(202);
    await enqueue('q', inboxesAt(HOST, 1));
    await deliver();
    expect(await world.store.hosts.get(HOST)).toBeUndefined();
  });

  test('four answers at the same moment are four failures', async () => {
    world.answer = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return answer(500);
    };
    await enqueue('p', inboxesAt(HOST, 4));
    await deliver();
    expect(await world.store.hosts.get(HOST)).toMatchObject({ failures: 4, failedDays: 1 });
  });
});

describe.each(NAMES)('a host that is heard from (%s)', (store) => {
  beforeEach(() => open(store));

  test('its queue at once, whatever it waited for', async () => {
    world.answer = () => answer(503);
    await enqueue('p', inboxesAt(HOST, 20));
    await deliver();
    world.answer = () => answer(202);
    await noteHostHeard(world.deps, HOST);
    expect(await deliver()).toMatchObject({ delivered: 20 });
    expect(events('host.recovered')).toHaveLength(1);
  });

  test('one that never failed → nothing is written', async () => {
    await enqueue('p', inboxesAt(HOST, 1));
    await noteHostHeard(world.deps, HOST);
    expect(world.lines).toEqual([]);
  });
});
