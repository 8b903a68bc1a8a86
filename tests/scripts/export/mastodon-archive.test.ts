import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openInput } from '../../../scripts/import/open-archive.ts';
import { createOwnBlog, filesBelow, type OwnBlog } from '../../invariants/own-blog.ts';
import {
  announceOf,
  attachmentOf,
  collectionOf,
  createOf,
  HOST,
  mastodonFiles,
  noteId,
  type PackedFile,
  PNG,
  writeTar,
} from '../import/mastodon-archive.ts';

/** Each command is a process of its own. */
vi.setConfig({ testTimeout: 120_000 });

const BEGUN = '---\nusername: mara\nname: Mara\nlanguage: en\n---\n';

const blogs: OwnBlog[] = [];
let one: OwnBlog;
let two: OwnBlog;
beforeEach(() => {
  for (const origin of ['https://one.example', 'https://two.example']) {
    const blog = createOwnBlog({ POSTERN_ORIGIN: origin, POSTERN_OFFLINE: '1' });
    blog.write('profile.md', BEGUN);
    blogs.push(blog);
  }
  [one, two] = blogs as [OwnBlog, OwnBlog];
});
afterEach(() => {
  for (const blog of blogs.splice(0)) blog.remove();
});

const link = (href: string) =>
  `<a href="${href}" rel="nofollow"><span class="invisible">https://</span>${href.slice(8)}</a>`;
const hashtag = `<a href="${HOST}/tags/gates" class="mention hashtag" rel="tag">#<span>gates</span></a>`;
const mention =
  '<span class="h-card"><a href="https://other.example/@bob" class="u-url mention">@<span>bob</span></a></span>';
const said = (id: number, html: string, object: Record<string, unknown> = {}) =>
  createOf({ id, html, published: `2024-05-${String(id).padStart(2, '0')}T08:00:00Z`, object });

/** One of everything that Mastodon's archive has and the blog takes in. */
const OUTBOX = [
  said(
    1,
    `<p>Hello ${hashtag} &amp; ${link('https://example.com/x')}</p><p>Second.<br />*star* _u_ &lt;b&gt; 1. [x](y)</p>`,
  ),
  said(2, '<p>An answer to myself</p>', { inReplyTo: noteId(1) }),
  said(3, '<p>Picture</p>', {
    attachment: [attachmentOf('files/001/a.png', 'A grey [square]')],
    ...{ sensitive: true, summary: 'Grey things' },
  }),
  createOf({
    ...{ id: 4, visibility: 'unlisted', html: '<p>Leise</p>', published: '2024-05-04T08:00:00Z' },
    object: {
      tag: [{ type: 'Hashtag', name: '#walls', href: `${HOST}/tags/walls` }],
      contentMap: { de: '<p>Leise</p>' },
    },
  }),
  said(5, `<p>${mention}, look</p>`, {
    tag: [{ type: 'Mention', name: '@bob@other.example', href: 'https://other.example/users/bob' }],
  }),
  said(6, '<p>Gate?</p>', {
    ...{ type: 'Question', endTime: '2024-05-11T08:00:00Z', closed: '2024-05-11T08:00:00Z' },
    oneOf: ['Open', 'Shut'].map((name, n) => ({ type: 'Note', name, replies: { type: 'Collection', totalItems: n } })),
  }),
  announceOf(7, 'https://other.example/notes/1', '2024-05-07T00:00:00Z'),
  said(8, '<p>Sound</p>', { attachment: [attachmentOf('files/001/a.mp3', 'Bells', 'audio/mpeg')] }),
  said(9, '<p>Changed</p>', { updated: '2024-06-01T00:00:00Z' }),
  said(10, '<p>At the top</p>', { inReplyTo: noteId(2) }),
];
const LIKES = [
  'https://other.example/users/bob/statuses/112000000000000000',
  // Says nothing of its time.
  'https://third.example/notes/a',
];
const LISTS: readonly PackedFile[] = [
  {
    name: 'following_accounts.csv',
    data: 'Account address,Show boosts,Notify on new posts,Languages\nbob@other.example,false,true,de\n',
  },
  { name: 'blocked_accounts.csv', data: 'evil@mean.example\n' },
  { name: 'blocked_domains.csv', data: 'bad.example\n' },
];

function archive(): Promise<string> {
  const files = mastodonFiles({
    outbox: OUTBOX,
    likes: LIKES,
    media: [
      { name: 'files/001/a.png', data: PNG },
      { name: 'files/001/a.mp3', data: 'ID3 bells' },
    ],
    files: [
      ...LISTS,
      { name: 'featured.json', data: collectionOf('featured.json', [noteId(10)]) },
      { name: 'avatar.png', data: PNG },
      { name: 'header.png', data: PNG },
    ],
  });
  return writeTar(join(one.folder, 'in.tar.gz'), files);
}

function filesOf(blog: OwnBlog): Record<string, string> {
  return Object.fromEntries([...filesBelow(blog.content)].filter(([name]) => !/^(keys|owner)\.json$/.test(name)));
}

test('taken in, built, exported in Mastodon’s shape and taken in again: the same files', async () => {
  const taken = await one.run('import', await archive(), '--boosts', '--likes');
  expect([taken.code, taken.stderr]).toEqual([0, '']);
  const out = join(one.folder, 'out.tar.gz');
  const exported = await one.run('export', out, '--mastodon', '--json');
  expect(JSON.parse(exported.stdout)).toMatchObject({
    posts: 9,
    boosts: 1,
    likes: 2,
    media: 2,
    following: 1,
    blocks: 2,
  });
  const again = await two.run('import', out, '--boosts', '--likes', '--json');
  expect([again.code, again.stderr]).toEqual([0, '']);
  const [before, after] = [filesOf(one), filesOf(two)];
  expect(Object.keys(before).filter((name) => name.startsWith('notes/'))).toHaveLength(12);
  expect(before['notes/20240510-080000.md']).toContain('\npinned: true\n');
  expect(after).toEqual(before);
  // Where they came from, each is known by the address that it had before.
  const known = await one.run('import', out, '--boosts', '--likes', '--json');
  expect([known.code, filesOf(one)]).toEqual([0, before]);
});

test('files by hand: their addresses in any spelling, once each; a like keeps its day, a thread its first part', async () => {
  const old = 'https://old.example';
  one.write(
    'posts/wall.md',
    `---\ntitle: A wall\ndate: 2026-01-01T00:00:00Z\noriginal_url: ${old}/wall\n---\n\nStone.\n`,
  );
  one.write(
    'posts/again.md',
    `---\ntitle: Again\ndate: 2026-01-02T00:00:00Z\noriginalUrl: ${old}/wall\n---\n\nMore.\n`,
  );
  one.write(
    'notes/many.md',
    `---\ndate: 2026-01-03T00:00:00Z\nthread: true\noriginal-url: ${old}/many\n---\n\nOne.\n\n---\n\nTwo.\n`,
  );
  one.write('notes/liked.md', '---\ndate: 2026-01-04T00:00:00Z\nlike-of: https://other.example/1\n---\n');
  const out = join(one.folder, 'out.tar.gz');
  expect(await one.run('export', out, '--mastodon')).toMatchObject({ code: 0 });
  expect(await two.run('import', out, '--likes')).toMatchObject({ code: 0 });
  const taken = Object.values(filesOf(two)).map((text) => [
    /^date: (.*)T/m.exec(text)?.[1],
    /^original-url: (.*)$/m.exec(text)?.[1],
    text.trim().split('\n').at(-1),
  ]);
  expect(taken.filter(([date]) => date !== undefined).toSorted()).toEqual([
    ['2026-01-01', `${old}/wall`, 'Stone.'],
    ['2026-01-02', expect.stringMatching(/^https:\/\/one\.example\//), 'More.'],
    ['2026-01-03', `${old}/many`, 'One.'],
    ['2026-01-03', expect.stringMatching(/^https:\/\/one\.example\//), 'Two.'],
    ['2026-01-04', expect.stringMatching(/^https:\/\/one\.example\//), '---'],
  ]);
});

test('an archive is as Mastodon’s: activities of public posts, files as attachments, nothing that was not public', async () => {
  one.write('posts/wall.md', '---\ntitle: A wall\ndate: 2026-01-01T00:00:00Z\npinned: true\n---\n\nOf **stone**.\n');
  one.write('notes/draft.md', '---\ndate: 2026-01-02T00:00:00Z\ndraft: true\n---\n\nNot yet.\n');
  one.write('notes/liked.md', '---\ndate: 2026-01-03T00:00:00Z\nlike-of: https://other.example/1\n---\n');
  one.write('blocks.csv', 'name,severity,reason\nloud.example,limit,\nbad.example,block,\n');
  const out = join(one.folder, 'out.tar.gz');
  expect(await one.run('export', out, '--mastodon')).toMatchObject({ code: 0 });
  const input = await openInput(out, { temporaryFolder: one.folder });
  if (input.kind !== 'archive') throw new Error('no archive');
  const textOf = async (name: string): Promise<string> => {
    let text = '';
    for await (const chunk of await input.archive.open(name)) text += chunk;
    return text;
  };
  const outbox = JSON.parse(await textOf('outbox.json'));
  expect(outbox).toMatchObject({ type: 'OrderedCollection', totalItems: 1 });
  const [create] = outbox.orderedItems;
  expect(create).toMatchObject({
    ...{ type: 'Create', actor: 'https://one.example/ap/actor.json' },
    object: { type: 'Article', name: 'A wall', content: '<p>Of <strong>stone</strong>.</p>\n', attachment: [] },
  });
  expect(JSON.parse(await textOf('likes.json')).orderedItems).toEqual(['https://other.example/1']);
  expect(JSON.parse(await textOf('like_activities.json')).orderedItems).toEqual([
    {
      ...{ id: 'https://one.example/ap/actor.json#notes/liked', type: 'Like' },
      ...{ actor: 'https://one.example/ap/actor.json', published: '2026-01-03T00:00:00Z' },
      object: 'https://other.example/1',
    },
  ]);
  expect(JSON.parse(await textOf('bookmarks.json')).orderedItems).toEqual([]);
  expect(JSON.parse(await textOf('featured.json')).orderedItems).toEqual([create.object.id]);
  expect(JSON.parse(await textOf('actor.json'))).toMatchObject({ preferredUsername: 'mara', outbox: 'outbox.json' });
  // Its lists know no degrees.
  expect(await textOf('blocked_domains.csv')).toBe('bad.example\n');
  expect(await textOf('followers.csv')).toBe('Account address\n');
  await input.archive.close();
  expect(readFileSync(out).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
});
