import { expect, test } from 'vitest';
import type { ManifestObject } from '../../federation/manifest.ts';
import { confirm, entry, id, keys, ledger, manifest, plan, told } from './plan-samples.ts';

/** Not the second of what is new, which would look like a rename. */
const LONG_AGO = { published: '2026-01-01T00:00:00Z' };

const stay = (count: number) => keys(count, 's');
const gone = (count: number) => keys(count, 'g');
/** A blog of `stays` posts that stay and `goes` that are missing in the build. */
const shrinking = (stays: number, goes: number, more: ManifestObject[] = []) =>
  [
    manifest([...stay(stays).map((key) => entry(key)), ...more]),
    ledger([...stay(stays), ...gone(goes)].map((key) => told(key, LONG_AGO))),
  ] as const;

test('more than half of six posts are missing → held, and what to do is said', () => {
  const [built, known] = shrinking(2, 4);
  expect(plan(built, known)).toMatchObject({
    activities: [],
    holds: [
      {
        code: 'shrunk',
        ids: gone(4).map((key) => id(key)),
        why: '4 of 6 posts that were published are missing in this build: posts/g000.md, posts/g001.md, posts/g002.md and 1 more',
        release:
          'see that content/ is complete and build again; to delete them from the network for ever: npm run publish -- --confirm shrunk',
      },
    ],
  });
});

test.each([
  ['half of six', 3, 3],
  ['three of five', 2, 3],
  ['all of three', 0, 3],
])('%s are missing → held', (_case, stays, goes) => {
  expect(plan(...shrinking(stays, goes))).toMatchObject({ activities: [], holds: [{ code: 'shrunk' }] });
});

test.each([
  ['three of seven', 4, 3],
  ['two of four', 2, 2],
  ['one of one', 0, 1],
])('%s are missing → Deletes', (_case, stays, goes) => {
  expect(plan(...shrinking(stays, goes))).toMatchObject({ holds: [] });
  expect(plan(...shrinking(stays, goes)).activities).toHaveLength(goes);
});

test('what is new in a build that shrank is held as well, told or quiet', () => {
  const import1 = entry('import', { published: '2019-01-01T00:00:00Z' });
  const [built, known] = shrinking(2, 4, [entry('new'), entry('silent', { federate: 'silent' }), import1]);
  const held = plan(built, known);
  expect(held).toMatchObject({ activities: [], quiet: [], holds: [{ code: 'shrunk' }] });
  expect(held.holds[0]?.ids).toEqual([...gone(4), 'new', 'silent', 'import'].map((key) => id(key)));
  expect(held.holds[0]?.why).toContain('what is new in it (3) waits with them');
  const released = plan(built, known, confirm('shrunk'));
  expect([released.activities.length, released.quiet.length, released.holds.length]).toEqual([5, 2, 0]);
});

test('changes of what stayed are sent, and taken quietly, beside a hold of what is missing', () => {
  const [built, known] = shrinking(0, 4, [
    entry('s000', { digest: 'x' }),
    entry('s001', { digest: 'x', federate: 'silent' }),
  ]);
  const more = ledger([...known.objects.values(), told('s000'), told('s001')]);
  expect(plan(built, more)).toMatchObject({
    activities: [{ type: 'Update' }],
    quiet: [{ entry: { id: id('s001') } }],
    holds: [{ code: 'shrunk' }],
  });
});

test('a hundred of two hundred missing Deletes, interrupted → the rest is released by the same word', () => {
  const [built, known] = shrinking(80, 120);
  expect(plan(built, known, confirm('shrunk')).activities).toHaveLength(120);
  const [, rest] = shrinking(80, 70);
  expect(plan(built, rest).holds).toMatchObject([{ code: 'many-deletes' }]);
  expect(plan(built, rest, confirm('shrunk')).activities).toHaveLength(70);
});

test('renames are not missing: four without an id are four pairs, released or not', () => {
  const renamed = gone(4).map((key) => entry(`${key}-new`, { bodyDigest: `body of ${key}` }));
  const [built, known] = shrinking(2, 4, renamed);
  expect(plan(built, known).holds.map(({ code }) => code)).toEqual(Array(4).fill('rename-without-id'));
  expect(plan(built, known, confirm('rename-without-id'))).toMatchObject({ holds: [] });
});

test('ids release some Deletes of a build that shrank; what is left is not let go by the next publish', () => {
  const [built, known] = shrinking(4, 5);
  const released = confirm(id('g000'), id('g001'));
  const first = plan(built, known, released);
  expect(first.activities.map((planned) => 'id' in planned && planned.id)).toEqual([id('g000'), id('g001')]);
  expect(first.holds).toMatchObject([{ code: 'shrunk', ids: ['g002', 'g003', 'g004'].map((key) => id(key)) }]);
  // Three of seven are left, which is less than half.
  const next = ledger(
    [...known.objects.values()].map((each) =>
      /g00[01]/.test(each.id) ? { ...each, state: 'deleted' as const } : each,
    ),
  );
  expect(plan(built, next, released)).toMatchObject({ activities: [], holds: [{ code: 'shrunk' }] });
});

test('an id releases a Create of a build that shrank; the Deletes stay held though the blog has grown', () => {
  const [built, known] = shrinking(2, 4, [entry('n1'), entry('n2')]);
  const released = confirm(id('n1'), id('n2'));
  expect(plan(built, known, released).activities).toHaveLength(2);
  const next = ledger([...known.objects.values(), told('n1'), told('n2')]);
  expect(plan(built, next, released)).toMatchObject({ activities: [], holds: [{ code: 'shrunk' }] });
});

test('an id lets one join quietly in a build that shrank; the Deletes stay held though the blog has grown', () => {
  const joins = entry('joins', { federate: 'silent' });
  const built = manifest([joins]);
  const known = ledger([told('g1', LONG_AGO), told('g2', LONG_AGO)]);
  const released = confirm(id('joins'));
  expect(plan(built, known, released)).toMatchObject({
    quiet: [{ entry: joins }],
    holds: [{ ids: [id('g1'), id('g2')] }],
  });
  const next = ledger([...known.objects.values(), told('joins', { state: 'baseline' })]);
  expect(plan(built, next, released)).toMatchObject({ activities: [], holds: [{ code: 'many-deletes' }] });
});

test('an id releases one of too many; the others are held, then and after it was sent', () => {
  const built = manifest(keys(11).map((key) => entry(key)));
  const released = confirm(id('p000'));
  expect(plan(built, ledger([]), released)).toMatchObject({
    activities: [{ type: 'Create', entry: { id: id('p000') } }],
    holds: [
      {
        code: 'many-creates',
        ids: keys(11)
          .slice(1)
          .map((key) => id(key)),
      },
    ],
  });
  expect(plan(built, ledger([told('p000')]), released)).toMatchObject({
    activities: [],
    holds: [{ code: 'many-creates' }],
  });
});

test('a rename that is released by a name is in no amount: what else was to be sent is sent with it', () => {
  const policy = { limits: { creates: 1, updates: 1, deletes: 1 }, sendAfterMs: 0 };
  const built = manifest([entry('new', { bodyDigest: 'body of old' }), entry('stays'), entry('stays2')], { policy });
  const known = ledger(['old', 'gone', 'stays', 'stays2'].map((key) => told(key)));
  expect(plan(built, known)).toMatchObject({ activities: [{ type: 'Delete', id: id('gone') }], holds: [{}] });
  expect(plan(built, known, confirm(id('new')))).toMatchObject({
    activities: [{ id: id('old') }, { id: id('gone') }, { type: 'Create' }],
    holds: [],
  });
});

test('too many Deletes beside a rename that is released by a name stay held, then and after it was told', () => {
  const policy = { limits: { creates: 9, updates: 9, deletes: 1 }, sendAfterMs: 0 };
  const built = manifest([entry('new', { bodyDigest: 'body of old' }), ...stay(4).map((key) => entry(key))], {
    policy,
  });
  const before = ['old', 'g1', 'g2', ...stay(4)].map((key) => told(key));
  for (const name of ['old', 'new']) {
    const held = { holds: [{ code: 'many-deletes', ids: [id('g1'), id('g2')] }] };
    expect(plan(built, ledger(before), confirm(id(name)))).toMatchObject(held);
    const after = ledger([...before.slice(1), told('old', { state: 'deleted' }), told('new')]);
    expect(plan(built, after, confirm(id(name)))).toMatchObject({ activities: [], ...held });
  }
});

test('the hold of an amount names files, the limit, the word and the setting', () => {
  expect(plan(manifest(keys(11).map((key) => entry(key))), ledger([])).holds).toMatchObject([
    {
      why: '11 Creates in one publish, more than 10: posts/p000.md, posts/p001.md, posts/p002.md and 8 more',
      release:
        'look through them, then npm run publish -- --confirm many-creates; content/profile.md sets the most (holds: { creates: 10 })',
    },
  ]);
});

test('federate: update → sent beside too many Updates, and does not count', () => {
  const built = manifest([
    ...keys(20).map((key) => entry(key, { digest: 'x' })),
    entry('told', { digest: 'x', federate: 'update' }),
  ]);
  const known = ledger([...keys(20), 'told'].map((key) => told(key)));
  expect(plan(built, known)).toMatchObject({ holds: [] });
  const more = manifest([...built.objects, entry('more', { digest: 'x' })]);
  expect(plan(more, ledger([...known.objects.values(), told('more')]))).toMatchObject({
    activities: [{ entry: { id: id('told') } }],
    holds: [{ code: 'many-updates' }],
  });
});

test('ten thousand posts against a ledger of ten thousand: each object is in one place at most', () => {
  const states = ['baseline', 'announced', 'deleted'] as const;
  const known = ledger(keys(10_000, 'k').map((key, n) => told(key, { state: states[n % 3] ?? 'deleted' })));
  const built = manifest(
    keys(10_000, 'k').flatMap((key, n) => {
      if (n % 7 === 0) return [];
      const changed = n % 5 === 0 ? { digest: 'x' } : {};
      const federate = n % 11 === 0 ? { federate: 'silent' as const } : {};
      return [entry(n % 13 === 0 ? `new-${key}` : key, { ...changed, ...federate })];
    }),
  );
  const { activities, holds, quiet } = plan(built, known, confirm(id('k0001')));
  const ids = [
    ...activities.map((planned) =>
      'entry' in planned ? planned.entry.id : 'id' in planned ? planned.id : planned.type,
    ),
    ...holds.flatMap((hold) => hold.ids),
    ...quiet.map(({ entry: each }) => each.id),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});
