import { expect, test } from 'vitest';
import { isHeldWhole } from '../../federation/whole-holds.ts';
import { BEGUN, confirm, entry, id, ledger, manifest, ORIGIN, plan, told } from './plan-samples.ts';

const actor = { id: `${ORIGIN}/ap/actor.json`, digest: 'profile', revision: 3, username: 'blog', keyDigest: 'keys' };
const built = manifest([entry('a')]);
const nothing = { activities: [], quiet: [] };

test('another handle → nothing is sent, and the hold names both and the line in the profile', () => {
  const known = ledger([told('gone')], { actor: { ...actor, digest: 'old', username: 'before' } });
  const held = plan(built, known);
  expect(held).toMatchObject(nothing);
  expect(held.holds).toEqual([
    {
      code: 'identity-changed',
      ids: [actor.id],
      why: 'the handle is @blog@blog.example now, but followers know @before@blog.example',
      release:
        'put username in content/profile.md back as before; if the change is meant: npm run publish -- --confirm identity-changed',
    },
  ]);
  expect(isHeldWhole(held)).toBe(true);
});

test.each([
  ['its code', 'identity-changed'],
  ['the id of the actor', actor.id],
])('another handle, released by %s → the Update of the actor and all else', (_case, what) => {
  const known = ledger([], { actor: { ...actor, digest: 'old', username: 'before' } });
  expect(plan(built, known, confirm(what))).toMatchObject({
    activities: [
      { type: 'UpdateActor', username: 'blog', keyDigest: 'keys', revision: 4, why: 'the handle changed' },
      { type: 'Create' },
    ],
    holds: [],
  });
});

test('other keys → held with the file; released → the actor is told even when its document is the same', () => {
  const known = ledger([], { actor: { ...actor, keyDigest: 'before' } });
  expect(plan(built, known)).toMatchObject({
    ...nothing,
    holds: [{ code: 'identity-changed', release: expect.stringContaining('npm run keys -- undo') }],
  });
  expect(plan(built, known, confirm('identity-changed')).activities).toMatchObject([
    { type: 'UpdateActor', why: 'the keys changed' },
    { type: 'Create' },
  ]);
});

test('a ledger that did not keep handle and keys → nothing to compare with, nothing held', () => {
  const known = ledger([], { actor: { id: actor.id, digest: 'profile', revision: 0 } });
  expect(plan(built, known)).toMatchObject({ activities: [{ type: 'Create' }], holds: [] });
});

test('a deleted account → nothing is sent, waits or is released; only its own Delete is finished', () => {
  const known = ledger([told('gone', { sending: 'delete/2' })], {
    actor: { ...actor, deleted: BEGUN, sending: 'delete/1' },
  });
  const later = entry('later', { published: '2027-01-01T00:00:00Z' });
  const held = plan(manifest([entry('a'), later]), known, confirm('account-deleted', id('a')));
  expect(held).toMatchObject({
    ...nothing,
    holds: [{ code: 'account-deleted', why: expect.stringContaining(BEGUN) }],
    waiting: [],
    unfinished: [{ activityId: 'delete/1' }],
  });
  expect(held.unfinished).toHaveLength(1);
});

const source = (commit: string, day: number) => ({ source: { commit, committedAt: `2026-11-${day}T10:00:00Z` } });

test('an older build that says what was published last → no hold; one that says something else → held', () => {
  const approved = { content: 'content', at: '2026-11-23T10:00:00Z', confirmed: [] };
  const known = ledger([], { ...source('new', 12), approved });
  expect(plan(manifest([entry('a')], source('old', 11)), known)).toMatchObject({ holds: [] });
  expect(plan(manifest([entry('a')], { ...source('old', 11), content: 'other' }), known)).toMatchObject({
    ...nothing,
    holds: [
      {
        code: 'older-build',
        why: 'this build is of old (2026-11-11T10:00:00Z), older than new (2026-11-12T10:00:00Z), which was published already',
        release: expect.stringContaining('--confirm older-build'),
      },
    ],
  });
});

test('an older build with another handle → both are said at once, and each wants its own word', () => {
  const known = ledger([], { ...source('new', 12), actor: { ...actor, username: 'before' } });
  const older = manifest([entry('a')], source('old', 11));
  const codes = (...what: string[]) => plan(older, known, confirm(...what)).holds.map(({ code }) => code);
  expect(codes()).toEqual(['older-build', 'identity-changed']);
  expect(codes('older-build')).toEqual(['identity-changed']);
  expect(codes('identity-changed')).toEqual(['older-build']);
  expect(codes('older-build', 'identity-changed')).toEqual([]);
});

test('a build that is held as a whole takes nothing quietly, and finishes what was begun', () => {
  const known = ledger([told('b', { sending: 'create/1' })], { actor: { ...actor, username: 'before' } });
  const held = plan(manifest([entry('a', { federate: 'silent' })]), known);
  expect(held).toMatchObject({ ...nothing, unfinished: [{ activityId: 'create/1' }] });
});
