import { expect, test } from 'vitest';
import { makeBlog, outcomeOf, readExport, saysOf, takenBy, writeFolder, zipOf } from './format-world.ts';
import { type MediumFacts, mediumPage, wholeMediumArchive } from './medium-archive.ts';

const NAME = 'posts/2019-01-09_The-gate-4fce463790f9.html';

async function read(facts: MediumFacts, name = NAME) {
  return readExport(writeFolder([{ name, data: mediumPage(facts) }]));
}

test('a whole archive → files that the build takes; again → nothing', async () => {
  const path = await zipOf(wholeMediumArchive());
  const blog = makeBlog();
  const report = await blog.import(path, { drafts: true });
  expect(report.kinds).toEqual({ article: 1, draft: 1 });
  expect(Object.fromEntries(report.leftOut.map(({ kind, examples }) => [kind, examples]))).toEqual({
    'other data': ['README.html', 'claps/', 'ips/'],
    'reply to others': ['https://medium.com/@mara/i-do-not-think-so-0123456789ab'],
    'media file': ['https://cdn-images-1.medium.com/max/800/1*x.png'],
  });
  const files = blog.files();
  expect(saysOf(files['posts/the-gate.md'])).toEqual({
    title: 'The gate & me',
    id: expect.stringMatching(/^imported-\w{16}$/),
    date: '2019-01-09T06:16:00Z',
    description: 'What a gate is',
    'original-url': 'https://medium.com/@mara/the-gate-4fce463790f9',
    federate: 'silent',
    body: '\nA **gate** and [more](https://example.com/).\n\n[1\\*x.png](https://cdn-images-1.medium.com/max/800/1*x.png)\n\n*Old*\n\n```\na < b\n  c\n```\n\n---\n\nAfter.\n',
  });
  expect(saysOf(files['posts/not-yet.md'])).toMatchObject({ date: '2019-04-12T00:00:00Z', draft: true });
  expect(await blog.build()).toEqual([]);
  const again = await blog.import(path, { drafts: true });
  expect(again.posts).toMatchObject({ imported: 0, there: 2, changed: 0 });
  expect(blog.files()).toMatchObject(files);
});

test('the folder, or its folder of posts → the same posts', async () => {
  const files = wholeMediumArchive();
  const whole = await readExport(await zipOf(files));
  const folder = await readExport(
    writeFolder(files.map(({ name, data }) => ({ name: `medium-export/${name}`, data }))),
  );
  const posts = await readExport(
    writeFolder(
      files.filter(({ name }) => name.startsWith('posts/')).map(({ name, data }) => ({ name: name.slice(6), data })),
    ),
  );
  expect(folder.posts).toEqual(whole.posts);
  expect(posts.posts).toEqual(whole.posts);
});

test('answers to others, where they are wanted → notes', async () => {
  const { posts } = await readExport(await zipOf(wholeMediumArchive()), { includeReplies: true });
  expect(posts[1]).toMatchObject({ kind: 'note', markdown: 'I do not think so at all.' });
  expect(posts[1]).not.toHaveProperty('title');
});

test('a post without a heading whose title is no beginning of it → an article', async () => {
  const { posts } = await read({ title: 'A title', heading: false });
  expect(posts).toMatchObject([{ kind: 'article', title: 'A title', markdown: 'Hello.' }]);
});

test('a post under a domain of its own → its path leads to it', async () => {
  const { posts } = await read({ title: 'The gate', canonical: 'https://blog.mara.example/the-gate-4fce463790f9' });
  expect(posts).toMatchObject([
    {
      originalUrl: 'https://blog.mara.example/the-gate-4fce463790f9',
      aliases: ['https://medium.com/p/4fce463790f9'],
      redirects: ['/the-gate-4fce463790f9'],
    },
  ]);
});

test('a heading that is another than the title → stays', async () => {
  const { posts } = await read({
    title: 'Short',
    heading: false,
    body: '<h3 class="graf graf--h3 graf--title">Long</h3><p>x</p>',
  });
  expect(posts[0]?.markdown).toBe('### Long\n\nx');
});

test('pages that are no posts → counted with their place; in another encoding, or far too long → an error', async () => {
  const { posts, leftOut } = await readExport(
    writeFolder([
      { name: NAME, data: mediumPage({ title: 'x' }) },
      { name: 'posts/2019-01-10_y-4fce463790f8.html', data: '<p>nothing</p>' },
      { name: 'posts/2019-01-10_z-4fce463790f7.html', data: mediumPage({ title: 'x' }).slice(0, -200) },
      { name: 'posts/2019-01-11_deep-4fce463790f6.html', data: mediumPage({ title: 'x', body: '<b>'.repeat(9_000) }) },
    ]),
  );
  expect(posts).toHaveLength(1);
  expect(leftOut.map(({ where }) => where)).toEqual([
    'posts/2019-01-10_y-4fce463790f8.html',
    'posts/2019-01-10_z-4fce463790f7.html',
    'posts/2019-01-11_deep-4fce463790f6.html',
  ]);
  for (const data of [Buffer.from(mediumPage({ title: 'Tör' }), 'latin1'), ' '.repeat(9 * 1024 ** 2)])
    expect(
      await outcomeOf(
        writeFolder([
          { name: 'posts/2019-01-08_x-4fce463790f1.html', data: mediumPage({ title: 'x' }) },
          { name: NAME, data },
        ]),
      ),
    ).toMatchObject({
      code: 'archive-damaged',
      message: expect.stringContaining(NAME),
    });
});

test('pages of HTML of another kind → not taken for one', async () => {
  expect(await takenBy(writeFolder([{ name: NAME, data: '<html><p>x</p></html>' }]))).toEqual([]);
  expect(await takenBy(writeFolder([{ name: 'posts/index.html', data: mediumPage({ title: 'x' }) }]))).toEqual([]);
  expect(await takenBy(await zipOf(wholeMediumArchive()))).toEqual(['medium']);
});
