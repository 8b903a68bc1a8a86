import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deliverDue } from '../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import type { Store } from '../../server/store/store.ts';
import { Crash, crashingStore } from '../server/crashing-store.ts';
import { createWorld, followerAt, NOW, post, type World } from '../server/publish-world.ts';

let folder: string;
let files = 0;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const OLD = { published: '2020-01-01T00:00:00Z' };
const EDITED = new Map([
  ['edited', post('after', OLD)],
  ['new', post('new')],
]);

/** A new process on the same file; what it posts is added to `posted`. */
function newProcess(store: Store, files: World['files'], now: number, posted: Map<string, Set<string>>): World {
  const world = createWorld({ store, files });
  world.now = now;
  world.answer = (inbox, json) => {
    const key = `${inbox} ${String(json.id)}`;
    posted.set(key, (posted.get(key) ?? new Set()).add(JSON.stringify(json)));
    return { kind: 'response', status: 202 };
  };
  return world;
}

async function baseline(file: string): Promise<void> {
  const store = openSqliteStore(file);
  for (const host of ['a.example', 'b.example']) await store.followers.put(followerAt(host));
  const before = new Map([
    ['edited', post('before', OLD)],
    ['removed', post('removed', OLD)],
  ]);
  const world = newProcess(store, before, NOW, new Map());
  await applyPlan(world.deps, await preparePlan(world.deps));
  await store.close();
}

async function publishAndDeliver(world: World, owner: string): Promise<void> {
  await applyPlan(world.deps, await preparePlan(world.deps));
  await deliverDue(world.deps, { owner, random: () => 0 });
}

/** Publishes in a process that dies at its `n`-th call of the store, then in another. */
async function crashThenRerun(n: number, when: 'before' | 'after') {
  files += 1;
  const file = join(folder, `${files}.db`);
  await baseline(file);
  const posted = new Map<string, Set<string>>();
  let store = openSqliteStore(file);
  const dying = newProcess(crashingStore(store, n, when).store, new Map(EDITED), NOW, posted);
  const fault: unknown = await publishAndDeliver(dying, 'first').catch((error: unknown) => error);
  const crashed = fault instanceof Crash;
  await store.close();

  // Later than any lease of the process that died.
  store = openSqliteStore(file);
  const rerun = newProcess(store, new Map(EDITED), NOW + 120_000, posted);
  await publishAndDeliver(rerun, 'second');
  const { plan } = await preparePlan(rerun.deps);
  const counts = await store.deliveries.counts();
  await store.close();
  return { crashed, posted, plan, counts };
}

test.each(['before', 'after'] as const)(
  'a process that dies %s any call of a SQLite store, publishing or delivering → all arrives, and what is repeated is the same',
  async (when) => {
    const calm = await crashThenRerun(Number.POSITIVE_INFINITY, when);
    expect(calm.crashed).toBe(false);
    expect(calm.posted.size).toBe(6);
    let crashes = 0;
    for (let n = 1; ; n += 1) {
      const { crashed, posted, plan, counts } = await crashThenRerun(n, when);
      if (!crashed) break;
      crashes += 1;
      expect([...posted.keys()].sort()).toEqual([...calm.posted.keys()].sort());
      for (const bodies of posted.values()) expect(bodies.size).toBe(1);
      expect(plan).toMatchObject({ activities: [], holds: [], unfinished: [] });
      expect(counts).toEqual({ pending: 0, delivered: 6, failed: 0, gone: 0, superseded: 0 });
    }
    expect(crashes).toBeGreaterThan(15);
  },
);
