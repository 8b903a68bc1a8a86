import { expect, test } from 'vitest';
import { actorAfter, baselineLedger, objectAfter, quietAfter } from '../../federation/ledger-entry.ts';
import type { OutgoingActivity } from '../../federation/outcome.ts';
import type { PlannedActivity } from '../../federation/plan.ts';
import { entry, id, manifest, NOW, ORIGIN, told } from './plan-samples.ts';

const page = (slug: string) => `${ORIGIN}/posts/${slug}/`;
const stored: OutgoingActivity = { id: 'activity', type: 'Update', object: id('a'), json: { object: {} } };
const update = (more: Parameters<typeof entry>[1]): PlannedActivity => ({
  type: 'Update',
  entry: entry('a', { digest: 'x', ...more }),
  published: '2026-11-23T10:00:00Z',
  updated: '2026-11-23T12:00:00Z',
  revision: 1,
  why: '',
});

test('The baseline has everything but what waits, the instant at which it was taken, and who the actor is', () => {
  const built = manifest([entry('a', { visibility: 'unlisted' }), entry('later')]);
  const begun = baselineLedger(built, new Set([id('later')]), NOW);
  expect(begun).toMatchObject({
    origin: ORIGIN,
    begun: '2026-11-23T12:00:00Z',
    actor: { username: 'blog', keyDigest: 'keys', revision: 0 },
  });
  expect([...begun.objects.values()]).toEqual([
    { ...told('a', { state: 'baseline', visibility: 'unlisted' }), published: '2026-11-23T10:00:00Z' },
  ]);
});

test('An Update of a page that moved → the former address is kept, newest first', () => {
  const before = told('a', { url: page('second'), formerUrls: [page('first')] });
  expect(objectAfter(update({ url: page('third') }), stored, before)).toMatchObject({
    url: page('third'),
    formerUrls: [page('second'), page('first')],
  });
});

test('A page that moved back → its address is no former one', () => {
  const before = told('a', { url: page('second'), formerUrls: [page('first')] });
  const after = objectAfter(update({ url: page('first') }), stored, before);
  expect(after).toMatchObject({ url: page('first'), formerUrls: [page('second')] });
  expect(objectAfter(update({ url: page('second') }), stored, after)).toMatchObject({ formerUrls: [page('first')] });
});

test('An Update of a page that stayed → its former addresses stay, and none is made up', () => {
  expect(objectAfter(update({}), stored, told('a', { formerUrls: [page('first')] }))?.formerUrls).toEqual([
    page('first'),
  ]);
  expect(objectAfter(update({}), stored, told('a'))).not.toHaveProperty('formerUrls');
});

test('An Update tells the new visibility; a Delete keeps all but the state', () => {
  expect(objectAfter(update({ visibility: 'unlisted' }), stored, told('a'))).toMatchObject({ visibility: 'unlisted' });
  const planned: PlannedActivity = {
    type: 'Delete',
    id: id('a'),
    formerType: 'Article',
    title: '',
    deleted: '2026-11-23T12:00:00Z',
    why: '',
  };
  expect(objectAfter(planned, stored, told('a', { formerUrls: [page('first')] }))).toEqual(
    told('a', { state: 'deleted', deleted: planned.deleted, sending: 'activity', formerUrls: [page('first')] }),
  );
});

test('A quiet change of an announced post: digest, title and page are new; what was told stays', () => {
  const before = told('a', { revision: 4, updated: '2026-11-23T11:00:00Z', sending: 'update/4' });
  const { bodyDigest: _, ...silent } = entry('a', {
    digest: 'x',
    title: 'New',
    url: page('new'),
    visibility: 'unlisted',
    published: '2026-11-01T00:00:00Z',
    updated: '2026-11-23T11:30:00Z',
  });
  const { bodyDigest: __, ...kept } = before;
  // Peers know the post as public, so an Update that says unlisted is still a change to be asked for.
  expect(quietAfter({ entry: silent, why: '' }, before)).toEqual({
    ...kept,
    digest: 'x',
    title: 'New',
    url: page('new'),
    formerUrls: [page('a')],
  });
});

test('A quiet change of the baseline takes the visibility as well: nobody was told another', () => {
  const before = told('a', { state: 'baseline' });
  expect(quietAfter({ entry: entry('a', { digest: 'x', visibility: 'unlisted' }), why: '' }, before)).toEqual({
    ...before,
    digest: 'x',
    visibility: 'unlisted',
  });
});

test('What is new and quiet becomes baseline', () => {
  const silent = entry('a', { updated: '2026-11-23T11:30:00Z' });
  expect(quietAfter({ entry: silent, why: '' }, undefined)).toEqual(
    told('a', { state: 'baseline', updated: silent.updated ?? '' }),
  );
});

test('An Update of the actor keeps what the ledger knew besides, and the name and keys that are told', () => {
  const planned: PlannedActivity = {
    type: 'UpdateActor',
    digest: 'd2',
    username: 'new',
    keyDigest: 'k2',
    revision: 3,
    updated: '2026-11-23T12:00:00Z',
    why: '',
  };
  expect(actorAfter(planned, stored, { id: 'actor', digest: 'd1', revision: 2, username: 'old' })).toEqual({
    id: 'actor',
    digest: 'd2',
    revision: 3,
    username: 'new',
    keyDigest: 'k2',
    sending: 'activity',
  });
});
