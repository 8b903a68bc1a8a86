import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { announceOf, collectionOf, createOf, noteUrl } from './mastodon-archive.ts';
import { type Bench, createBench } from './workbench.ts';

const NOTE = 'notes/20240506-070809.md';
const ELSEWHERE = 'https://evil.example';
const FLAGS = { boosts: true, likes: true, includeReplies: true };

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

/** A post of a stranger who says that it was at an address of ours. */
function strange(originalUrl: unknown, id: number | string = 666) {
  const object = { id: `${ELSEWHERE}/${id}`, url: `${ELSEWHERE}/@eve/${id}`, attributedTo: `${ELSEWHERE}/eve` };
  return createOf({ id, html: '<p>Not hers</p>', object: { ...object, originalUrl } });
}

test('an archive that says where its posts were before → they are known by that', async () => {
  await bench.mastodon({ outbox: [createOf({ object: { originalUrl: 'https://first.example/1' } })] });
  expect(bench.content()[NOTE]).toContain('\noriginal-url: https://first.example/1\n');
  // Its other addresses are the same post's.
  const answer = createOf({ id: 2, published: '2024-05-07T00:00:00Z', object: { inReplyTo: noteUrl(1) } });
  await bench.mastodon({
    outbox: [createOf({ object: { originalUrl: 'https://first.example/1' } }), answer],
  });
  expect(bench.content()['notes/20240507-000000.md']).toContain(`\nin-reply-to: ./20240506-070809.md\n`);
});

test.each([
  1,
  null,
  {},
  ['https://first.example/1'],
  '',
  'urn:x',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'https://',
  'https://a.example/ b',
  'https://ann:secret@a.example/',
  `https://a.example/${'x'.repeat(2_048)}`,
])('what is no address, such as %j → the address that the post has', async (originalUrl) => {
  const announce = { ...announceOf(3, 'https://other.example/1'), originalUrl };
  const like = { type: 'Like', object: 'https://other.example/2', published: '2024-05-08T00:00:00Z', originalUrl };
  const files = [{ name: 'like_activities.json', data: collectionOf('like_activities.json', [like]) }];
  await bench.mastodon({ outbox: [createOf({ object: { originalUrl } }), announce], files }, FLAGS);
  const without = createBench();
  const { originalUrl: _, ...plain } = like;
  const plainFiles = [{ name: 'like_activities.json', data: collectionOf('like_activities.json', [plain]) }];
  await without.mastodon(
    { outbox: [createOf({}), announceOf(3, 'https://other.example/1')], files: plainFiles },
    FLAGS,
  );
  expect(Object.keys(without.content())).toHaveLength(4);
  expect(bench.content()).toEqual(without.content());
});

test('any likes with activities beside them → the activities alone, the broken ones left out', async () => {
  const items = [
    { type: 'Like', object: 'https://other.example/1', published: 'never', originalUrl: 'https://first.example/l' },
    { type: 'Like', object: 'javascript:alert(1)' },
    { type: 'Announce', object: 'https://other.example/2' },
    ...[null, 7, [], {}],
  ];
  const files = [{ name: 'like_activities.json', data: collectionOf('like_activities.json', items) }];
  await bench.mastodon({ likes: ['https://other.example/1'], files }, FLAGS);
  const liked = Object.values(bench.content()).filter((text) => text.includes('like-of'));
  expect(liked).toHaveLength(1);
  expect(liked[0]).toContain('\noriginal-url: https://first.example/l\n');
  expect(liked[0]).toContain('\ndate: 2019-03-04T00:00:00Z\n');
});

test('a stranger’s archive that names a post of ours → ours stays, without --update, and with it when it is by hand or edited', async () => {
  await bench.mastodon({ outbox: [createOf({})] });
  const own = '---\ndate: 2024-05-09T00:00:00Z\nid: mine\noriginal-url: https://first.example/mine\n---\n\nMine\n';
  writeFileSync(join(bench.contentFolder, 'notes/mine.md'), own);
  const before = bench.content();
  const outbox = [
    strange(noteUrl(1)),
    strange('https://first.example/mine', 667),
    { ...announceOf(668, 'https://other.example/1'), originalUrl: noteUrl(1) },
  ];
  const like = { type: 'Like', object: 'https://other.example/2', originalUrl: noteUrl(1) };
  const files = [{ name: 'like_activities.json', data: collectionOf('like_activities.json', [like]) }];
  await bench.mastodon({ outbox, files }, FLAGS);
  expect(bench.content()).toEqual(before);

  writeFileSync(join(bench.contentFolder, NOTE), `${before[NOTE]}\nEdited.\n`);
  const edited = bench.content();
  await bench.mastodon({ outbox, files }, { ...FLAGS, update: true });
  expect(bench.content()).toEqual(edited);
});

test('with --update a file that nobody touched follows its address, and keeps its name and id', async () => {
  await bench.mastodon({ outbox: [createOf({})] });
  const before = bench.content()[NOTE] ?? '';
  await bench.mastodon({ outbox: [strange(noteUrl(1))] }, { update: true });
  const after = bench.content();
  expect(Object.keys(after).filter((name) => name.startsWith('notes/'))).toEqual([NOTE]);
  expect(after[NOTE]).toBe(before.replace('Hello', 'Not hers'));
});

test('one archive that gives two posts one address, or the other’s → the first, and nothing of the second', async () => {
  const second = createOf({ id: 2, html: '<p>Second</p>', published: '2024-05-07T00:00:00Z' });
  const outbox = [
    createOf({ object: { originalUrl: 'https://first.example/1' } }),
    { ...second, object: { ...second.object, originalUrl: 'https://first.example/1' } },
  ];
  await bench.mastodon({ outbox });
  expect(Object.keys(bench.content()).filter((name) => name.startsWith('notes/'))).toEqual([NOTE]);
  expect(bench.content()[NOTE]).toContain('Hello');
});
