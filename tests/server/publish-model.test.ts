import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { HoldCode } from '../../federation/plan.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { deliverDue } from '../../server/deliver.ts';
import { applyPlan, preparePlan } from '../../server/publish.ts';
import { createWorld, followerAt, idOf, post, type World } from './publish-world.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
const CONFIRMED: readonly HoldCode[] = [
  'many-creates',
  'many-updates',
  'many-deletes',
  'rename-without-id',
  'older-build',
];

type Step =
  | {
      readonly type: 'write';
      readonly key: string;
      readonly text: string;
      readonly dateOnly: boolean;
      readonly day: number;
    }
  | { readonly type: 'remove'; readonly key: string }
  | { readonly type: 'rename'; readonly key: string; readonly to: string }
  | { readonly type: 'profile'; readonly text: string }
  | { readonly type: 'wait'; readonly seconds: number }
  | { readonly type: 'publish'; readonly confirm: boolean; readonly committed: number };

const key = fc.constantFrom(...KEYS);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('write' as const),
      key,
      text: fc.constantFrom('x', 'y', 'z'),
      dateOnly: fc.boolean(),
      day: fc.integer({ min: 20, max: 25 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('remove' as const), key }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('rename' as const), key, to: key }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('profile' as const), text: fc.constantFrom('p', 'q') }) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('wait' as const), seconds: fc.constantFrom(0, 1, 3_600, 86_400) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('publish' as const),
      confirm: fc.boolean(),
      committed: fc.integer({ min: 0, max: 9 }),
    }),
  },
);

/** What a follower's server holds, by the rules of Mastodon. */
interface Follower {
  readonly shown: Map<string, { content: unknown; seen: number }>;
  readonly deleted: Set<string>;
  readonly meanings: Map<string, string>;
  arrived: number;
}

function receive(follower: Follower, activity: JsonObject): void {
  const id = String(activity.id);
  const meaning = JSON.stringify(activity);
  expect(follower.meanings.get(id) ?? meaning, 'two different activities share an id').toBe(meaning);
  follower.meanings.set(id, meaning);
  const { object } = activity;
  if (typeof object !== 'object' || object === null || Array.isArray(object) || object.type === 'Person') return;
  const objectId = String(object.id);
  expect(follower.deleted.has(objectId), 'a tombstoned id is used again').toBe(false);
  if (activity.type === 'Delete') {
    follower.deleted.add(objectId);
    follower.shown.delete(objectId);
    return;
  }
  const seen = Date.parse(String(object.updated ?? object.published));
  const before = follower.shown.get(objectId);
  if (activity.type === 'Create') expect(before, 'a post is announced twice').toBeUndefined();
  else if (before) expect(seen, 'an Update that Mastodon ignores').toBeGreaterThan(before.seen);
  expect(seen).toBeGreaterThanOrEqual(Date.parse(String(object.published)));
  follower.shown.set(objectId, { content: object.content, seen });
}

function change(world: World, step: Exclude<Step, { type: 'publish' }>): void {
  switch (step.type) {
    case 'write': {
      const published = `2026-11-${step.day}T00:00:00Z`;
      const known = world.files.get(step.key);
      world.files.set(
        step.key,
        known
          ? { ...known, text: step.text }
          : post(step.text, { title: step.key, published, dateOnly: step.dateOnly }),
      );
      return;
    }
    case 'remove':
      world.files.delete(step.key);
      return;
    case 'rename': {
      const file = world.files.get(step.key);
      if (!file || world.files.has(step.to)) return;
      world.files.delete(step.key);
      world.files.set(step.to, file);
      return;
    }
    case 'profile':
      world.profile = step.text;
      return;
    case 'wait':
      world.now += step.seconds * 1000;
      return;
    default:
      step satisfies never;
  }
}

async function publishAndCompare(
  world: World,
  follower: Follower,
  step: Extract<Step, { type: 'publish' }>,
): Promise<void> {
  world.source = { commit: `c${step.committed}`, committedAt: `2026-11-1${step.committed}T00:00:00Z` };
  const confirm = new Set(step.confirm ? CONFIRMED : []);
  const prepared = await preparePlan(world.deps, { confirm });
  const { activities } = await applyPlan(world.deps, prepared);
  expect(activities).toHaveLength(prepared.plan.activities.length);
  await deliverDue(world.deps, { owner: 'test' });
  for (const { json } of world.posted.slice(follower.arrived)) receive(follower, json);
  follower.arrived = world.posted.length;

  const { plan } = await preparePlan(world.deps, { confirm });
  expect(plan.activities, 'a second publish sends something').toEqual([]);
  if (plan.holds.some(({ code }) => code === 'older-build')) return;
  const apart = new Set([...plan.holds.flatMap(({ ids }) => ids), ...plan.waiting.map(({ id }) => id)]);
  for (const name of KEYS.filter((each) => !apart.has(idOf(each)))) {
    const file = world.files.get(name);
    const told = await world.store.ledger.object(idOf(name));
    if (told?.state === 'baseline') expect(follower.shown.has(idOf(name))).toBe(false);
    else expect(follower.shown.get(idOf(name))?.content).toBe(file && `<p>${file.text}</p>`);
  }
}

test('Whatever is written, removed, renamed, rolled back and published → followers see what the files say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const world = createWorld();
      await world.store.followers.put(followerAt('a.example'));
      const follower: Follower = { shown: new Map(), deleted: new Set(), meanings: new Map(), arrived: 0 };
      for (const each of steps) {
        if (each.type === 'publish') await publishAndCompare(world, follower, each);
        else change(world, each);
      }
    }),
    { numRuns: 1_000 },
  );
});
