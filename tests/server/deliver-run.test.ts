import { beforeEach, expect, test } from 'vitest';
import { approve } from '../../server/approve.ts';
import { deliverRun, runName } from '../../server/deliver-run.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { createWorld, followerAt, NOW, post, type World } from './publish-world.ts';

let world: World;
const run = (unique = 'a', leaseForMs = 60_000) =>
  deliverRun(world.deps, { owner: runName(world.now, unique), leaseForMs, random: () => 0 });
const publish = async () => applyPlan(world.deps, await approve(world.deps, await preparePlan(world.deps)));
const alive = () => world.store.workers.alive(world.now);

beforeEach(async () => {
  world = createWorld();
  for (let n = 0; n < 5; n += 1) await world.store.followers.put(followerAt(`h${n}.example`));
  await publish();
  world.files.set('new', post('new'));
  await publish();
});

test('A run delivers what is due, and is gone then', async () => {
  expect(await run()).toMatchObject({ kind: 'done', report: { delivered: 5 } });
  expect(await alive()).toEqual([]);
});

test('A run that meets another leaves the work to it', async () => {
  await world.store.workers.beat(runName(world.now - 1, 'z'), world.now + 30_000);
  expect(await run()).toEqual({ kind: 'others' });
  expect(world.posted).toEqual([]);
  expect(await alive()).toEqual([runName(world.now - 1, 'z')]);
});

test('Of two runs that begin at once nothing is sent twice, and everything once', async () => {
  const ended = await Promise.all([run('a'), run('b')]);
  expect(ended.map(({ kind }) => kind).sort()).toContain('done');
  expect(world.posted.map(({ inbox }) => inbox).sort()).toEqual(
    [0, 1, 2, 3, 4].map((n) => `https://h${n}.example/inbox`),
  );
});

test('A run that began and died is forgotten: the next one goes on with what it had', async () => {
  const dead = runName(world.now, 'dead');
  await world.store.workers.beat(dead, world.now + 30_000);
  const leased = await world.store.deliveries.lease({ owner: dead, now: world.now, leaseMs: 60_000, limit: 2 });
  expect(leased).toHaveLength(2);
  world.now += 31_000;
  // The lease of an attempt that may still be under way is waited for.
  expect(await run('b')).toMatchObject({ kind: 'done', report: { delivered: 3 } });
  world.now += 30_000;
  expect(await run('c')).toMatchObject({ kind: 'done', report: { delivered: 2 } });
});

test('A run whose time is over stops, gives back what it had, and says that something is left', async () => {
  // One host takes four at a time.
  for (let n = 0; n < 20; n += 1) {
    const { sharedInbox: _, ...follower } = followerAt('busy.example', `p${n}`);
    await world.store.followers.put(follower);
  }
  world.files.set('more', post('more'));
  await publish();
  world.answer = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return { kind: 'response', status: 202 };
  };
  const first = await run('a', 10);
  expect(first.kind).toBe('over');
  expect(await alive()).toEqual([]);
  expect(await world.store.deliveries.leased(world.now)).toBe(0);
  expect(await run('b')).toMatchObject({ kind: 'done' });
  const sent = world.posted.map(({ inbox, json }) => `${inbox} ${json.id}`);
  expect(sent).toHaveLength(30);
  expect(new Set(sent).size).toBe(30);
});

test('What is queued while a run is about to go is delivered by it', async () => {
  const { workers } = world.store;
  let isLeaving = true;
  const store = {
    ...world.store,
    workers: {
      ...workers,
      // The inbox saw a run that was alive, and queued without starting another.
      async leave(owner: string) {
        if (isLeaving) {
          isLeaving = false;
          world.files.set('late', post('late'));
          await publish();
        }
        return workers.leave(owner);
      },
    },
  };
  const ended = await deliverRun({ ...world.deps, store }, { owner: runName(NOW, 'a') });
  expect(ended).toMatchObject({ kind: 'done', report: { delivered: 10 } });
});

test('While a request hangs, the store is not asked again and again for more', async () => {
  const { deliveries } = world.store;
  let leases = 0;
  const counting = {
    ...deliveries,
    lease: (...asked: Parameters<typeof deliveries.lease>) => {
      leases += 1;
      return deliveries.lease(...asked);
    },
  };
  world.answer = async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_800));
    return { kind: 'response', status: 202 };
  };
  const deps = { ...world.deps, store: { ...world.store, deliveries: counting } };
  const ended = await deliverRun(deps, { owner: runName(world.now, 'a'), random: () => 0 });
  expect(ended).toMatchObject({ kind: 'done', report: { delivered: 5 } });
  // When it began, and when nothing was under way any more.
  expect(leases).toBeLessThanOrEqual(3);
});
