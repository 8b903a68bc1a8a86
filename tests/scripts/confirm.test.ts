import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Ledger } from '../../federation/ledger.ts';
import type { Manifest } from '../../federation/manifest.ts';
import { partsOf } from '../../federation/manifest-parts.ts';
import { confirmPlan, confirmPrepared, readNames } from '../../scripts/confirm.ts';
import { sha256Hex } from '../../server/crypto.ts';
import { PosternError } from '../../server/errors.ts';
import { entry, id, keys, ledger, manifest, NOW, plan, told } from '../federation/plan-samples.ts';

const contentFolder = join(process.cwd(), 'content');

function confirm(built: Manifest, known: Ledger, ...names: string[]) {
  return confirmPlan({ manifest: built, ledger: known, options: { now: NOW }, contentFolder }, names);
}

function faultOf(work: () => unknown): PosternError {
  try {
    work();
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
  throw new Error('no fault');
}

const many = manifest(keys(12).map((key) => entry(key)));
const begun = ledger([told('old'), told('gone', { state: 'deleted', deleted: '2026-11-01T00:00:00Z' })]);
const withOld = { ...many, objects: [...many.objects, entry('old')] };

test('names between commas, each once', () => {
  expect(readNames(' many-deletes, posts/a.md ,,many-deletes')).toEqual(['many-deletes', 'posts/a.md']);
  expect(readNames(undefined)).toEqual([]);
});

test('a code releases its hold; a post its own change alone, however it is named', () => {
  expect(confirm(withOld, begun, 'many-creates').plan.activities).toHaveLength(12);
  for (const name of ['p003', 'posts/p003.md', 'content/posts/p003.md', id('p003'), entry('p003').url]) {
    const { plan: released, options } = confirm(withOld, begun, name);
    expect(released.activities, name).toMatchObject([{ type: 'Create', entry: { id: id('p003') } }]);
    expect([...(options.confirm ?? [])]).toEqual([id('p003')]);
  }
});

test('a code releases what its hold has now: what comes into it later, by its date, is held again', () => {
  const { options } = confirm(withOld, begun, 'many-creates');
  const sent = ledger([...begun.objects.values(), ...keys(12).map((key) => told(key))]);
  const later = { ...withOld, objects: [...withOld.objects, ...keys(11, 'later').map((key) => entry(key))] };
  expect(plan(later, sent, options)).toMatchObject({ activities: [], holds: [{ code: 'many-creates' }] });
});

test('a changed handle is released by the file that says it', () => {
  const renamed = manifest([entry('old')], { actor: { ...manifest([]).actor, username: 'gate', digest: 'gate' } });
  const known = { ...begun, actor: { ...begun.actor, username: 'blog' } };
  expect(plan(renamed, known).holds.map(({ code }) => code)).toEqual(['identity-changed']);
  expect(confirm(renamed, known, 'profile.md').plan).toMatchObject({
    activities: [{ type: 'UpdateActor' }],
    holds: [],
  });
  expect(faultOf(() => confirm(renamed, known, 'nothing')).hint).toContain('identity-changed (profile.md)');
});

test('a hold of the whole build hides others, and both can be released at once', () => {
  const source = { commit: 'old', committedAt: '2026-11-01T00:00:00Z' };
  const older = { ...withOld, source };
  const newer = { ...begun, source: { commit: 'new', committedAt: '2026-11-20T00:00:00Z' } };
  expect(plan(older, newer).holds.map(({ code }) => code)).toEqual(['older-build']);
  const { plan: released, idle } = confirm(older, newer, 'many-creates', 'older-build');
  expect([released.activities.length, released.holds, idle]).toEqual([12, [], []]);
});

test('what nothing holds is named as idle and releases nothing: neither now nor later', () => {
  const { options, idle } = confirm(manifest([entry('old')]), begun, 'many-deletes', 'old');
  expect(idle).toEqual(['many-deletes', 'old']);
  expect(options.confirm).toBeUndefined();
});

test('a name of nothing → all that is held is listed, safe to print', () => {
  const hostile = entry('p000', { source: 'posts/\u001b[2J.md' });
  const { code, hint, message } = faultOf(() =>
    confirm({ ...withOld, objects: [hostile, ...withOld.objects.slice(1)] }, begun, 'many-creates', 'nothing\u001b[2J'),
  );
  expect([code, message]).toEqual(['unknown-hold', '"nothing\\u001b[2J" is neither a hold nor a post.']);
  expect(hint).toMatch(/^Held now: many-creates \(posts\/\\u001b\[2J\.md, .*, …\)\./);
  expect(faultOf(() => confirm(manifest([entry('old')]), begun, 'nothing')).hint).toContain('Nothing is held');
});

test('what no word releases → what does', () => {
  const restored = manifest([entry('old'), entry('gone')]);
  for (const name of ['tombstoned-id', 'gone', 'posts/gone.md']) {
    const { code, message, hint } = faultOf(() => confirm(restored, begun, name));
    expect([code, message]).toEqual([
      'unknown-hold',
      expect.stringContaining('tombstoned-id is not released by a word'),
    ]);
    expect(hint).toContain('give posts/gone.md a new id');
  }
  const elsewhere = { ...begun, origin: 'https://other.example' };
  expect(faultOf(() => confirm(many, elsewhere, 'other-origin')).message).toContain('other-origin is not released');
});

test('what was released with this very build stays released; with another build it does not', () => {
  const approved = { content: withOld.content, at: '2026-11-23T11:00:00Z', confirmed: ['many-creates'] };
  const audience = { inboxes: [], followers: 0, servers: 0 };
  const prepare = (built: Manifest) => {
    const known = { ledger: { ...begun, approved }, version: 1 };
    const build = { parts: partsOf({ sha256: sha256Hex }, built), scheduled: [] };
    const prepared = {
      build,
      manifest: built,
      known,
      audience,
      options: { now: NOW },
      plan: plan(built, known.ledger),
    };
    return confirmPrepared(prepared, [], contentFolder).prepared.plan;
  };
  expect(prepare(withOld).activities).toHaveLength(12);
  expect(prepare({ ...withOld, content: 'another' }).holds).toMatchObject([{ code: 'many-creates' }]);
});
