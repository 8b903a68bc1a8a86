import { expect, test } from 'vitest';
import { confirm, entry, id, keys, ledger, manifest, plan, told } from './plan-samples.ts';

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
  const known = ledger([told('b', { published: '2026-10-01T00:00:00Z' })], source('new1', '2026-11-01T09:00:01Z'));
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
  expect(plan(manifest([other]), known).holds.map(({ code }) => code)).toEqual(['backdated']);
});

test.each([
  ['the same text', { title: 'Another', bodyDigest: 'body of old' }],
  ['the same title', { title: 'Title of old' }],
])('a rename with %s and a date that has not come → held, not deleted', (_case, changes) => {
  const renamed = entry('new', { ...changes, published: '2026-12-24T00:00:00Z' });
  const held = plan(manifest([renamed]), ledger([told('old')]));
  expect(held).toMatchObject({
    activities: [],
    waiting: [{ id: id('new') }],
    holds: [
      {
        code: 'rename-without-id',
        ids: [id('old'), id('new')],
        release: 'add this line to the front matter of posts/new.md: id: old',
      },
    ],
  });
  expect(plan(manifest([renamed]), ledger([told('old')]), confirm('rename-without-id')).activities).toMatchObject([
    { type: 'Delete', id: id('old') },
  ]);
  const followed = { ...renamed, id: id('old') };
  expect(plan(manifest([followed]), ledger([told('old')])).activities.map(({ type }) => type)).not.toContain('Delete');
});

test('a removal beside a post that waits and is another → a Delete', () => {
  const other = entry('new', { published: '2026-12-24T00:00:00Z' });
  expect(plan(manifest([other]), ledger([told('old')]))).toMatchObject({ activities: [{ type: 'Delete' }], holds: [] });
  const note = { ...other, id: id('new', 'notes'), type: 'Note', title: 'Title of old' } as const;
  expect(plan(manifest([note]), ledger([told('old')]))).toMatchObject({ activities: [{ type: 'Delete' }], holds: [] });
});

test('an addition goes before one that waits', () => {
  const [now, later] = [
    entry('now', { bodyDigest: 'body of old' }),
    entry('later', { bodyDigest: 'body of old', published: '2026-12-24T00:00:00Z' }),
  ];
  expect(plan(manifest([later, now]), ledger([told('old')])).holds.map(({ ids }) => ids)).toEqual([
    [id('old'), id('now')],
  ]);
});

test('one removal and two additions alike → one pair is held, the other addition is sent', () => {
  const copies = ['new-1', 'new-2'].map((key) => entry(key, { bodyDigest: 'body of old', title: 'Title of old' }));
  const held = plan(manifest(copies), ledger([told('old')]));
  expect(held.holds.map(({ ids }) => ids)).toEqual([[id('old'), id('new-1')]]);
  expect(held.activities).toMatchObject([{ type: 'Create', entry: { id: id('new-2') } }]);
});

test.each([
  ['with its text', { title: 'Other', source: 'notes/b.md', bodyDigest: 'body of a' }],
  ['under its name and title', { source: 'notes/a.md', bodyDigest: 'other' }],
])(
  'an article that becomes a note, %s → held: no id can carry it over; confirmed, a Delete and a Create',
  (_how, more) => {
    const built = manifest([entry('a', { id: id('a', 'notes'), type: 'Note', title: told('a').title, ...more })]);
    expect(plan(built, ledger([told('a')]))).toMatchObject({
      activities: [],
      holds: [
        {
          code: 'rename-without-id',
          ids: [id('a'), id('a', 'notes')],
          release:
            'move it back to posts/a.md; to delete it and send it anew: npm run publish -- --confirm rename-without-id',
        },
      ],
    });
    expect(plan(built, ledger([told('a')]), confirm('rename-without-id')).activities).toMatchObject([
      { type: 'Delete' },
      { type: 'Create' },
    ]);
  },
);

test('an article and a note that share nothing but a file name are no pair', () => {
  const note = entry('a', {
    id: id('a', 'notes'),
    type: 'Note',
    source: 'notes/a.md',
    title: 'Another',
    bodyDigest: 'x',
  });
  expect(plan(manifest([note]), ledger([told('a')]))).toMatchObject({ holds: [], activities: [{}, {}] });
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
      plan(
        manifest(keys(9, 'stays').map((key) => entry(key))),
        ledger([...keys(9, 'stays'), ...keys(count)].map((key) => told(key))),
      ),
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

test('Deletes of everything hold the Creates as well: sent first, they would let the Deletes out', () => {
  const built = manifest([entry('new')]);
  const published = '2026-01-01T00:00:00Z';
  const known = ledger([told('a', { published }), told('b', { published })]);
  const both = plan(built, known);
  expect(both.activities).toEqual([]);
  expect(both.holds).toMatchObject([{ code: 'many-deletes' }]);
  expect(both.holds[0]?.ids).toHaveLength(3);
  expect(plan(built, known, confirm('many-deletes')).activities).toHaveLength(3);
});

test('an amount that is confirmed is sent; limits can be set', () => {
  const built = manifest(keys(11).map((key) => entry(key)));
  expect(plan(built, ledger([]), confirm('many-creates')).activities).toHaveLength(11);
  const limited = (creates: number) => ({ policy: { limits: { creates, updates: 0, deletes: 0 }, sendAfterMs: 0 } });
  expect(plan({ ...built, ...limited(11) }, ledger([])).activities).toHaveLength(11);
  expect(plan(manifest([entry('a')], limited(0)), ledger([])).activities).toEqual([]);
});
