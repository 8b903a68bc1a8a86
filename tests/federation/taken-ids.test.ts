import { describe, expect, test } from 'vitest';
import { confirm, entry, id, ledger, manifest, plan, told } from './plan-samples.ts';

const LONG_AGO = '2020-03-04T10:00:00Z';
/** An older file of the same name: the build gives it the name, and the newer post its day behind it. */
const older = entry('hello', {
  source: 'posts/2020/hello.md',
  title: 'Of 2020',
  bodyDigest: 'old',
  published: LONG_AGO,
  digest: 'x',
});
const newer = (more = {}) =>
  entry('hello-2026-11-23', { source: 'posts/hello.md', bodyDigest: 'body of hello', ...more });

describe('an id that is another file of the same name now', () => {
  test('an older file comes → neither does the post turn into it, nor is it told anew', () => {
    const held = plan(manifest([older, newer()]), ledger([told('hello')]));
    expect(held.activities).toEqual([]);
    expect(held.quiet).toEqual([]);
    expect(held.holds).toEqual([
      {
        code: 'rename-without-id',
        ids: [id('hello'), id('hello-2026-11-23')],
        why: 'posts/2020/hello.md has the id now that posts/hello.md was sent with; as it stands readers would see "Title of hello" turn into "Of 2020", with its replies and likes',
        release:
          'give posts/2020/hello.md a name of its own, such as the line slug: "hello-2", and posts/hello.md the line id: hello',
      },
    ]);
  });

  test.each([
    ['the older one is silent', [{ ...older, federate: 'silent' as const }, newer()]],
    ['the newer one is silent', [older, newer({ federate: 'silent' })]],
    ['the newer one was edited', [older, newer({ title: 'Edited', digest: 'edited' })]],
    ['the newer one is in another folder now', [older, newer({ source: 'posts/2026/hello.md' })]],
    ['the newer one is dated ahead', [older, newer({ published: '2026-12-24T10:00:00Z' })]],
  ])('%s → held all the same', (_case, objects) => {
    const held = plan(manifest(objects), ledger([told('hello')]));
    expect([...held.activities, ...held.quiet]).toEqual([]);
    expect(held.holds).toMatchObject([{ code: 'rename-without-id' }]);
  });

  test('the older one goes, and the newer takes its name → held with the line that keeps its id', () => {
    const known = ledger([
      told('hello', { source: 'posts/2020/hello.md', title: 'Of 2020', bodyDigest: 'old', published: LONG_AGO }),
      told('hello-2026-11-23', { source: 'posts/hello.md' }),
    ]);
    const held = plan(manifest([entry('hello', { digest: 'new' })]), known);
    expect(held.activities).toEqual([]);
    expect(held.holds).toMatchObject([
      {
        code: 'rename-without-id',
        ids: [id('hello'), id('hello-2026-11-23')],
        release: 'add this line to the front matter of posts/hello.md: id: hello-2026-11-23',
      },
    ]);
    const followed = plan(manifest([entry('hello-2026-11-23', { source: 'posts/hello.md' })]), known);
    expect(followed).toMatchObject({ holds: [], activities: [{ type: 'Delete', id: id('hello') }] });
  });

  test('two files exchange their ids → neither becomes the other', () => {
    const known = ledger([told('a'), told('b', { published: LONG_AGO })]);
    const swapped = [
      entry('a', { source: 'posts/b.md', bodyDigest: 'body of b', digest: '1', published: LONG_AGO }),
      entry('b', { source: 'posts/a.md', bodyDigest: 'body of a', digest: '2' }),
    ];
    const held = plan(manifest(swapped), known);
    expect(held.activities).toEqual([]);
    expect(held.holds).toMatchObject([{ ids: [id('a')] }, { ids: [id('b')] }]);
  });

  test('two files with ids exchange their names, one edited → two Updates', () => {
    const known = ledger([told('a'), told('b', { published: LONG_AGO })]);
    const renamed = [
      entry('a', { source: 'posts/b.md', digest: '1' }),
      entry('b', { source: 'posts/a.md', bodyDigest: 'edited', digest: '2', published: LONG_AGO }),
    ];
    expect(plan(manifest(renamed), known)).toMatchObject({
      holds: [],
      activities: [{ type: 'Update' }, { type: 'Update' }],
    });
  });

  test('a file that replaces another for good → an Update: nothing says that it is another post', () => {
    const replaced = entry('hello', {
      source: 'posts/2026/hello.md',
      bodyDigest: 'new',
      digest: 'new',
      published: LONG_AGO,
    });
    expect(plan(manifest([replaced]), ledger([told('hello')]))).toMatchObject({
      holds: [],
      activities: [{ type: 'Update' }],
    });
  });

  test.each(['rename-without-id', id('hello'), id('hello-2026-11-23')])('released by %s → as a whole', (word) => {
    expect(plan(manifest([older, newer()]), ledger([told('hello')]), confirm(word))).toMatchObject({
      holds: [],
      activities: [
        { type: 'Update', entry: { id: id('hello') } },
        { type: 'Create', entry: { id: id('hello-2026-11-23') } },
      ],
    });
  });
});

test('a file that has another slug, title and text → held: it is the same file', () => {
  const renamed = entry('new', { source: 'posts/old.md', title: 'Another', bodyDigest: 'another' });
  expect(plan(manifest([renamed]), ledger([told('old')]))).toMatchObject({
    activities: [],
    holds: [{ code: 'rename-without-id', ids: [id('old'), id('new')], release: expect.stringContaining('id: old') }],
  });
});

test('a post that came back, in a build that does not know of it → nothing is deleted', () => {
  const known = ledger([told('a', { state: 'deleted' }), told('a-2', { source: 'posts/a.md' }), told('b')]);
  const held = plan(manifest([entry('a'), entry('b')]), known, confirm('tombstoned-id', id('a-2')));
  expect(held.activities).toEqual([]);
  expect(held.holds).toMatchObject([
    { code: 'tombstoned-id', ids: [id('a'), id('a-2')], release: expect.stringContaining('id: a-2') },
  ]);
});
