import { describe, expect, test } from 'vitest';
import { createSiteCache } from '../../build/read-site.ts';
import { contentFolder, PROFILE } from './content-folder.ts';

const post = (date: string, more = '', body = 'Text.\n') => `---\ntitle: T\ndate: ${date}\n${more}---\n${body}`;
const untold = (more = '', body = 'Text.\n') => `---\ntitle: T\n${more}---\n${body}`;

describe('the day in the address', () => {
  test.each([
    ['path', '+++\ntitle = "T"\npath = "2024/05/07/gate"\n+++\nText.\n', '/2024/05/07/gate/', 'a'],
    ['permalink', untold('permalink: /2024/05/07/gate.html\n'), '/2024/05/07/gate/', 'a'],
    ['url', untold('url: /blog/2024/05/07/gate/\n'), '/blog/2024/05/07/gate/', 'a'],
    ['slug', untold('slug: 2024/05/07/gate\n'), '/2024/05/07/gate/', 'gate'],
  ])('%s dates a post that has no date, and is where its page is', async (_, text, path, key) => {
    const { site, warnings } = await contentFolder({ 'posts/a.md': text }).read();
    expect(site.posts[0]).toMatchObject({ path, key, published: '2024-05-07T00:00:00Z', dateOnly: true });
    expect(warnings).toEqual([]);
  });

  test('a date that is written down, or begins the file name, counts for more', async () => {
    const { site } = await contentFolder({
      'posts/a.md': post('2020-01-02', 'path: 2024/05/07/a\n'),
      'posts/2021-01-02-b.md': untold('path: 2024/05/07/b\n'),
    }).read();
    expect(site.posts.map(({ published }) => published.slice(0, 4))).toEqual(['2021', '2020']);
  });

  test('a month alone is no day', async () => {
    expect(await contentFolder({ 'posts/a.md': untold('path: 2024/05/a\n') }).faults()).toEqual([
      expect.stringContaining('a date is missing'),
    ]);
  });
});

describe('posts of one name', () => {
  const names = async (files: Readonly<Record<string, string>>) => {
    const { site, warnings } = await contentFolder(files).read();
    const posts = site.posts.map(({ source, key, slug, path }) => [source, key, slug, path]);
    return { posts: posts.toSorted(), warnings };
  };

  test('the oldest keeps the name, each newer one gets its day and a warning with the line that pins it', async () => {
    const files = {
      'posts/2017-01-05-review.md': untold(),
      'posts/2015-01-01-review.md': untold(),
      'posts/2016-01-01-Review.md': untold(),
    };
    const { posts, warnings } = await names(files);
    expect(posts).toEqual([
      ['posts/2015-01-01-review.md', 'review', 'review', '/posts/review/'],
      ['posts/2016-01-01-Review.md', 'review-2016-01-01', 'review-2016-01-01', '/posts/review-2016-01-01/'],
      ['posts/2017-01-05-review.md', 'review-2017-01-05', 'review-2017-01-05', '/posts/review-2017-01-05/'],
    ]);
    expect(warnings).toEqual([
      {
        file: 'posts/2016-01-01-Review.md',
        line: 1,
        message:
          'the older posts/2015-01-01-review.md has its name, so it is "review-2016-01-01"; with "slug: review-2016-01-01" it stays so whatever becomes of the other',
      },
      expect.objectContaining({ file: 'posts/2017-01-05-review.md' }),
    ]);
  });

  test('the line of the warning makes a post independent: nothing changes, with its neighbours or without', async () => {
    const pinned = { 'posts/2016-01-01-review.md': untold('slug: review-2016-01-01\n') };
    const alone = await names(pinned);
    const beside = await names({ ...pinned, 'posts/2015-01-01-review.md': untold() });
    expect(alone.posts).toEqual([
      ['posts/2016-01-01-review.md', 'review-2016-01-01', 'review-2016-01-01', '/posts/review-2016-01-01/'],
    ]);
    expect(beside.posts[1]).toEqual(alone.posts[0]);
    expect(beside.warnings).toEqual([]);
  });

  test('addresses that were written down stay; only the key is told apart, and id pins it', async () => {
    const files = {
      'posts/hands.md': untold('path: 2024/01/02/hands\n'),
      'posts/inside/hands.md': untold('path: inside/2024/09/02/hands\n'),
    };
    const { posts, warnings } = await names(files);
    expect(posts).toEqual([
      ['posts/hands.md', 'hands', 'hands', '/2024/01/02/hands/'],
      ['posts/inside/hands.md', 'hands-2024-09-02', 'hands-2024-09-02', '/inside/2024/09/02/hands/'],
    ]);
    expect(warnings[0]?.message).toContain('with "id: hands-2024-09-02"');
  });

  test('an id is never changed: the address alone gets the day', async () => {
    const files = {
      'posts/2015-01-01-review.md': untold(),
      'posts/2016-01-01-review.md': untold('id: mine\n'),
    };
    expect((await names(files)).posts[1]).toEqual([
      'posts/2016-01-01-review.md',
      'mine',
      'review-2016-01-01',
      '/posts/review-2016-01-01/',
    ]);
  });

  test('one id written twice stays a fault, whatever the dates', async () => {
    const files = { 'posts/a.md': post('2015-01-01', 'id: one\n'), 'posts/b.md': post('2016-01-01', 'id: one\n') };
    expect(await contentFolder(files).faults()).toEqual([
      expect.stringContaining('its id "one" is that of posts/a.md'),
    ]);
  });

  test('two newer ones of the same day stay a fault', async () => {
    const files = {
      'posts/1/x.md': post('2015-01-01'),
      'posts/2/x.md': post('2016-01-01'),
      'posts/3/x.md': post('2016-01-01'),
    };
    expect(await contentFolder(files).faults()).toEqual([
      'posts/3/x.md:1 its address /posts/x-2016-01-01/ is that of posts/2/x.md too; give one of them another "slug: …"',
    ]);
  });

  test('watch mode follows the neighbours though a post was not read again, footnotes included', async () => {
    const note = 'A[^1]\n\n[^1]: B\n';
    const blog = contentFolder({ 'posts/2016-01-01-x.md': untold('', note) });
    const cache = createSiteCache();
    const keys = async () =>
      (await blog.read({ cache })).site.posts.map(({ key, html }) => [key, html.includes(`fn-${key}-`)]);
    expect(await keys()).toEqual([['x', true]]);
    blog.write('posts/2015-01-01-x.md', untold('', note));
    expect(await keys()).toEqual([
      ['x-2016-01-01', true],
      ['x', true],
    ]);
  });
});

describe('pictures that were lost', () => {
  const body = 'one\n\n![x](/old/gone.gif)\n\n<img src="../gone.png" alt="y">\n';
  const files = { 'posts/a.md': post('2015-01-01', 'cover: lost.png\n', body) };

  test('are faults that name the setting', async () => {
    const faults = await contentFolder(files).faults();
    expect(faults).toHaveLength(3);
    for (const fault of faults)
      expect(fault).toMatch(/is not there; .* or add the line "missingPictures: warn" to profile\.md to leave all/);
  });

  test('missingPictures: warn → warnings with their lines; the page keeps their addresses', async () => {
    const profile = PROFILE.replace('origin:', 'missingPictures: warn\norigin:');
    const { site, warnings, copies } = await contentFolder({ ...files, 'profile.md': profile }).read();
    expect(warnings.map(({ line, message }) => [line, message.split(';')[0]])).toEqual([
      [4, 'picture "lost.png" is not there'],
      [8, 'picture "/old/gone.gif" is not there'],
      [10, 'picture "../gone.png" is not there'],
    ]);
    expect(site.posts[0]?.html).toContain('<img src="/old/gone.gif" alt="x">');
    expect(site.posts[0]?.html).toContain('<img src="../gone.png" alt="y">');
    expect(site.posts[0]).toMatchObject({ pictures: [] });
    expect(site.posts[0]).not.toHaveProperty('image');
    expect(copies).toEqual([]);
    expect(site.profile).not.toHaveProperty('missingPictures');
  });

  test("the profile's own pictures are asked for all the same", async () => {
    const profile = PROFILE.replace('origin:', 'missingPictures: warn\navatar: gone.png\norigin:');
    expect(await contentFolder({ 'profile.md': profile }).faults()).toEqual([expect.stringContaining('gone.png')]);
  });
});

describe('a post without a title', () => {
  test.each([
    ['# A *fine* [gate](x.md) {#gate}\n\nText.', 'A fine gate', '<p>Text.</p>\n'],
    ['A `fine` snake_case gate\n=====\n\nText.', 'A fine snake_case gate', '<p>Text.</p>\n'],
  ])('is named by the heading that it begins with: %j', async (body, title, html) => {
    const { site, warnings } = await contentFolder({ 'posts/2024-05-06-a.md': body }).read();
    expect(site.posts[0]).toMatchObject({ title, html });
    expect(warnings).toEqual([]);
  });

  test('else is called after its file, with a warning', async () => {
    const { site, warnings } = await contentFolder({ 'posts/2024-05-06-moving_the-gate.md': 'Text.' }).read();
    expect(site.posts[0]?.title).toBe('Moving the gate');
    expect(warnings).toEqual([
      {
        file: 'posts/2024-05-06-moving_the-gate.md',
        line: 1,
        message: 'it has no title and is called "Moving the gate" after its file; add "title: …" to call it otherwise',
      },
    ]);
  });

  test('a file name without a word gives none', async () => {
    expect(await contentFolder({ 'posts/2024-05-06.md': 'Text.' }).faults()).toEqual([
      'posts/2024-05-06.md:1 a title is missing, and the file name has no words for one; add "title: …" to the front matter',
    ]);
  });

  test('a note stays without', async () => {
    expect((await contentFolder({ 'notes/2024-05-06-a.md': 'Text.' }).read()).site.posts[0]).not.toHaveProperty(
      'title',
    );
  });
});

describe('what other generators print into HTML', () => {
  test.each([
    ['Don&#8217;t &amp; won&rsquo;t', 'Don’t & won’t'],
    ['Stop <del>learning</del> <em class="x">now</em>', 'Stop learning now'],
    ['Vec<T> and the <b> element & AT&T; x', 'Vec<T> and the <b> element & AT&T; x'],
  ])('the title %j is %j', async (written, title) => {
    const files = {
      'posts/a.md': `---\ntitle: ${JSON.stringify(written)}\ndate: 2015-01-01\ndescription: ${JSON.stringify(written)}\n---\nText.`,
    };
    expect((await contentFolder(files).read()).site.posts[0]?.title).toBe(title);
  });

  test('files that raw HTML leads to or plays are copied, and reached; addresses elsewhere stay byte for byte', async () => {
    const { site, copies } = await contentFolder({
      'posts/chart/index.md': post(
        '2015-01-01',
        '',
        '<p>\n<a class="x" href="chart.svg">the chart</a></p>\n\n<video controls src=\'v.mp4\'></video>\n\nand <a href="../b.md#c">b</a>, <a href="https://x.example/?a&b">x</a>\n',
      ),
      'posts/chart/chart.svg': '<svg/>',
      'posts/chart/v.mp4': 'x',
      'posts/b.md': post('2015-01-02'),
    }).read();
    const html = site.posts.find(({ slug }) => slug === 'chart')?.html;
    expect(html).toContain('<a class="x" href="/media/posts/chart/chart.svg">the chart</a>');
    expect(html).toContain('<video controls src="/media/posts/chart/v.mp4"></video>');
    expect(html).toContain('<a href="/posts/b/#c">b</a>, <a href="https://x.example/?a&b">x</a>');
    expect(copies.map(({ to }) => to)).toEqual(['media/posts/chart/chart.svg', 'media/posts/chart/v.mp4']);
  });

  test("Jekyll's post_url finds a post that ends in .markdown", async () => {
    const { site, warnings } = await contentFolder({
      'posts/2015-01-01-a.markdown': untold(),
      'posts/2015-01-02-b.md': untold('', '[a]({% post_url 2015-01-01-a %})'),
    }).read();
    expect(site.posts[0]?.html).toContain('<a href="/posts/a/">a</a>');
    expect(warnings).toEqual([]);
  });
});

describe('links between posts by the addresses that they used to have', () => {
  const linkOf = async (href: string, more: Readonly<Record<string, string>> = {}) => {
    const files = {
      'posts/2019-01-21-gate.md': untold(),
      'posts/2020-02-03-wall.md': untold(),
      'posts/2021-02-03-wall.md': untold(),
      'posts/z.md': post('2022-01-01', '', `[x](${href})`),
      ...more,
    };
    const { site, warnings } = await contentFolder(files).read();
    expect(warnings.filter(({ message }) => message.includes('link'))).toEqual([]);
    return /href="([^"]*)"/.exec(site.posts.find(({ slug }) => slug === 'z')?.html ?? '')?.[1];
  };

  test.each([
    ['/2019/01/21/gate/', '/posts/gate/'],
    ['/2019/01/22/gate.html#part', '/posts/gate/#part'],
    ['/blog/gate', '/posts/gate/'],
    ['/blog/2021/02/03/wall/index.html', '/posts/wall-2021-02-03/'],
    ['/2020/02/03/wall/', '/posts/wall/'],
    ['/2018/01/21/gate/', '/2018/01/21/gate/'],
    ['/blog/wall/', '/blog/wall/'],
    ['/docs/gate/', '/docs/gate/'],
    ['/gate/', '/gate/'],
    ['/posts/', '/posts/'],
  ])('%s → %s', async (href, to) => {
    expect(await linkOf(href)).toBe(to);
  });

  test('a document that is at the address goes first', async () => {
    expect(await linkOf('/blog/gate/', { 'pages/blog/gate.md': '# Gate' })).toBe('/blog/gate/');
    const other = { 'posts/other.md': post('2022-01-02', 'permalink: /blog/gate/\n') };
    expect(await linkOf('/blog/gate/', other)).toBe('/blog/gate/');
  });
});
