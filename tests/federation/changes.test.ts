import { expect, test } from 'vitest';
import { scheduledObjects } from '../../federation/changes.ts';
import { BEGUN, confirm, entry, id, ledger, manifest, NOW, plan, told } from './plan-samples.ts';

const HOUR = 3_600_000;
const at = (hours: number) => new Date(NOW + hours * HOUR).toISOString();

test('federate: silent, new → only the ledger takes it', () => {
  const silent = entry('a', { federate: 'silent' });
  expect(plan(manifest([silent]), ledger([]))).toMatchObject({
    activities: [],
    holds: [],
    quiet: [{ entry: silent, why: 'new, and told to nobody: federate: silent' }],
  });
});

test.each(['announced', 'baseline'] as const)('federate: silent, changed, %s → only the ledger takes it', (state) => {
  const silent = entry('a', { federate: 'silent', digest: 'x', visibility: 'unlisted' });
  expect(plan(manifest([silent]), ledger([told('a', { state })]))).toMatchObject({
    activities: [],
    holds: [],
    quiet: [{ entry: silent, why: 'changed, and told to nobody: federate: silent' }],
  });
});

test('federate: silent, nothing changed → nothing', () => {
  expect(plan(manifest([entry('a', { federate: 'silent' })]), ledger([told('a')]))).toMatchObject({ quiet: [] });
});

test.each(['announced', 'baseline'] as const)(
  'a silent post that is removed, %s → a Delete: peers may have it',
  (state) => {
    expect(plan(manifest([entry('b')]), ledger([told('a', { state }), told('b')])).activities).toMatchObject([
      { type: 'Delete', id: id('a') },
    ]);
  },
);

test('a deleted id is held, silent or not', () => {
  const held = plan(manifest([entry('a', { federate: 'silent' })]), ledger([told('a', { state: 'deleted' })]));
  expect(held).toMatchObject({ activities: [], quiet: [], holds: [{ code: 'tombstoned-id' }] });
});

test('a later import of old posts is quiet, and says how to announce one', () => {
  const old = entry('a', { published: '2026-09-30T23:59:59Z' });
  expect(plan(manifest([old]), ledger([]))).toMatchObject({
    activities: [],
    holds: [],
    quiet: [
      {
        why: `dated 2026-09-30T23:59:59Z, before the blog began to federate (${BEGUN}): told to nobody; give it today's date to announce it`,
      },
    ],
  });
});

test('three hundred old posts at once → quiet, no hold', () => {
  const old = Array.from({ length: 300 }, (_, n) => entry(`p${n}`, { published: '2019-01-01T00:00:00Z' }));
  const { activities, holds, quiet } = plan(manifest(old), ledger([]));
  expect([activities.length, holds.length, quiet.length]).toEqual([0, 0, 300]);
});

test('a date without a time counts from its end: the last day before federation began is old, the first is not', () => {
  const dated = (day: string) => entry('a', { published: `${day}T00:00:00Z`, dateOnly: true });
  // It is the 30th until noon of the 1st, seen from the last time zone.
  const begun = '2026-10-01T12:00:01Z';
  expect(plan(manifest([dated('2026-09-30')]), ledger([], { begun }))).toMatchObject({ quiet: [{}], holds: [] });
  expect(plan(manifest([dated('2026-10-01')]), ledger([], { begun }))).toMatchObject({
    quiet: [],
    holds: [{ code: 'backdated' }],
  });
});

test('a post of today is news, though the blog began to federate an hour after its date', () => {
  const today = entry('a', { published: at(-2) });
  expect(plan(manifest([today]), ledger([], { begun: at(-1) })).activities).toMatchObject([{ type: 'Create' }]);
  expect(plan(manifest([entry('a', { published: at(-25) })]), ledger([], { begun: at(-1) }))).toMatchObject({
    activities: [],
    holds: [],
    quiet: [{}],
  });
});

test('a restored post → a Create that says that it comes back, and under which id', () => {
  const known = ledger([told('a', { state: 'deleted', published: '2026-11-01T00:00:00Z' })]);
  const back = entry('a-2', { restores: id('a'), published: '2026-11-23T11:00:00Z' });
  expect(plan(manifest([back]), known).activities).toMatchObject([
    {
      type: 'Create',
      why: `it comes back, under the new id ${id('a-2')}: the one it had was deleted and is never used again`,
    },
  ]);
});

test('a restored post that is silent → quiet; one from before federation → quiet', () => {
  const known = ledger([told('a', { state: 'deleted' })]);
  const back = entry('a-2', { restores: id('a') });
  expect(plan(manifest([{ ...back, federate: 'silent' }]), known)).toMatchObject({ activities: [], quiet: [{}] });
  expect(plan(manifest([{ ...back, published: '2019-01-01T00:00:00Z' }]), known)).toMatchObject({
    activities: [],
    quiet: [{}],
  });
});

test('what later layers add waits until its layer; what the build has already does not', () => {
  const base = manifest([entry('a')]);
  const soon = entry('soon', { published: '2026-11-24T00:00:00Z', dateOnly: true });
  const later = entry('later', { published: '2026-12-24T10:00:00Z' });
  const scheduled = scheduledObjects(base, [
    { at: Date.parse('2026-12-24T10:00:00Z'), manifest: manifest([entry('a'), soon, later]) },
    { at: Date.parse('2026-11-23T23:00:00Z'), manifest: manifest([entry('a'), soon]) },
  ]);
  expect(plan(base, ledger([told('a')]), { scheduled })).toMatchObject({
    activities: [],
    waiting: [
      { id: id('soon'), title: 'Title of soon', source: 'posts/soon.md', until: '2026-11-23T23:00:00Z' },
      { id: id('later'), until: '2026-12-24T10:00:00Z' },
    ],
  });
  expect(plan(base, undefined, { scheduled }).waiting).toHaveLength(2);
  expect(plan(base, ledger([]), { scheduled: [entry('a')] })).toMatchObject({ waiting: [], activities: [{}] });
});

test('a scheduled id that was deleted is held before its date comes', () => {
  const scheduled = [entry('a', { published: '2026-12-24T10:00:00Z' })];
  expect(plan(manifest([]), ledger([told('a', { state: 'deleted' })]), { scheduled })).toMatchObject({
    holds: [{ code: 'tombstoned-id', ids: [id('a')] }],
    waiting: [],
  });
});

test('a page that moved with its id → one Update that names both addresses', () => {
  const moved = entry('a', { digest: 'x', url: 'https://blog.example/posts/b/', source: 'posts/b.md' });
  expect(plan(manifest([moved]), ledger([told('a')])).activities).toMatchObject([
    {
      type: 'Update',
      why: 'changed since it was sent; its page moved from https://blog.example/posts/a/ to https://blog.example/posts/b/',
    },
  ]);
});

const delayed = (objects: Parameters<typeof manifest>[0]) => {
  const { policy } = manifest([]);
  return manifest(objects, { policy: { ...policy, sendAfterMs: 600_000 } });
};

test('sendAfter → sendAt counts from the publish, in whole seconds, and goes when it has come', () => {
  const built = delayed([entry('a')]);
  expect(plan(built, ledger([])).sendAt).toBe('2026-11-23T12:10:01Z');
  expect(plan(built, ledger([]), { approvedAt: NOW - 300_500 }).sendAt).toBe('2026-11-23T12:05:00Z');
  expect(plan(built, ledger([]), { approvedAt: NOW - 600_000 }).sendAt).toBeUndefined();
  expect(plan(manifest([entry('a')]), ledger([])).sendAt).toBeUndefined();
});

test('sendAfter with nothing to send → no sendAt; with a quiet change → sendAt, for the ledger waits as well', () => {
  expect(plan(delayed([entry('a')]), ledger([told('a')])).sendAt).toBeUndefined();
  expect(plan(delayed([entry('a', { federate: 'silent' })]), ledger([])).sendAt).toBeDefined();
});

test('an approval from the future (a clock that ran ahead) delays no longer than sendAfter', () => {
  expect(plan(delayed([entry('a')]), ledger([]), { approvedAt: NOW + 86_400_000 }).sendAt).toBe('2026-11-23T12:10:01Z');
});

test('what the owner published in time is no old news when it is sent late', () => {
  const built = manifest([entry('a', { published: at(-30) })]);
  expect(plan(built, ledger([])).holds).toMatchObject([{ code: 'backdated' }]);
  expect(plan(built, ledger([]), { approvedAt: NOW - 10 * HOUR })).toMatchObject({
    holds: [],
    activities: [{ type: 'Create', why: expect.stringContaining('6 hours') }],
  });
  const patient = { policy: { ...built.policy, sendAfterMs: 7 * 24 * HOUR } };
  expect(plan({ ...built, ...patient }, ledger([])).holds).toEqual([]);
});

test('the same object twice in a build → one Create', () => {
  expect(plan(manifest([entry('a'), entry('a')]), ledger([])).activities).toHaveLength(1);
});

test('confirming what is not held changes nothing', () => {
  expect(plan(manifest([entry('a')]), ledger([]), confirm('shrunk', id('a'), id('x'))).activities).toHaveLength(1);
});
