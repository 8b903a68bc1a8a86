import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeBlog, makeFolder, outcomeOf, readExport, saysOf, takenBy, writeFile, zipOf } from './format-world.ts';
import { type GhostFacts, ghostExport, postRow, wholeGhostExport } from './ghost-export.ts';
import { PNG } from './mastodon-archive.ts';

function write(text: string): string {
  return writeFile(join(makeFolder(), 'gates.ghost.2024-01-02.json'), text);
}

async function read(posts: GhostFacts['posts'], more: GhostFacts = {}) {
  return readExport(write(ghostExport({ ...more, posts: posts ?? [] })));
}

async function markdownOf(facts: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  return (await read([postRow('a', facts)])).posts[0]?.markdown;
}

test('a whole export with its pictures → files that the build takes; again → nothing', async () => {
  const picture = { name: 'backup/content/images/2020/01/gate.png', data: PNG };
  const path = await zipOf([{ name: 'backup/data/gates.ghost.json', data: wholeGhostExport() }, picture]);
  const blog = makeBlog();
  const report = await blog.import(path);
  expect(report.kinds).toEqual({ article: 1, note: 1 });
  expect(Object.fromEntries(report.leftOut.map(({ kind, count }) => [kind, count]))).toEqual({
    'post for members': 2,
    draft: 1,
    newsletter: 1,
    page: 1,
    'media file': 1,
  });
  const files = blog.files();
  const place = Object.keys(files).find((name) => name.endsWith('.png'));
  expect(saysOf(files['posts/the-gate.md'])).toEqual({
    title: 'The gate',
    id: expect.stringMatching(/^imported-\w{16}$/),
    date: '2020-01-02T03:04:05Z',
    updated: '2021-01-01T00:00:00Z',
    description: 'What a gate is.',
    tags: ['Stone', 'Walls'],
    pinned: true,
    image: `../${place}`,
    imageAlt: 'The gate',
    redirects: ['/the-gate/'],
    federate: 'silent',
    body: `\nA [link](/post-b/).\n\n![A gate](../${place})\n\n*Old*\n\nb\n\ngone\n`,
  });
  expect(files['notes/post-b.md']).toContain('\nShort.\n');
  expect(await blog.build()).toEqual([]);
  const again = await blog.import(path);
  expect(again.posts).toMatchObject({ imported: 0, there: 2, changed: 0 });
  expect(blog.files()).toMatchObject(files);
});

test('the file alone, with its folder beside it → the same post', async () => {
  const path = write(wholeGhostExport());
  writeFile(join(path, '../content/images/2020/01/gate.png'), PNG);
  const { posts, title } = await readExport(path);
  expect(title).toBe('Ghost export of Gates & walls');
  expect(posts[0]).toMatchObject({
    image: 'featured-gate.png',
    media: [{ name: 'featured-gate.png' }, { name: 'gate.png' }],
  });
});

test('posts before what belongs to them, no list around the database, times in milliseconds, pages by a mark', async () => {
  const data = {
    posts: [
      {
        id: 7,
        title: 'Old',
        slug: 'old',
        html: '<p>x</p>',
        page: 0,
        status: 'published',
        published_at: 1_388_318_310_000,
      },
      { id: 8, title: 'Page', slug: 'p', html: '', page: 1, status: 'published', published_at: 1_388_318_310_000 },
    ],
    tags: [{ id: 1, name: 'Walls' }],
    posts_tags: [{ post_id: 7, tag_id: 1 }],
  };
  const { posts, leftOut } = await readExport(
    write(JSON.stringify({ meta: { exported_on: 1, version: '000' }, data })),
  );
  expect(posts).toMatchObject([{ title: 'Old', published: '2013-12-29T11:58:30Z', tags: ['Walls'] }]);
  expect(leftOut).toMatchObject([{ kind: 'page' }]);
});

test('what was for members, whole or in part → never read, and named nowhere', async () => {
  const { posts, leftOut } = await read(
    [
      postRow('a', { visibility: 'tiers' }),
      postRow('b', { visibility: 'filter:label' }),
      postRow('e', { visibility: ['paid'] }),
      postRow('c', {
        html: '<p>a</p><!--kg-gated-block:begin nonMember:false memberSegment:"status:free" --><p>secret</p><!--kg-gated-block:end--><p>b</p><!--kg-gated-block:begin nonMember:true memberSegment:"" --><p>c</p><!--kg-gated-block:end--><!--kg-gated-block:begin nonMember:false --><p>never closed</p>',
      }),
      postRow('d'),
    ],
    { posts_meta: [{ post_id: 'd', email_only: true }] },
  );
  expect(posts.map(({ markdown }) => markdown)).toEqual(['a\n\nb\n\nc']);
  expect(leftOut.map(({ kind, where }) => [kind, where])).toEqual([
    ['post for members', undefined],
    ['post for members', undefined],
    ['post for members', undefined],
    ['newsletter', undefined],
  ]);
});

test('an export without HTML → the text of the editor, with its cards', async () => {
  const text = (words: string, format = 0) => ({ type: 'extended-text', text: words, format });
  const children = [
    { type: 'extended-heading', tag: 'h2', children: [text('Head')] },
    {
      type: 'paragraph',
      children: [
        text('a '),
        text('b', 3),
        text(' '),
        { type: 'link', url: 'https://x.example/', children: [text('c')] },
      ],
    },
    { type: 'list', listType: 'number', children: [{ type: 'listitem', children: [text('one')] }] },
    { type: 'image', src: 'https://x.example/i.png', alt: 'I', caption: 'Cap' },
    { type: 'codeblock', code: 'a < b', language: 'js' },
    { type: 'markdown', markdown: '*em*' },
    { type: 'html', html: '<p>gone</p>', visibility: { web: { nonMember: false } } },
    { type: 'bookmark', url: 'https://x.example/b', metadata: { title: 'B' } },
    { type: 'email', html: '<p>mail</p>' },
  ];
  expect(await markdownOf({ html: null, lexical: JSON.stringify({ root: { type: 'root', children } }) })).toBe(
    '## Head\n\na <em><strong>b</strong></em> [c](https://x.example/)\n\n1. one\n\n[I](https://x.example/i.png)\n\n*Cap*\n\n```js\na < b\n```\n\n*em*\n\n[B](https://x.example/b)',
  );
});

test('an export of before 5.0 without HTML → the text of the editor', async () => {
  const mobiledoc = JSON.stringify({
    version: '0.3.1',
    markups: [['em'], ['a', ['href', 'https://x.example/']]],
    atoms: [['soft-return', '', {}]],
    cards: [
      ['markdown', { markdown: '**md**' }],
      ['hr', {}],
    ],
    sections: [
      [
        1,
        'p',
        [
          [0, [], 0, 'a '],
          [0, [0], 1, 'b'],
          [1, [], 0, 0],
          [0, [1], 1, 'c'],
        ],
      ],
      [3, 'ul', [[[0, [], 0, 'one']], [[0, [], 0, 'two']]]],
      [10, 0],
      [10, 7],
    ],
  });
  expect(await markdownOf({ html: null, mobiledoc })).toBe(
    'a *b*\\\n[c](https://x.example/)\n\n- one\n- two\n\n**md**',
  );
});

test('cards that are links or players → what they lead to', async () => {
  const bookmark =
    '<figure class="kg-card kg-bookmark-card"><a class="kg-bookmark-container" href="https://x.example/"><div class="kg-bookmark-content"><div class="kg-bookmark-title">Title</div><div class="kg-bookmark-description">Words</div></div><div class="kg-bookmark-thumbnail"><img src="https://x.example/t.png" alt=""></div></a></figure>';
  const film =
    '<figure class="kg-card kg-video-card"><div class="kg-video-container"><video src="https://x.example/f.mp4"></video><div class="kg-video-overlay"><button>Play</button></div><div class="kg-video-player-container"><div class="kg-video-player"><span class="kg-video-current-time">0:00</span></div></div></div></figure>';
  expect(await markdownOf({ html: bookmark + film })).toBe(
    '[Title](https://x.example/)\n\n[f.mp4](https://x.example/f.mp4)',
  );
});

test('drafts and what is dated ahead → drafts; a post without a date or with broken text → left out', async () => {
  const { posts, leftOut } = await read([
    postRow('a', { status: 'scheduled', published_at: '2030-01-01T00:00:00.000Z' }),
    postRow('b', { status: 'draft', published_at: null }),
    postRow('c', { published_at: null, created_at: null, updated_at: null }),
    postRow('d', { html: null, lexical: '{' }),
    { id: null },
  ]);
  expect(posts.map(({ draft, published, redirects }) => [draft, published, redirects])).toEqual([
    [true, '2030-01-01T00:00:00Z', []],
    [true, '2020-01-01T00:00:00Z', []],
  ]);
  expect(leftOut.map(({ kind }) => kind)).toEqual(['broken entry', 'broken entry', 'broken entry']);
});

test.each([
  ['half of it', wholeGhostExport().slice(0, 900)],
  ['more after it', `${wholeGhostExport()}{}`],
  ['a comma too many', wholeGhostExport().replace('"posts":[', '"posts":[,')],
])('%s → an error that names the file', async (_, text) => {
  expect(await outcomeOf(write(text))).toMatchObject({
    code: 'archive-damaged',
    message: expect.stringContaining('gates.ghost'),
  });
});

test('JSON of another kind → not taken for one', async () => {
  expect(await takenBy(write('{"version":"https://jsonfeed.org/version/1.1","items":[]}'))).not.toContain('ghost');
  expect(await takenBy(write('{"db":[{"data":{"posts":[]}}]}'))).toEqual([]);
  expect(await takenBy(write(wholeGhostExport()))).toEqual(['ghost']);
});
