import { expect, test } from 'vitest';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { deliverDue } from '../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { openMemoryStore } from '../../server/store/memory.ts';
import type { Store } from '../../server/store/store.ts';
import { deed, NOTE } from '../federation/plan-samples.ts';
import { Crash, crashingStore } from './crashing-store.ts';
import { createWorld, followerAt, idOf, post, type World } from './publish-world.ts';

const publish = async (world: World) => applyPlan(world.deps, await preparePlan(world.deps));

/** A blog with a baseline, two followers, and one change of each kind that is not published yet, deeds among them. */
async function changedBlog(): Promise<World> {
  const world = createWorld({
    files: new Map([
      ['edited', post('before', { published: '2020-01-01T00:00:00Z' })],
      ['removed', post('removed', { published: '2020-01-02T00:00:00Z' })],
      ['stays', post('stays', { published: '2020-01-03T00:00:00Z' })],
    ]),
  });
  for (const host of ['a.example', 'b.example']) await world.store.followers.put(followerAt(host));
  await publish(world);
  const boost = deed('Announce', NOTE);
  world.deeds.set(boost.id, boost);
  await publish(world);
  world.deeds.clear();
  await deliverDue(world.deps, { owner: 'test' });
  world.posted.length = 0;
  for (const each of [deed('Like', NOTE), deed('QuoteRequest', NOTE, { instrument: idOf('new') })]) {
    world.deeds.set(each.id, each);
  }
  world.profile = 'changed';
  world.source = { commit: 'c1', committedAt: '2026-11-23T11:30:00Z' };
  world.files.set('edited', post('after', { published: '2020-01-01T00:00:00Z' }));
  world.files.delete('removed');
  world.files.set('new', post('new', { published: '2026-11-23T00:00:00Z', dateOnly: true }));
  return world;
}

/** What arrived, as `inbox activity`, and that each arrived once. */
async function delivered(world: World): Promise<string[]> {
  await deliverDue(world.deps, { owner: 'test' });
  const arrived = world.posted.map(({ inbox, json }) => `${inbox} ${String(json.id)}`);
  expect(new Set(arrived).size).toBe(arrived.length);
  return arrived.sort();
}

/** The ledger knows the dates as they were sent, though a rerun would have planned later ones. */
async function expectLedgerSays(world: World, { type, ...json }: JsonObject): Promise<void> {
  const object = json.instrument ?? json.object;
  if (!isJsonObject(object) || object.type === 'Person' || type === 'Undo') return;
  const { id, published, updated, deleted } = object;
  const sent = Object.entries({ published, updated, deleted }).filter(([, date]) => date !== undefined);
  expect(await world.store.ledger.object(String(id))).toMatchObject(Object.fromEntries(sent));
}

const typeOf = (value: unknown) => isJsonObject(value) && value.type;

async function crashAt(n: number, when: 'before' | 'after', world: World): Promise<boolean> {
  const dying: Store = crashingStore(world.store, n, when).store;
  const crashed = await publish({ ...world, deps: { ...world.deps, store: dying } }).catch((error: unknown) => error);
  if (!(crashed instanceof Crash)) return false;
  return true;
}

test.each(['before', 'after'] as const)(
  'A crash %s any call of the store, then a rerun → the same activities, each once',
  async (when) => {
    const calm = await changedBlog();
    await publish(calm);
    const expected = await delivered(calm);
    // Update of actor and post, and Create to two each; Delete and the Undo of the boost to three; Like and QuoteRequest to one.
    expect(expected).toHaveLength(14);

    let crashes = 0;
    for (let n = 1; ; n += 1) {
      const world = await changedBlog();
      if (!(await crashAt(n, when, world))) break;
      crashes += 1;
      world.now += 90_000;
      await publish(world);
      expect(await delivered(world)).toEqual(expected);
      for (const { json } of world.posted) await expectLedgerSays(world, json);
      const again = await preparePlan(world.deps);
      expect(again.plan).toMatchObject({ activities: [], holds: [], unfinished: [] });
    }
    expect(crashes).toBeGreaterThan(10);
  },
);

test.each(['before', 'after'] as const)(
  'A crash %s any call, and the files change before the rerun → followers end with what the files say',
  async (when) => {
    for (let n = 1; ; n += 1) {
      const world = await changedBlog();
      if (!(await crashAt(n, when, world))) break;
      world.now += 90_000;
      world.files.delete('new');
      world.deeds.clear();
      world.files.set('edited', post('third', { published: '2020-01-01T00:00:00Z' }));
      world.files.set('removed', post('removed', { published: '2020-01-02T00:00:00Z' }));
      await publish(world);
      await delivered(world);
      const seen = world.posted.filter(({ inbox }) => inbox === 'https://a.example/inbox').map(({ json }) => json);
      const of = (id: string) => seen.filter(({ object }) => JSON.stringify(object).includes(id));
      expect(of(idOf('edited')).at(-1)).toMatchObject({ type: 'Update', object: { content: '<p>third</p>' } });
      // Whoever was told of a post that is gone now is told that, too; who was not, hears nothing.
      // A Create that still waited is superseded, not sent: its Delete says enough.
      expect([[], ['Delete']]).toContainEqual(of(idOf('new')).map(({ type }) => type));
      const liked = world.posted.filter(({ json }) => json.type === 'Like' || typeOf(json.object) === 'Like');
      expect([[], ['Undo']]).toContainEqual(liked.map(({ json }) => json.type));
      // A Delete that was begun is finished, and the file that came back is held.
      const { plan } = await preparePlan(world.deps);
      expect(plan.holds.map(({ code }) => code)).toEqual(of(idOf('removed')).length === 0 ? [] : ['tombstoned-id']);
      expect(plan).toMatchObject({ activities: [], unfinished: [] });
    }
  },
);

test('A crash of the very first publish → the next one takes the baseline, or finds it', async () => {
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; ; n += 1) {
      const world = createWorld({ store: openMemoryStore(), files: new Map([['a', post('a')]]) });
      await world.store.followers.put(followerAt('a.example'));
      if (!(await crashAt(n, when, world))) break;
      await publish(world);
      expect(await delivered(world)).toEqual([]);
      expect(await world.store.ledger.object(idOf('a'))).toMatchObject({ state: 'baseline' });
    }
  }
});

test('A crash of a publish by which the account moves → one Update and one Move to each, with the same ids', async () => {
  const confirm = new Set(['account-move']);
  const move = async (world: World) => applyPlan(world.deps, await preparePlan(world.deps, { confirm }));
  const moving = async (): Promise<World> => {
    const world = createWorld({ files: new Map([['a', post('a')]]) });
    await world.store.followers.put(followerAt('a.example'));
    await publish(world);
    world.movedTo = 'https://there.example/users/me';
    return world;
  };
  const calm = await moving();
  await move(calm);
  const expected = await delivered(calm);
  expect(calm.posted.map(({ json }) => json.type)).toEqual(['Update', 'Move']);
  for (const when of ['before', 'after'] as const) {
    for (let n = 1; ; n += 1) {
      const world = await moving();
      const dying = { ...world.deps, store: crashingStore(world.store, n, when).store };
      const crashed = await move({ ...world, deps: dying }).catch((error: unknown) => error);
      if (!(crashed instanceof Crash)) break;
      world.now += 90_000;
      await move(world);
      expect(await delivered(world)).toEqual(expected);
    }
  }
});
