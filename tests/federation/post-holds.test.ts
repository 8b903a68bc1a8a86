import { expect, test } from 'vitest';
import { confirm, entry, id, keys, ledger, manifest, plan, told } from './plan-samples.ts';

const DAYS_AGO = '2026-11-20T10:00:00Z';
const AHEAD = '2026-12-24T10:00:00Z';

test('a new post dated more than a day ago → held with the file and what to write', () => {
  const held = plan(manifest([entry('a', { published: DAYS_AGO })]), ledger([]));
  expect(held.activities).toEqual([]);
  expect(held.holds).toEqual([
    {
      code: 'backdated',
      ids: [id('a')],
      why: `posts/a.md is new but dated ${DAYS_AGO}, more than a day ago; servers put old posts into no home timeline`,
      release:
        'add to its front matter the line federate: silent, to tell nobody, or a newer date; to send as it stands: npm run publish -- --confirm backdated',
    },
  ]);
});

test('a new post dated 24 hours ago → sent; a second more → held', () => {
  const dated = (published: string) => plan(manifest([entry('a', { published })]), ledger([]));
  expect(dated('2026-11-22T12:00:01Z').holds).toEqual([]);
  expect(dated('2026-11-22T12:00:00Z').holds).toMatchObject([{ code: 'backdated' }]);
});

test('yesterday without a time → sent: the day counts from its end', () => {
  const dated = (published: string) => plan(manifest([entry('a', { published, dateOnly: true })]), ledger([]));
  expect(dated('2026-11-22T00:00:00Z').holds).toEqual([]);
  expect(dated('2026-11-20T00:00:00Z').holds).toMatchObject([{ code: 'backdated' }]);
});

test('several backdated posts → one hold that names the first files', () => {
  const held = plan(manifest(keys(5).map((key) => entry(key, { published: DAYS_AGO }))), ledger([]));
  expect(held.holds).toMatchObject([
    {
      ids: keys(5).map((key) => id(key)),
      why: expect.stringContaining(
        '5 posts are new but dated more than a day ago: posts/p000.md, posts/p001.md, posts/p002.md and 2 more',
      ),
    },
  ]);
});

test('an id releases one backdated post; the others stay held', () => {
  const built = manifest(['a', 'b'].map((key) => entry(key, { published: DAYS_AGO })));
  expect(plan(built, ledger([]), confirm(id('a')))).toMatchObject({
    activities: [{ type: 'Create', entry: { id: id('a') } }],
    holds: [{ code: 'backdated', ids: [id('b')] }],
  });
  expect(plan(built, ledger([]), confirm('backdated')).activities).toHaveLength(2);
});

test('backdated posts that are released are still an amount', () => {
  const built = manifest(keys(11).map((key) => entry(key, { published: DAYS_AGO })));
  expect(plan(built, ledger([]), confirm('backdated')).holds).toMatchObject([{ code: 'many-creates' }]);
  expect(plan(built, ledger([]), confirm('backdated', 'many-creates')).activities).toHaveLength(11);
});

test('a post that comes back with its old date is not backdated; one that only claims so is', () => {
  const back = entry('a-2', { restores: id('a'), published: DAYS_AGO });
  const built = manifest([back]);
  expect(plan(built, ledger([told('a', { state: 'deleted' })])).activities).toMatchObject([{ type: 'Create' }]);
  expect(plan(built, ledger([])).holds).toMatchObject([{ code: 'backdated' }]);
});

test('a post whose visibility changed after it was sent → held, text and all', () => {
  const changed = entry('a', { digest: 'x', title: 'Another', visibility: 'unlisted' });
  const held = plan(manifest([changed]), ledger([told('a')]));
  expect(held.activities).toEqual([]);
  expect(held.holds).toEqual([
    {
      code: 'visibility-changed',
      ids: [id('a')],
      why: 'posts/a.md was sent as public and is unlisted now; most servers keep showing a post as they got it first',
      release:
        'put visibility: public back, or add the line federate: update to the front matter to send the change all the same; or npm run publish -- --confirm visibility-changed',
    },
  ]);
});

test.each([
  ['its code', { federate: undefined }, ['visibility-changed']],
  ['its id', { federate: undefined }, [id('a')]],
  ['federate: update', { federate: 'update' }, []],
] as const)('a changed visibility is released by %s', (_case, { federate }, what) => {
  const changed = entry('a', { digest: 'x', visibility: 'unlisted', ...(federate ? { federate } : {}) });
  const sent = plan(manifest([changed]), ledger([told('a')]), confirm(...what));
  expect(sent).toMatchObject({ activities: [{ type: 'Update' }], holds: [] });
});

test('a changed visibility of what was told to nobody → an Update', () => {
  const changed = entry('a', { digest: 'x', visibility: 'unlisted' });
  expect(plan(manifest([changed]), ledger([told('a', { state: 'baseline' })])).activities).toHaveLength(1);
});

test('a post that was sent and is dated ahead now → its Delete is held', () => {
  const scheduled = [entry('a', { published: AHEAD })];
  const held = plan(manifest([]), ledger([told('a')]), { scheduled });
  expect(held).toMatchObject({ activities: [], waiting: [] });
  expect(held.holds).toEqual([
    {
      code: 'postponed',
      ids: [id('a')],
      why: `posts/a.md is known to the network and is now dated ahead, ${AHEAD}; to take it from the network until then is a Delete, after which it could come back under a new id only`,
      release:
        'give it a date that has come, such as date: 2026-11-23T10:00:00Z; to delete it now: npm run publish -- --confirm postponed',
    },
  ]);
});

test.each(['postponed', id('a')])('a postponed post, released by %s → a Delete that says why', (what) => {
  const scheduled = [entry('a', { published: AHEAD })];
  expect(plan(manifest([]), ledger([told('a')]), { scheduled, ...confirm(what) })).toMatchObject({
    activities: [{ type: 'Delete', id: id('a'), why: `posts/a.md is now dated ${AHEAD}` }],
    holds: [],
  });
});

test('a postponed post whose date comes again unchanged → nothing', () => {
  expect(plan(manifest([entry('a', { published: AHEAD })]), ledger([told('a')]))).toMatchObject({
    activities: [],
    holds: [],
  });
});

test('postponed posts are not missing: six of them do not shrink the blog', () => {
  const scheduled = keys(6).map((key) => entry(key, { published: AHEAD }));
  const known = ledger(keys(6).map((key) => told(key)));
  expect(plan(manifest([]), known, { scheduled }).holds.map(({ code }) => code)).toEqual(['postponed']);
  expect(plan(manifest([]), known, { scheduled, ...confirm('postponed') }).holds.map(({ code }) => code)).toEqual([
    'many-deletes',
  ]);
});

test.each([
  ['silent', { federate: 'silent' as const }],
  ['from before federation began', { published: '2019-01-01T00:00:00Z' }],
])('a rename without an id of a post that is %s → held: the Delete would be sent all the same', (_case, more) => {
  const renamed = entry('new', { bodyDigest: 'body of old', ...more });
  const held = plan(manifest([renamed]), ledger([told('old', { state: 'baseline' })]));
  expect(held).toMatchObject({
    activities: [],
    quiet: [],
    holds: [{ code: 'rename-without-id', ids: [id('old'), id('new')] }],
  });
  expect(plan(manifest([renamed]), ledger([told('old')]), confirm('rename-without-id'))).toMatchObject({
    activities: [{ type: 'Delete', why: 'it is posts/new.md now, which has no id to keep it' }],
    quiet: [{ entry: { id: id('new') } }],
    holds: [],
  });
});

test('a rename without an id to a file of a later layer → held', () => {
  const scheduled = [entry('new', { bodyDigest: 'body of old', published: AHEAD })];
  expect(plan(manifest([]), ledger([told('old')]), { scheduled })).toMatchObject({
    activities: [],
    holds: [{ code: 'rename-without-id' }],
    waiting: [{ id: id('new') }],
  });
});

test.each(['old', 'new'])('a rename is released as a pair, by the id of %s', (key) => {
  const built = manifest([entry('new', { bodyDigest: 'body of old', published: DAYS_AGO })]);
  // One half alone would let the other go unasked with the next publish.
  expect(plan(built, ledger([told('old')]), confirm(id(key)))).toMatchObject({
    activities: [{ type: 'Delete' }, { type: 'Create' }],
    holds: [],
  });
});

test('a rename of an old post that is released is not backdated: it was told with its date', () => {
  const built = manifest([entry('new', { bodyDigest: 'body of old', published: DAYS_AGO })]);
  expect(plan(built, ledger([told('old')]), confirm('rename-without-id'))).toMatchObject({
    activities: [{ type: 'Delete' }, { type: 'Create' }],
    holds: [],
  });
});

test('a rename to a later date stays held when that date has come: no sweep sends its Delete', () => {
  const renamed = entry('new', { title: 'Title of old', published: AHEAD });
  const known = ledger([told('old')]);
  const held = { activities: [], holds: [{ code: 'rename-without-id', ids: [id('old'), id('new')] }] };
  expect(plan(manifest([]), known, { scheduled: [renamed] })).toMatchObject(held);
  expect(plan(manifest([renamed]), known, { now: Date.parse(AHEAD) + 1000 })).toMatchObject(held);
});

test('a clock that was put back → held, and no word for another post releases it', () => {
  const known = ledger([told('a'), told('b'), told('c')]);
  const ahead = [entry('a'), entry('b', { published: AHEAD })];
  const behind = { now: Date.parse('2026-11-23T09:00:00Z'), scheduled: ahead };
  expect(plan(manifest([entry('c')]), known, behind)).toMatchObject({
    activities: [],
    holds: [
      { code: 'postponed', ids: [id('b')] },
      { code: 'postponed', ids: [id('a')], release: expect.stringContaining('set the clock') },
    ],
  });
  expect(plan(manifest([entry('c')]), known, { ...behind, ...confirm('postponed') })).toMatchObject({
    activities: [{ type: 'Delete', id: id('b') }],
    holds: [{ ids: [id('a')] }],
  });
  expect(plan(manifest([entry('c')]), known, { ...behind, ...confirm(id('a')) })).toMatchObject({
    activities: [{ type: 'Delete', id: id('a') }],
  });
});

test('a retitled post in another file, without an id, is known by its second', () => {
  const at = { published: '2026-11-23T08:20:07Z' };
  const renamed = manifest([entry('second', at)]);
  expect(plan(renamed, ledger([told('first', at)]))).toMatchObject({
    activities: [],
    holds: [{ code: 'rename-without-id', ids: [id('first'), id('second')] }],
  });
  // Another post of that second does not let the Delete out.
  expect(plan(manifest([...renamed.objects, entry('third', at)]), ledger([told('first', at)]))).toMatchObject({
    activities: [{ type: 'Create' }],
    holds: [{ code: 'rename-without-id' }],
  });
  expect(plan(renamed, ledger([told('first', { published: '2026-11-23T08:20:08Z' })])).holds).toEqual([]);
  const dateOnly = manifest([entry('second', { ...at, dateOnly: true })]);
  expect(plan(dateOnly, ledger([told('first', at)])).holds).toEqual([]);
});
