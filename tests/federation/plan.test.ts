import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import type { Manifest, ManifestObject } from '../../federation/manifest.ts';
import { type HoldCode, type PlanOptions, planPublish } from '../../federation/plan.ts';

const ORIGIN = 'https://blog.example';
const NOW = Date.parse('2026-11-23T12:00:00.500Z');
const id = (key: string, folder = 'posts') => `${ORIGIN}/ap/${folder}/${key}.json`;

function entry(key: string, more: Partial<ManifestObject> = {}): ManifestObject {
  return {
    id: id(key),
    type: 'Article',
    url: `${ORIGIN}/posts/${key}/`,
    title: `Title of ${key}`,
    source: `posts/${key}.md`,
    digest: `digest of ${key}`,
    bodyDigest: `body of ${key}`,
    published: '2026-11-23T10:00:00Z',
    dateOnly: false,
    visibility: 'public',
    ...more,
  };
}

function told(key: string, more: Partial<LedgerObject> = {}): LedgerObject {
  const { id, type, url, title, source, digest, published } = entry(key);
  return {
    id,
    type,
    url,
    title,
    source,
    digest,
    published,
    bodyDigest: `body of ${key}`,
    state: 'announced',
    revision: 0,
    ...more,
  };
}

function manifest(objects: ManifestObject[], more: Partial<Manifest> = {}): Manifest {
  const actor = { id: `${ORIGIN}/ap/actor.json`, username: 'blog', digest: 'profile', showFollowers: false };
  return { version: 1, origin: ORIGIN, actor, objects, ...more };
}

function ledger(objects: LedgerObject[], more: Partial<Ledger> = {}): Ledger {
  const actor = { id: `${ORIGIN}/ap/actor.json`, digest: 'profile', revision: 0 };
  return { origin: ORIGIN, actor, objects: new Map(objects.map((object) => [object.id, object])), ...more };
}

const plan = (built: Manifest, known: Ledger | undefined, options: Partial<PlanOptions> = {}) =>
  planPublish(built, known, { now: NOW, ...options });
const confirm = (...codes: HoldCode[]) => ({ confirm: new Set(codes) });
const keys = (count: number, prefix = 'p') =>
  Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(3, '0')}`);

describe('what changed', () => {
  test('no ledger → everything is baseline and nothing is sent', () => {
    expect(plan(manifest([entry('a'), entry('b')]), undefined)).toEqual({
      origin: ORIGIN,
      baseline: true,
      activities: [],
      holds: [],
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
      activities.map((planned) =>
        'entry' in planned ? planned.entry.id : 'id' in planned ? planned.id : planned.type,
      ),
    ).toEqual(['UpdateActor', ...['gone-1', 'gone-2', 'edit-1', 'edit-2', 'new-1', 'new-2'].map((key) => id(key))]);
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
});

describe('dates', () => {
  const create = (more: Partial<ManifestObject>, now: string) =>
    plan(manifest([entry('a', more)]), ledger([]), { now: Date.parse(now) });

  test.each([
    ['the day begins at UTC+14', '2026-11-22T10:00:00Z', '2026-11-22T10:00:00Z'],
    ['noon of the day', '2026-11-23T12:34:56.789Z', '2026-11-23T12:34:56Z'],
    ['the day ends at UTC-12', '2026-11-24T11:59:59Z', '2026-11-24T11:59:59Z'],
    ['the day is over', '2026-11-24T12:00:00Z', '2026-11-23T00:00:00Z'],
  ])('a date without a time, %s → published %s becomes %s', (_when, now, published) => {
    const { activities } = create({ published: '2026-11-23T00:00:00Z', dateOnly: true }, now);
    expect(activities).toMatchObject([{ type: 'Create', published }]);
  });

  test('a date without a time that has not come waits', () => {
    const { activities, waiting } = create(
      { published: '2026-11-23T00:00:00Z', dateOnly: true },
      '2026-11-22T09:59:59Z',
    );
    expect(activities).toEqual([]);
    expect(waiting).toEqual([
      { id: id('a'), title: 'Title of a', source: 'posts/a.md', until: '2026-11-22T10:00:00Z' },
    ]);
  });

  test('a future date waits and is neither held nor sent', () => {
    const future = create({ published: '2026-11-23T12:00:01Z' }, '2026-11-23T12:00:00Z');
    expect(future).toMatchObject({ activities: [], holds: [], waiting: [{ until: '2026-11-23T12:00:01Z' }] });
    expect(create({ published: '2026-11-23T12:00:01Z' }, '2026-11-23T12:00:01Z').activities).toHaveLength(1);
  });

  test('a future date waits through the baseline too', () => {
    expect(plan(manifest([entry('a', { published: '2027-01-01T00:00:00Z' })]), undefined).waiting).toHaveLength(1);
  });

  test('a Create older than six hours says that Mastodon shows it in no home timeline', () => {
    expect(create({ published: '2026-11-23T06:00:00Z' }, '2026-11-23T12:00:00Z').activities).toMatchObject([
      { why: 'new' },
    ]);
    expect(create({ published: '2026-11-23T05:59:59Z' }, '2026-11-23T12:00:00Z').activities).toMatchObject([
      { published: '2026-11-23T05:59:59Z', why: expect.stringContaining('no home timeline') },
    ]);
  });

  test.each([
    ['newer than what was told → taken', '2026-11-23T11:00:00Z', '2026-11-23T11:00:00Z'],
    ['older than what was told → now', '2026-11-20T00:00:00Z', '2026-11-23T12:00:00Z'],
    ['what was told → now', '2026-11-23T10:30:00Z', '2026-11-23T12:00:00Z'],
    ['in the future → now', '2026-11-24T00:00:00Z', '2026-11-23T12:00:00Z'],
    ['absent → now', undefined, '2026-11-23T12:00:00Z'],
  ])('front matter updated %s', (_name, written, updated) => {
    const changed = entry('a', { digest: 'other', ...(written ? { updated: written } : {}) });
    const known = ledger([told('a', { updated: '2026-11-23T10:30:00Z' })]);
    expect(plan(manifest([changed]), known).activities).toMatchObject([{ type: 'Update', updated }]);
  });

  test('an Update is newer than what was told even when the clock runs behind', () => {
    const known = ledger([told('a', { updated: '2026-11-23T12:00:05Z' })]);
    expect(plan(manifest([entry('a', { digest: 'x' })]), known).activities).toMatchObject([
      { updated: '2026-11-23T12:00:06Z' },
    ]);
  });

  test('an Update within the second of its Create is a second later', () => {
    const known = ledger([told('a', { published: '2026-11-23T12:00:00Z' })]);
    const changed = entry('a', { digest: 'x', published: '2026-11-23T00:00:00Z', dateOnly: true });
    expect(plan(manifest([changed]), known).activities).toMatchObject([
      { published: '2026-11-23T12:00:00Z', updated: '2026-11-23T12:00:01Z' },
    ]);
  });
});

describe('holds', () => {
  test('another origin → everything is held, and nothing releases it', () => {
    const held = plan(manifest([entry('a')]), ledger([], { origin: 'https://old.example' }), confirm('other-origin'));
    expect(held.activities).toEqual([]);
    expect(held.holds).toMatchObject([
      { code: 'other-origin', release: expect.stringContaining('POSTERN_ORIGIN=https://old.example') },
    ]);
  });

  const source = (commit: string, committedAt: string) => ({ source: { commit, committedAt } });

  test('an older build sends nothing and says why; confirming releases it', () => {
    const older = manifest([entry('a')], source('old1', '2026-11-01T10:00:00+01:00'));
    const known = ledger([told('b')], source('new1', '2026-11-01T09:00:01Z'));
    const held = plan(older, known);
    expect(held.activities).toEqual([]);
    expect(held.holds).toMatchObject([{ code: 'older-build', why: expect.stringMatching(/old1.*new1/) }]);
    expect(plan(older, known, confirm('older-build')).activities).toHaveLength(2);
  });

  test.each([
    ['the same time', source('a', '2026-11-01T10:00:00+01:00'), source('b', '2026-11-01T09:00:00Z')],
    ['a build without a source', {}, source('b', '2026-11-01T09:00:00Z')],
    ['a ledger without a source', source('a', '2026-11-01T10:00:00Z'), {}],
  ])('%s is no older build', (_name, built, known) => {
    expect(plan(manifest([], built), ledger([], known)).holds).toEqual([]);
  });

  test('an id that was deleted is held with a free one to use, and nothing releases it', () => {
    const known = ledger([told('a', { state: 'deleted' }), told('a-2', { state: 'deleted' })]);
    const held = plan(manifest([entry('a')]), known, confirm('tombstoned-id'));
    expect(held.activities).toEqual([]);
    expect(held.holds).toEqual([
      {
        code: 'tombstoned-id',
        ids: [id('a')],
        why: '"Title of a" was deleted from the network under this id, and a deleted id can never be used again',
        release: 'give posts/a.md a new id in its front matter: id: a-3',
      },
    ]);
  });

  test('a rename without an id, same text → both held with the line to add', () => {
    const renamed = entry('new', { title: 'Another', bodyDigest: 'body of old', published: '2026-11-20T00:00:00Z' });
    const held = plan(manifest([renamed]), ledger([told('old')]));
    expect(held.activities).toEqual([]);
    expect(held.holds).toMatchObject([
      {
        code: 'rename-without-id',
        ids: [id('old'), id('new')],
        release: 'add this line to the front matter of posts/new.md: id: old',
      },
    ]);
  });

  test('a rename with a changed text, same title and date → held too', () => {
    const renamed = entry('new', { title: 'Title of old' });
    expect(plan(manifest([renamed]), ledger([told('old')])).holds).toMatchObject([{ code: 'rename-without-id' }]);
  });

  test('a rename of a post that was told at another time of its day is recognised', () => {
    const renamed = entry('new', { title: 'Title of old', published: '2026-11-23T00:00:00Z', dateOnly: true });
    const known = ledger([told('old', { published: '2026-11-23T08:15:00Z' })]);
    expect(plan(manifest([renamed]), known).holds).toMatchObject([{ code: 'rename-without-id' }]);
    const other = { ...renamed, published: '2026-11-21T00:00:00Z' };
    expect(plan(manifest([other]), known).holds).toEqual([]);
  });

  test('an article that becomes a note is a Delete and a Create: no id can carry it over', () => {
    const note = entry('a', { id: id('a', 'notes'), type: 'Note' });
    expect(plan(manifest([note]), ledger([told('a')])).activities).toMatchObject([
      { type: 'Delete' },
      { type: 'Create' },
    ]);
  });

  test('a rename that is confirmed → Delete and Create', () => {
    const renamed = entry('new', { bodyDigest: 'body of old' });
    expect(plan(manifest([renamed]), ledger([told('old')]), confirm('rename-without-id'))).toMatchObject({
      activities: [{ type: 'Delete' }, { type: 'Create' }],
      holds: [],
    });
  });

  test.each([
    ['2024', 'id: "2024"'],
    ['true', 'id: "true"'],
    ['caf%C3%A9', 'id: "café"'],
    ['a-b_c', 'id: a-b_c'],
  ])('the line for the key %s is %s, which YAML reads as it is meant', (key, line) => {
    const held = plan(manifest([entry('new', { bodyDigest: `body of ${key}` })]), ledger([told(key)]));
    expect(held.holds[0]?.release).toBe(`add this line to the front matter of posts/new.md: ${line}`);
  });

  test.each([
    ['many-creates', 10, (count: number) => plan(manifest(keys(count).map((key) => entry(key))), ledger([]))],
    [
      'many-updates',
      20,
      (count: number) =>
        plan(
          manifest(keys(count).map((key) => entry(key, { digest: 'x' }))),
          ledger(keys(count).map((key) => told(key))),
        ),
    ],
    [
      'many-deletes',
      5,
      (count: number) =>
        plan(manifest([entry('stays')]), ledger([told('stays'), ...keys(count).map((key) => told(key))])),
    ],
  ] as const)('%s: %i are sent, one more is held', (code, limit, of) => {
    expect(of(limit)).toMatchObject({ holds: [] });
    expect(of(limit).activities).toHaveLength(limit);
    expect(of(limit + 1).activities).toEqual([]);
    expect(of(limit + 1).holds).toMatchObject([{ code, release: expect.stringContaining(code) }]);
    expect(of(limit + 1).holds[0]?.ids).toHaveLength(limit + 1);
  });

  test('one kind held → the others are sent', () => {
    const built = manifest([entry('new'), ...keys(21).map((key) => entry(key, { digest: 'x' }))]);
    const held = plan(built, ledger(keys(21).map((key) => told(key))));
    expect(held.activities).toMatchObject([{ type: 'Create' }]);
    expect(held.holds).toMatchObject([{ code: 'many-updates' }]);
  });

  test('Deletes of everything are held, but not of the only post', () => {
    expect(plan(manifest([]), ledger([told('a'), told('b')])).holds).toMatchObject([{ code: 'many-deletes' }]);
    expect(plan(manifest([]), ledger([told('a'), told('b', { state: 'deleted' })])).activities).toMatchObject([
      { type: 'Delete' },
    ]);
  });

  test('an amount that is confirmed is sent; limits can be set', () => {
    const built = manifest(keys(11).map((key) => entry(key)));
    expect(plan(built, ledger([]), confirm('many-creates')).activities).toHaveLength(11);
    expect(plan(built, ledger([]), { limits: { creates: 11 } }).activities).toHaveLength(11);
    expect(plan(manifest([entry('a')]), ledger([]), { limits: { creates: 0 } }).activities).toEqual([]);
  });
});
