import { beforeEach, describe, expect, test } from 'vitest';
import type { HoldCode } from '../../federation/plan.ts';
import { deliverDue } from '../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { ADDRESSES, createWorld, followerAt, idOf, ORIGIN, post, type World } from './publish-world.ts';

let world: World;
const publish = async (confirm: HoldCode[] = []) =>
  applyPlan(world.deps, await preparePlan(world.deps, { confirm: new Set(confirm) }));
const deliver = () => deliverDue(world.deps, { owner: 'test', random: () => 0 });
const told = async (key: string) => world.store.ledger.object(idOf(key));

beforeEach(async () => {
  world = createWorld({ files: new Map([['old', post('old', { published: '2020-01-01T00:00:00Z' })]]) });
  await world.store.followers.put(followerAt('a.example', 'ann'));
  await world.store.followers.put(followerAt('a.example', 'bob'));
  await world.store.followers.put(followerAt('b.example'));
});

test('The first publish sends nothing and remembers what was there', async () => {
  expect(await publish()).toEqual({
    baseline: true,
    activities: [],
    quiet: [],
    deliveries: 0,
    followers: 3,
    servers: 2,
  });
  expect(await told('old')).toMatchObject({ state: 'baseline', revision: 0, published: '2020-01-01T00:00:00Z' });
  expect((await publish()).activities).toEqual([]);
  expect(await world.store.deliveries.counts()).toMatchObject({ pending: 0, delivered: 0, failed: 0, gone: 0 });
});

/** Of another second, so that it is nothing under another name. */
const EARLIER = { published: '2026-11-23T10:30:00Z' };

describe('after the baseline', () => {
  beforeEach(() => publish());

  test('A new post → one Create for each shared inbox; a second publish sends nothing', async () => {
    world.files.set('new', post('new'));
    const report = await publish();
    expect(report).toMatchObject({ baseline: false, deliveries: 2, followers: 3, servers: 2 });
    expect(report.activities).toEqual([expect.stringMatching(`^${ORIGIN}/ap/activities/create/[0-9a-f]{32}$`)]);
    expect((await publish()).activities).toEqual([]);
    await deliver();
    expect(world.posted.map(({ inbox }) => inbox).sort()).toEqual([
      'https://a.example/inbox',
      'https://b.example/inbox',
    ]);
    expect(world.posted[0]?.json).toMatchObject({
      id: report.activities[0],
      type: 'Create',
      actor: ADDRESSES.actor,
      object: { id: idOf('new'), content: '<p>new</p>', published: '2026-11-23T11:00:00Z' },
    });
    expect(await told('new')).toEqual(expect.not.objectContaining({ sending: expect.anything() }));
  });

  test('A date without a time → the Create says now, and the ledger keeps it', async () => {
    world.files.set('new', post('new', { published: '2026-11-23T00:00:00Z', dateOnly: true }));
    await publish();
    await deliver();
    expect(world.posted[0]?.json).toMatchObject({ object: { published: '2026-11-23T12:00:00Z' } });
    expect(await told('new')).toMatchObject({ published: '2026-11-23T12:00:00Z' });
  });

  test('An edit → an Update that keeps published and moves updated; back again → another Update with another id', async () => {
    world.files.set('new', post('first', { title: 'T' }));
    await publish();
    const ids = new Set<string>();
    for (const [text, revision] of [
      ['second', 1],
      ['first', 2],
      ['second', 3],
    ] as const) {
      world.files.set('new', post(text, { title: 'T' }));
      const { activities } = await publish();
      for (const id of activities) ids.add(id);
      expect(await told('new')).toMatchObject({
        revision,
        published: '2026-11-23T11:00:00Z',
        updated: `2026-11-23T12:00:0${revision - 1}Z`,
      });
    }
    expect(ids.size).toBe(3);
    await deliver();
    const last = world.posted.filter(({ inbox }) => inbox === 'https://b.example/inbox').at(-1);
    expect(last?.json).toMatchObject({
      type: 'Update',
      object: { content: '<p>second</p>', published: '2026-11-23T11:00:00Z', updated: '2026-11-23T12:00:02Z' },
    });
  });

  test('A removal → a Delete with a Tombstone; the file comes back → held, and nothing is sent', async () => {
    const file = post('new');
    world.files.set('new', file);
    await publish();
    world.files.delete('new');
    await publish();
    await deliver();
    expect(world.posted.at(-1)?.json).toMatchObject({
      type: 'Delete',
      object: { id: idOf('new'), type: 'Tombstone', formerType: 'Article' },
    });
    expect(await told('new')).toMatchObject({ state: 'deleted', deleted: '2026-11-23T12:00:00Z' });
    world.files.set('new', file);
    expect((await preparePlan(world.deps)).plan).toMatchObject({ activities: [], holds: [{ code: 'tombstoned-id' }] });
    expect((await publish(['tombstoned-id'])).activities).toEqual([]);
  });

  test('A changed profile → one Update of the actor', async () => {
    world.profile = 'second';
    expect((await publish()).activities).toHaveLength(1);
    await deliver();
    expect(world.posted[0]?.json).toMatchObject({ type: 'Update', object: { id: ADDRESSES.actor, summary: 'second' } });
    expect((await publish()).activities).toEqual([]);
  });

  test('A future post waits through the baseline and every publish, and is sent when its time has come', async () => {
    world.files.set('soon', post('soon', { published: '2026-11-24T00:00:00Z' }));
    expect((await publish()).activities).toEqual([]);
    expect(await told('soon')).toBeUndefined();
    world.now = Date.parse('2026-11-24T00:00:00Z');
    expect((await publish()).activities).toHaveLength(1);
  });

  test('A build that was rolled back sends nothing, and does not become the newest', async () => {
    world.source = { commit: 'two', committedAt: '2026-11-23T11:00:00Z' };
    await publish();
    world.source = { commit: 'one', committedAt: '2026-11-22T11:00:00Z' };
    world.files.delete('old');
    expect((await publish()).activities).toEqual([]);
    expect((await world.store.ledger.read())?.ledger.source?.commit).toBe('two');
    expect((await publish(['older-build'])).activities).toHaveLength(1);
    expect((await world.store.ledger.read())?.ledger.source?.commit).toBe('one');
  });

  test('A held change is not sent; what is not held is', async () => {
    for (let n = 0; n < 11; n += 1) world.files.set(`n${n}`, post(`n${n}`));
    world.files.set('old', post('edited', { published: '2020-01-01T00:00:00Z' }));
    expect((await publish()).activities).toEqual([expect.stringContaining('/update/')]);
    expect((await publish(['many-creates'])).activities).toHaveLength(11);
  });

  test('A Create that was shown is not sent when another publish has taken it meanwhile', async () => {
    world.files.set('new', post('new'));
    const prepared = await preparePlan(world.deps);
    expect((await publish()).activities).toHaveLength(1);
    expect(await applyPlan(world.deps, prepared)).toMatchObject({ activities: [], deliveries: 0 });
  });

  test('What was not shown is not sent, though another publish changed the ledger', async () => {
    world.files.set('new', post('new'));
    const prepared = await preparePlan(world.deps);
    const other = createWorld({ store: world.store, files: new Map([['extra', post('extra', EARLIER)]]) });
    await applyPlan(other.deps, await preparePlan(other.deps));
    // The other build has no `old` and no `new`: ours would now restore the one and delete `extra`.
    const { activities } = await applyPlan(world.deps, prepared);
    expect(activities).toEqual([expect.stringContaining('/create/')]);
    expect(await told('extra')).toMatchObject({ state: 'announced' });
  });

  test('Two publishers with different texts: only one of them is sent', async () => {
    world.files.set('old', post('mine', { published: '2020-01-01T00:00:00Z' }));
    const mine = await preparePlan(world.deps);
    const other = createWorld({
      store: world.store,
      files: new Map([['old', post('theirs', { published: '2020-01-01T00:00:00Z' })]]),
    });
    const theirs = await preparePlan(other.deps);
    const reports = await Promise.all([applyPlan(world.deps, mine), applyPlan(other.deps, theirs)]);
    const sent = reports.flatMap(({ activities }) => activities);
    const object = await told('old');
    // The second may follow as a later revision, newer than the first, and may finish what the first began: never beside it.
    expect(object?.revision).toBe(new Set(sent).size);
  });

  test('A manifest that names what the build lacks → object-missing, and the ledger is untouched', async () => {
    world.files.set('new', post('new'));
    const site = { ...world.deps.site, document: async () => undefined };
    const deps = { ...world.deps, site };
    await expect(applyPlan(deps, await preparePlan(deps))).rejects.toMatchObject({ code: 'object-missing' });
    expect(await told('new')).toBeUndefined();
  });

  test.each([
    ['a post that is another now', () => world.files.set('new', post('other', { title: 'About new' }))],
    ['a post that is gone', () => world.files.delete('new')],
    ['a post that was gone and is back', () => world.files.set('edited', post('edited', EARLIER))],
    ['another profile', () => (world.profile = 'third')],
  ])(
    'A build that is swapped in while a plan is applied, with %s → build-changed, and nothing is told',
    async (_case, swap) => {
      world.files.set('edited', post('edited', EARLIER));
      await publish();
      const before = world.store.ledger.read();
      world.files.set('new', post('new'));
      world.files.delete('edited');
      world.profile = 'second';
      const prepared = await preparePlan(world.deps);
      expect(prepared.plan.activities.map(({ type }) => type)).toEqual(['UpdateActor', 'Delete', 'Create']);
      swap();
      await expect(applyPlan(world.deps, prepared)).rejects.toMatchObject({
        code: 'build-changed',
        hint: expect.stringContaining('run publish again'),
      });
      expect(await world.store.ledger.read()).toEqual(await before);
      expect((await publish()).activities.length).toBeGreaterThan(0);
    },
  );

  test('A build that is swapped in and says the same of what is told → the plan is applied', async () => {
    world.files.set('new', post('new'));
    const prepared = await preparePlan(world.deps);
    world.files.set('later', post('later'));
    expect((await applyPlan(world.deps, prepared)).activities).toHaveLength(1);
    expect(await told('later')).toBeUndefined();
  });

  test('Progress: one report for each activity, with its deliveries', async () => {
    world.files.set('new', post('new'));
    const progress: unknown[] = [];
    await applyPlan(world.deps, await preparePlan(world.deps), { onProgress: (queued) => progress.push(queued) });
    expect(progress).toEqual([{ activityId: expect.any(String), type: 'Create', object: idOf('new'), deliveries: 2 }]);
  });
});

test('A ledger of another origin → nothing is sent, nothing is written', async () => {
  await world.store.ledger.begin({
    origin: 'https://old.example',
    actor: { id: 'x', digest: 'x', revision: 0 },
    begun: '2026-01-01T00:00:00Z',
    objects: new Map(),
  });
  expect(await publish(['other-origin'])).toMatchObject({ baseline: false, activities: [] });
  expect((await world.store.ledger.read())?.version).toBe(1);
});
