import { expect, test } from 'vitest';
import { confirm, entry, id, ledger, manifest, ORIGIN, plan, told } from './plan-samples.ts';

test('no ledger → everything is baseline and nothing is sent', () => {
  expect(plan(manifest([entry('a'), entry('b')]), undefined)).toEqual({
    origin: ORIGIN,
    baseline: true,
    activities: [],
    holds: [],
    quiet: [],
    waiting: [],
    unfinished: [],
  });
});

test('nothing changed → nothing', () => {
  const same = plan(manifest([entry('a')]), ledger([told('a'), told('gone', { state: 'deleted' })]));
  expect(same).toMatchObject({ baseline: false, activities: [], holds: [], waiting: [], unfinished: [] });
});

test('new → Create', () => {
  expect(plan(manifest([entry('a')]), ledger([])).activities).toEqual([
    { type: 'Create', entry: entry('a'), published: '2026-11-23T10:00:00Z', why: 'new' },
  ]);
});

test('changed digest → Update with a newer updated and the next revision', () => {
  const changed = entry('a', { digest: 'other' });
  expect(
    plan(manifest([changed]), ledger([told('a', { revision: 2, updated: '2026-11-23T11:00:00Z' })])).activities,
  ).toEqual([
    {
      type: 'Update',
      entry: changed,
      published: '2026-11-23T10:00:00Z',
      updated: '2026-11-23T12:00:00Z',
      revision: 3,
      why: 'changed since it was sent',
    },
  ]);
});

test('changed baseline → Update, its published as it was', () => {
  const old = { published: '2019-01-01T00:00:00Z' };
  const known = ledger([told('a', { ...old, state: 'baseline' })]);
  expect(plan(manifest([entry('a', { ...old, digest: 'other' })]), known).activities).toMatchObject([
    {
      type: 'Update',
      published: '2019-01-01T00:00:00Z',
      updated: '2026-11-23T12:00:00Z',
      why: 'changed since federation began',
    },
  ]);
});

test('removed → Delete with the former type', () => {
  expect(plan(manifest([]), ledger([told('a')])).activities).toEqual([
    {
      type: 'Delete',
      id: id('a'),
      formerType: 'Article',
      title: 'Title of a',
      deleted: '2026-11-23T12:00:00Z',
      why: 'posts/a.md is no longer in the build',
    },
  ]);
});

test('changed profile → Update of the actor', () => {
  const known = ledger([], { actor: { id: `${ORIGIN}/ap/actor.json`, digest: 'old', revision: 4 } });
  expect(plan(manifest([]), known).activities).toEqual([
    {
      type: 'UpdateActor',
      digest: 'profile',
      username: 'blog',
      keyDigest: 'keys',
      revision: 5,
      updated: '2026-11-23T12:00:00Z',
      why: 'the profile changed',
    },
  ]);
});

test('order: the actor, Deletes, Updates, Creates, each oldest first', () => {
  const built = manifest([
    entry('new-2', { published: '2026-11-23T11:00:00Z' }),
    entry('new-1', { published: '2026-11-23T09:00:00Z' }),
    entry('edit-2', { published: '2026-11-02T00:00:00Z', digest: 'x' }),
    entry('edit-1', { published: '2026-11-01T00:00:00Z', digest: 'x' }),
  ]);
  const known = ledger([
    told('edit-2', { published: '2026-11-02T00:00:00Z' }),
    told('edit-1', { published: '2026-11-01T00:00:00Z' }),
    told('gone-2', { published: '2026-10-02T00:00:00Z' }),
    told('gone-1', { published: '2026-10-01T00:00:00Z' }),
  ]);
  const { activities } = plan({ ...built, actor: { ...built.actor, digest: 'new profile' } }, known);
  expect(
    activities.map((planned) => ('entry' in planned ? planned.entry.id : 'id' in planned ? planned.id : planned.type)),
  ).toEqual(['UpdateActor', ...['gone-1', 'gone-2', 'edit-1', 'edit-2', 'new-1', 'new-2'].map((key) => id(key))]);
});

test('the parts of a thread, which have one date, in their order', () => {
  const parts = ['t', ...Array.from({ length: 11 }, (_, at) => `t-${at + 2}`)];
  const { activities } = plan(manifest(parts.toSorted().map((key) => entry(key))), ledger([]), confirm('many-creates'));
  expect(activities.map((planned) => 'entry' in planned && planned.entry.id)).toEqual(parts.map((key) => id(key)));
});

test('Creates of one day: by the dates that are told, those without a time last and by id', () => {
  const today = { published: '2026-11-23T00:00:00Z', dateOnly: true };
  const morning = { published: '2026-11-23T08:00:00Z' };
  const built = manifest([entry('b', today), entry('z', morning), entry('a', today)]);
  const { activities } = plan(built, ledger([]));
  expect(activities.map((planned) => 'entry' in planned && [planned.entry.id, planned.published])).toEqual([
    [id('z'), '2026-11-23T08:00:00Z'],
    [id('a'), '2026-11-23T12:00:00Z'],
    [id('b'), '2026-11-23T12:00:00Z'],
  ]);
});

test('an interrupted publish is shown as unfinished', () => {
  const sending = `${ORIGIN}/ap/activities/delete/1`;
  const known = ledger([told('a', { state: 'deleted', sending })], {
    actor: { id: `${ORIGIN}/ap/actor.json`, digest: 'profile', revision: 1, sending: 'update/1' },
  });
  expect(plan(manifest([]), known).unfinished).toEqual([
    { activityId: 'update/1', id: `${ORIGIN}/ap/actor.json`, title: 'profile' },
    { activityId: sending, id: id('a'), title: 'Title of a' },
  ]);
});
