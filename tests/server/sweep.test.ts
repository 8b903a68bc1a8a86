import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../federation/manifest.ts';
import { DEFAULT_RULES, type Rules } from '../../federation/rules.ts';
import { approve } from '../../server/approve.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { runSweep, sweepOnce } from '../../server/sweep.ts';
import { createWorld, followerAt, idOf, NOW, post, type World } from './publish-world.ts';

const MINUTE = 60_000;

let world: World;
const publish = async (confirm: string[] = []) =>
  applyPlan(world.deps, await approve(world.deps, await preparePlan(world.deps, { confirm: new Set(confirm) })));
const events = (name: string) => world.lines.filter(({ event }) => event === name);

beforeEach(async () => {
  world = createWorld();
  await world.store.followers.put(followerAt('a.example'));
});

test('Before the baseline a sweep does nothing, and takes none', async () => {
  world.files.set('new', post('new'));
  expect(await sweepOnce(world.deps)).toEqual({});
  expect(await world.store.ledger.read()).toBeUndefined();
});

describe('after the baseline', () => {
  beforeEach(() => publish());

  test('An edit that nobody published is not sent, and is said once', async () => {
    world.files.set('new', post('new'));
    const first = await sweepOnce(world.deps);
    world.now += MINUTE;
    const second = await sweepOnce(world.deps, first);
    world.now += MINUTE;
    await sweepOnce(world.deps, { said: second.said ?? '' });
    expect(await world.store.deliveries.counts()).toMatchObject({ pending: 0 });
    expect(events('sweep.unpublished')).toHaveLength(1);
  });

  test('A post dated ahead in a build that nobody published is not sent; that is said before, and when it was due', async () => {
    world.files.set('soon', post('soon', { published: '2026-11-23T13:00:00Z' }));
    const first = await sweepOnce(world.deps);
    expect(events('sweep.unpublished')).toMatchObject([{ activities: 0, ahead: 1 }]);
    world.now = Date.parse('2026-11-23T13:00:00Z');
    expect((await sweepOnce(world.deps, first)).sent).toBeUndefined();
    expect(events('sweep.unpublished')).toMatchObject([{ ahead: 1 }, { activities: 1, ahead: 0 }]);
  });

  test('A post that is dated ahead goes out at its time, without a build and without a word', async () => {
    world.files.set('soon', post('soon', { published: '2026-11-23T13:00:00Z' }));
    await publish();
    const first = await sweepOnce(world.deps);
    expect(first).toMatchObject({ nextAt: NOW + 60 * MINUTE });
    expect(first.sent).toBeUndefined();
    world.now = NOW + 60 * MINUTE - 1;
    expect((await sweepOnce(world.deps, first)).sent).toBeUndefined();
    world.now += 1;
    expect((await sweepOnce(world.deps, first)).sent?.activities).toHaveLength(1);
    expect(await world.store.ledger.object(idOf('soon'))).toMatchObject({ published: '2026-11-23T13:00:00Z' });
  });

  test('A post that was dated ahead when federation began goes out as well', async () => {
    const fresh = createWorld({ files: new Map([['soon', post('soon', { published: '2026-11-23T13:00:00Z' })]]) });
    await applyPlan(fresh.deps, await preparePlan(fresh.deps));
    fresh.now = NOW + 60 * MINUTE;
    expect((await sweepOnce(fresh.deps)).sent?.activities).toHaveLength(1);
  });

  test('A delayed publish goes out at its time; when the build has changed by then, nothing goes out', async () => {
    world.policy = { ...DEFAULT_POLICY, sendAfterMs: 10 * MINUTE };
    world.files.set('new', post('new'));
    await publish();
    const waiting = await sweepOnce(world.deps);
    expect(waiting).toMatchObject({ nextAt: NOW + 10 * MINUTE });
    expect(events('sweep.waiting')).toEqual([
      expect.objectContaining({ activities: 1, until: '2026-11-23T12:10:00Z' }),
    ]);
    world.now = NOW + 10 * MINUTE;
    world.files.set('new', post('new, edited'));
    expect((await sweepOnce(world.deps, waiting)).sent).toBeUndefined();
    world.files.set('new', post('new'));
    expect((await sweepOnce(world.deps, waiting)).sent?.activities).toHaveLength(1);
    expect((await sweepOnce(world.deps)).sent).toBeUndefined();
  });

  test('An interrupted publish is finished, also when the site has moved on; the site of then is not sent', async () => {
    world.files.set('begun', post('begun'));
    const broken = async () => Promise.reject(new Error('the store is down'));
    const store = { ...world.store, deliveries: { ...world.store.deliveries, enqueue: broken } };
    const prepared = await approve(world.deps, await preparePlan(world.deps));
    await expect(applyPlan({ ...world.deps, store }, prepared)).rejects.toThrow('the store is down');
    world.files.set('unpublished', post('unpublished'));
    world.source = { commit: 'next', committedAt: '2026-11-23T11:59:00Z' };
    expect((await sweepOnce(world.deps)).sent?.activities).toEqual([expect.stringContaining('/create/')]);
    const { ledger } = (await world.store.ledger.read()) ?? {};
    expect(ledger?.objects.has(idOf('unpublished'))).toBe(false);
    // The build was not published, so it is not the newest that was.
    expect(ledger?.source).toBeUndefined();
  });

  test('What is held stays held and is said once, with since when; what was released with it is sent', async () => {
    for (let n = 0; n < 11; n += 1) world.files.set(`n${n}`, post(`n${n}`));
    await publish();
    world.now += MINUTE;
    let last = await sweepOnce(world.deps);
    for (let minute = 0; minute < 3; minute += 1) last = await sweepOnce(world.deps, { said: last.said ?? '' });
    expect(events('sweep.held')).toEqual([
      expect.objectContaining({ code: 'many-creates', objects: 11, since: '2026-11-23T12:00:00.000Z' }),
    ]);
    const prepared = await preparePlan(world.deps, { confirm: new Set(['many-creates']) });
    await approve(world.deps, prepared);
    expect((await sweepOnce(world.deps)).sent?.activities).toHaveLength(11);
  });

  test('While nothing changes, the ledger is not read again', async () => {
    let reads = 0;
    const outline = async () => {
      reads += 1;
      return world.store.ledger.outline();
    };
    const deps = { ...world.deps, store: { ...world.store, ledger: { ...world.store.ledger, outline } } };
    let last = await sweepOnce(deps);
    for (let minute = 0; minute < 5; minute += 1) last = await sweepOnce(deps, last);
    expect(reads).toBe(1);
  });
});

describe('the loop', () => {
  const ending = new AbortController();
  afterEach(() => ending.abort());

  /** Polls until it holds: no more than ten seconds. */
  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 500 && !(await holds()); tries += 1) await new Promise((next) => setTimeout(next, 20));
    expect(await holds()).toBe(true);
  }

  test('wakes when something comes due, outlives a store that fails, and ends when it is told to', async () => {
    world.now = Date.now();
    await publish();
    world.policy = { ...DEFAULT_POLICY, sendAfterMs: 1_500 };
    world.files.set('new', post('new', { published: new Date(world.now - MINUTE).toISOString() }));
    await publish();
    let faults = 2;
    const head = async () => {
      faults -= 1;
      if (faults >= 0) throw new Error('the store is down');
      return world.store.ledger.head();
    };
    const store = { ...world.store, ledger: { ...world.store.ledger, head } };
    const deps = { ...world.deps, store, clock: Date.now };
    const signal = AbortSignal.any([ending.signal]);
    const failing = runSweep(deps, { signal, everyMs: 20 });
    await until(async () => faults < 0);
    expect(events('sweep.fault')).toHaveLength(1);
    const calm = new AbortController();
    // Its first look finds what waits; then it sleeps until that time, not for an hour.
    const running = runSweep({ ...deps, store: world.store }, { signal: calm.signal, everyMs: 3_600_000 });
    ending.abort();
    await failing;
    world.now = Date.now();
    await until(async () => (await world.store.deliveries.counts()).pending === 1);
    calm.abort();
    await running;
  });

  const blocking = (name: string): Rules => {
    const block = { name, severity: 'block', source: 'blocks.csv' } as const;
    return { ...DEFAULT_RULES, blocks: { accounts: [], hosts: [block] } };
  };
  const followers = async () => (await world.store.followers.page({ limit: 10 })).items.map(({ actor }) => actor);

  test('Rules that are new are enforced by a running sweep, within one turn, and once', async () => {
    await world.store.followers.put(followerAt('b.example'));
    let rules = DEFAULT_RULES;
    const ending = new AbortController();
    const deps = { ...world.deps, site: { ...world.deps.site, rules: async () => rules } };
    const running = runSweep(deps, { signal: ending.signal, everyMs: 10 });
    await until(async () => (await followers()).length === 2);
    rules = blocking('a.example');
    await until(async () => (await followers()).length === 1);
    await world.store.followers.put(followerAt('c.example'));
    ending.abort();
    await running;
    expect(await followers()).toEqual([followerAt('c.example').actor, followerAt('b.example').actor]);
    expect(events('blocks.enforced')).toHaveLength(1);
  });

  test('A publish with a new block sends nothing to whom it blocks', async () => {
    await world.store.followers.put(followerAt('b.example'));
    await publish();
    world.files.set('new', post('new'));
    const deps = { ...world.deps, site: { ...world.deps.site, rules: async () => blocking('a.example') } };
    const sent = await applyPlan(deps, await approve(deps, await preparePlan(deps)));
    const to = await world.store.deliveries.ofActivity(sent.activities[0] ?? '');
    expect(to.map(({ inbox }) => inbox)).toEqual(['https://b.example/inbox']);
  });

  test('Two servers on one SQLite file sweep at once → each activity is queued once for each follower', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'postern-sweep-'));
    try {
      const stores = [openSqliteStore(join(folder, 'a.db')), openSqliteStore(join(folder, 'a.db'))] as const;
      const one = createWorld({ store: stores[0], files: world.files });
      const two = createWorld({ store: stores[1], files: world.files });
      await stores[0].followers.put(followerAt('a.example'));
      await applyPlan(one.deps, await preparePlan(one.deps));
      for (let n = 0; n < 5; n += 1) world.files.set(`n${n}`, post(`n${n}`));
      await approve(one.deps, await preparePlan(one.deps));
      const sweeps = await Promise.all([sweepOnce(one.deps), sweepOnce(two.deps)]);
      expect(sweeps.map(({ sent }) => sent?.deliveries ?? 0).reduce((a, b) => a + b)).toBe(5);
      expect(await stores[0].deliveries.counts()).toMatchObject({ pending: 5 });
      const rest = await sweepOnce(one.deps);
      expect(rest.sent).toBeUndefined();
      for (const store of stores) await store.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
