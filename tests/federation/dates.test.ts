import { expect, test } from 'vitest';
import type { ManifestObject } from '../../federation/manifest.ts';
import { entry, id, ledger, manifest, plan, told } from './plan-samples.ts';

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
  const { activities, waiting } = create({ published: '2026-11-23T00:00:00Z', dateOnly: true }, '2026-11-22T09:59:59Z');
  expect(activities).toEqual([]);
  expect(waiting).toEqual([{ id: id('a'), title: 'Title of a', source: 'posts/a.md', until: '2026-11-22T10:00:00Z' }]);
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
