import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { idOf } from '../../../scripts/import/known-posts.ts';
import { makeBlog, makeFolder, readExport, saysOf, writeFile, writeFolder, zipOf } from './format-world.ts';
import { PNG } from './mastodon-archive.ts';
import { type ItemFacts, item, SITE, wholeWordPressExport, wxr } from './wordpress-export.ts';

function write(text: string | Buffer): string {
  return writeFile(join(makeFolder(), 'gates.wordpress.2024-01-02.xml'), text);
}

async function read(...items: readonly ItemFacts[]) {
  return readExport(write(wxr(items)));
}

async function markdownOf(content: string): Promise<string | undefined> {
  return (await read({ id: 1, content })).posts[0]?.markdown;
}

test('a whole export with its uploads beside it → files that the build takes; again → nothing', async () => {
  const path = write(wholeWordPressExport());
  writeFile(join(path, '../uploads/2020/01/gate.png'), PNG);
  const blog = makeBlog();
  const report = await blog.import(path);
  expect(report.kinds).toEqual({ article: 1, note: 1 });
  expect(Object.fromEntries(report.leftOut.map(({ kind, count }) => [kind, count]))).toEqual({
    comment: 3,
    draft: 1,
    page: 1,
    'media file': 1,
    'other entry': 1,
    'post with a password': 1,
    'private post': 1,
  });
  const files = blog.files();
  const picture = Object.keys(files).find((name) => name.endsWith('.png'));
  expect(saysOf(files['posts/the-gate.md'])).toEqual({
    title: 'The gate – a story',
    id: idOf(`${SITE}/2020/01/the-gate/`),
    date: '2020-01-02T02:04:05Z',
    updated: '2021-01-01T00:00:00Z',
    description: 'What a gate is.',
    tags: ['Walls & more', 'Stone'],
    pinned: true,
    image: `../${picture}`,
    imageAlt: 'The gate',
    redirects: ['/2020/01/the-gate/', '/2020/01/a-gate/'],
    'original-url': `${SITE}/2020/01/the-gate/`,
    federate: 'silent',
    body: `
A **gate** and [more](${SITE}/about/).

![A gate](../${picture})

*Old*

[It is gone](${SITE}/wp-content/uploads/2020/01/gone.png)
`,
  });
  expect(files['notes/2.md']).toContain('\nClassic words\\\nin two lines.\n\nAnd another.\n');
  expect(await blog.build()).toEqual([]);
  const again = await blog.import(path);
  expect(again.posts).toMatchObject({ imported: 0, there: 2, changed: 0 });
  expect(blog.files()).toMatchObject(files);
});

test('the same as a zip file with the uploads in it, or split in two files → the same posts', async () => {
  const whole = await readExport(write(wholeWordPressExport()));
  const uploads = { name: 'site/wp-content/uploads/2020/01/gate.png', data: PNG };
  const zip = await readExport(await zipOf([{ name: 'site/gates.xml', data: wholeWordPressExport() }, uploads]));
  expect(zip.format).toBe('wordpress');
  expect(zip.posts.map(({ title }) => title)).toEqual(whole.posts.map(({ title }) => title));
  expect(zip.posts[0]?.media.map(({ name }) => name)).toEqual(['featured-gate.png', 'gate.png']);
  const picture = { id: 9, type: 'attachment', attachmentUrl: `${SITE}/wp-content/uploads/2020/01/gate.png` };
  const parts = writeFolder([
    { name: 'gates.000.xml', data: wxr([{ id: 1, content: '[gallery ids="9"]' }]) },
    { name: 'gates.001.xml', data: wxr([picture, { id: 2 }]) },
    { name: '2020/01/gate.png', data: PNG },
    { name: 'sitemap.xml', data: '<urlset/>' },
  ]);
  const split = await readExport(parts);
  expect(split.posts.map(({ title }) => title)).toEqual(['Post 1', 'Post 2']);
  expect(split.posts[0]?.markdown).toBe('- ![gate.png](media:gate.png)');
});

test.each(['1.0', '1.1', '1.2'])('version %s → read', async (version) => {
  const { posts } = await readExport(write(wxr([{ id: 1, excerpt: 'Short' }], { version })));
  expect(posts).toMatchObject([{ title: 'Post 1', markdown: 'Hello.', description: 'Short' }]);
});

test('terms of version 1.0, each twice and tags by another name → each once', async () => {
  const terms =
    '<category><![CDATA[Walls]]></category><category domain="category" nicename="walls"><![CDATA[Walls]]></category><category domain="tag"><![CDATA[Stone]]></category><category domain="tag" nicename="stone"><![CDATA[Stone]]></category>';
  const { posts } = await readExport(
    write(wxr([item({ id: 1 }).replace('</item>', `${terms}</item>`)], { version: '1.0' })),
  );
  expect(posts[0]?.tags).toEqual(['Walls', 'Stone']);
});

test('what was not published → a draft; zeros for its date → its local time, in the zone of the blog', async () => {
  const zeros = '0000-00-00 00:00:00';
  const { posts } = await read(
    { id: 1, status: 'draft', dateGmt: zeros, date: '2020-07-02 03:04:05', modifiedGmt: zeros },
    { id: 2, status: 'pending' },
    { id: 3, status: 'future', dateGmt: '2030-01-01 00:00:00' },
    {
      id: 4,
      status: 'draft',
      dateGmt: zeros,
      date: zeros,
      modifiedGmt: '2020-02-02 00:00:00',
      pubDate: 'Mon, 30 Nov -0001 00:00:00 +0000',
    },
  );
  expect(posts.map(({ draft, published }) => [draft, published])).toEqual([
    [true, '2020-07-02T01:04:05Z'],
    [true, '2020-01-02T02:04:05Z'],
    [true, '2030-01-01T00:00:00Z'],
    [true, '2020-02-02T00:00:00Z'],
  ]);
  expect(posts.every(({ redirects }) => redirects?.length === 0)).toBe(true);
});

test('private, with a password, in the trash, or a draft of one → never read, and private ones are named nowhere', async () => {
  const { posts, leftOut } = await read(
    { id: 1, status: 'private' },
    { id: 2, password: '0' },
    { id: 3, status: 'draft', password: 'x' },
    { id: 4, status: 'trash' },
    { id: 5, status: 'auto-draft' },
    { id: 6, status: 'a-plugin-made-this' },
  );
  expect(posts).toEqual([]);
  expect(leftOut.map(({ kind, where }) => [kind, where !== undefined])).toEqual([
    ['private post', false],
    ['post with a password', false],
    ['post with a password', false],
    ['post in the trash', true],
    ['post in the trash', true],
    ['post in the trash', true],
  ]);
});

test('for subscribers, wholly or in part → never read; the part is named by its post alone', async () => {
  const block = (name: string, inner: string) =>
    `<!-- wp:premium-content/${name} {"a":1} -->${inner}<!-- /wp:premium-content/${name} -->`;
  const { posts, leftOut } = await read(
    { id: 1, meta: { _jetpack_newsletter_access: 'subscribers' } },
    { id: 2, meta: { _jetpack_newsletter_access: 'paid_subscribers' } },
    {
      id: 3,
      meta: { _jetpack_newsletter_access: 'everybody' },
      content: `<!-- wp:paragraph --><p>a</p>${block('container', `${block('subscriber-view', '<p>secret</p>')}<p>secret</p>`)}<p>b</p>`,
    },
    { id: 4, content: 'a\n\n[membership level="1"]secret[/membership]\n\nb' },
    { id: 6, content: 'about [membership] itself' },
    { id: 5, content: '<p>a</p><!-- wp:premium-content/subscriber-view --><p>secret' },
  );
  expect(posts.map(({ markdown }) => markdown)).toEqual(['a\n\nb', 'a\n\nb', 'about \\[membership\\] itself', 'a']);
  expect(leftOut.map(({ kind, where }) => [kind, where !== undefined])).toEqual([
    ['post for members', false],
    ['post for members', false],
    ['part for members', true],
    ['part for members', true],
    ['part for members', true],
  ]);
});

test('a post by its number and its guid → known by each', async () => {
  const { posts } = await read({ id: 7, link: `${SITE}/das-t%C3%B6r/`, slug: 'das-t%c3%b6r' });
  expect(posts[0]).toMatchObject({ originalUrl: `${SITE}/das-t%C3%B6r/`, aliases: [`${SITE}/?p=7`], slug: 'das-tör' });
});

test('the language of another blog than ours → said', async () => {
  const { posts } = await readExport(write(wxr([{ id: 1 }], { language: 'de-DE' })));
  expect(posts[0]?.language).toBe('de-DE');
});

test('classic text: lists, code and quotes stay, empty lines are paragraphs', async () => {
  expect(
    await markdownOf(
      'One\r\n\r\n<ul>\n<li>a</li>\n\n<li>b</li>\n</ul>\nTwo <b>x</b>\nThree<br />\nFour\n<pre>a\n\n  b</pre>\n<blockquote>Q\n\nR</blockquote><h2>H</h2>after',
    ),
  ).toBe('One\n\n- a\n- b\n\nTwo **x**\\\nThree\\\nFour\n\n```\na\n\n  b\n```\n\n> Q\n> \n> R\n\n## H\n\nafter');
});

test('shortcodes: captions, galleries, films, code and embeds', async () => {
  expect(
    await markdownOf(
      '[caption id="a" align="left" width="3"]<a href="https://x.example/"><img src="https://x.example/a.png" alt="A" /></a> A <i>caption</i>[/caption]\n\n[caption caption="Old"]<img src="https://x.example/b.png">[/caption]\n[embed]https://video.example/1_2[/embed]\n\n[video mp4="https://x.example/f.mp4"][/video]\n\n[code language="js"]a < b; // [x][/code]',
    ),
  ).toBe(
    '[A](https://x.example/)\n\n*A caption*\n\n[b.png](https://x.example/b.png)\n\n*Old*\n\n<https://video.example/1_2>\n\n[f.mp4](https://x.example/f.mp4)\n\n```js\na < b; // [x]\n```'.replace(
      '*A caption*',
      '*A <em>caption</em>*',
    ),
  );
});

test('shortcodes of plugins → text, and said; words between brackets, and words about shortcodes → words', async () => {
  const { posts, leftOut } = await read({
    id: 1,
    content: '[contact-form-7 id="1"] [sic] [1] [[gallery]] [box]in[/box] <pre>[inner id="2"]</pre>',
  });
  expect(posts[0]?.markdown).toContain(
    '\\[contact-form-7 id="1"\\] \\[sic\\] \\[1\\] \\[gallery\\] \\[box\\]in\\[/box\\]',
  );
  expect(leftOut.map(({ where }) => where)).toEqual([
    `[contact-form-7] in ${SITE}/2020/01/post-1/`,
    `[box] in ${SITE}/2020/01/post-1/`,
  ]);
});

test('a gallery without ids → the pictures of the post, in order', async () => {
  const picture = (id: number, parent: number): ItemFacts => ({
    id,
    parent,
    type: 'attachment',
    status: 'inherit',
    attachmentUrl: `${SITE}/wp-content/uploads/${id}.jpg`,
    excerpt: `Number ${id}`,
  });
  const { posts } = await read(
    { id: 1, content: '[gallery columns="2"]' },
    picture(12, 1),
    picture(11, 1),
    picture(13, 2),
  );
  expect(posts[0]?.markdown).toBe(
    `- [Number 11](${SITE}/wp-content/uploads/11.jpg) *Number 11*\n- [Number 12](${SITE}/wp-content/uploads/12.jpg) *Number 12*`,
  );
});

test('uploads: links in it to files, sizes, films, names that say little; nothing outside of the folder', async () => {
  const path = write(
    wxr([
      {
        id: 1,
        content: `<!-- wp:p --><p><a href="${SITE}/wp-content/uploads/a%20(1).pdf">Paper</a> <img src="https://i0.wp.com/old.example/wp-content/uploads/b.png?resize=3" alt=""> <img src="${SITE}/wp-content/uploads/../../secret.png" alt="no"> <img src="${SITE}/wp-content/uploads/link.png" alt="nor"> <img src="${SITE}/wp-content/uploads/..%2Fsecret.png" alt="never"></p><video src="${SITE}/wp-content/uploads/c.mp4"></video>`,
      },
    ]),
  );
  for (const name of ['a (1).pdf', 'b.png', 'c.mp4']) writeFile(join(path, '../uploads', name), PNG);
  const secret = writeFile(join(path, '../secret.png'), PNG);
  symlinkSync(secret, join(path, '../uploads/link.png'));
  const { posts, leftOut } = await readExport(path);
  expect(posts[0]?.media.map(({ name }) => name)).toEqual(['a (1).pdf', 'b.png', 'c.mp4']);
  expect(posts[0]?.markdown).toBe(
    `[Paper](media:a%20%281%29.pdf) ![](media:b.png) [no](${SITE}/secret.png) [nor](${SITE}/wp-content/uploads/link.png) [never](${SITE}/wp-content/uploads/..%2Fsecret.png)\n\n![](media:c.mp4)`,
  );
  expect(leftOut.map(({ kind }) => kind)).toEqual(['media file', 'media file', 'media file']);
  const blog = makeBlog();
  await blog.import(path);
  expect(blog.files()['posts/post-1.md']).toMatch(/\[Paper\]\(\.\.\/media\/import\/wordpress\/\w+\.pdf\)/);
});

test('links around more than words: cards are their title, a picture with words below it stays', async () => {
  expect(
    await markdownOf(
      '<!-- wp:x --><a href="https://x.example/"><div class="card-title">Title</div><p>Words</p><img src="https://x.example/t.png"></a><a href="https://y.example/"><figure><img src="https://y.example/p.png" alt="P"><figcaption>Below</figcaption></figure></a>',
    ),
  ).toBe('[Title](https://x.example/)\n\n[P](https://y.example/p.png)\n\n*Below*');
});
