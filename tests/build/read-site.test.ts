import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSiteCache, readSite } from '../../build/read-site.ts';
import { blogOf, contentFolder, PROFILE } from './content-folder.ts';

const post = (more = '', body = 'Text.\n') => `---\ntitle: T\ndate: 2024-05-06\n${more}---\n${body}`;

describe('readSite', () => {
  test('posts, notes and pages get their addresses; posts come newest first, then by key; drafts stay out', async () => {
    const { site } = await contentFolder({
      'posts/b.md': post(),
      'posts/a.md': post(),
      'posts/new.md': post('').replace('2024-05-06', '2024-05-07T00:00:01Z'),
      'posts/draft.md': '---\ndraft: true\n---\n',
      'posts/_index.md': 'Section',
      'posts/_drafts/x.md': 'Draft',
      'notes/2024-05-05-hi.md': 'A note without a title.',
      'pages/about.md': '---\ntitle: About\n---\nMe.',
      'pages/more/deep.md': '# Deep\n\nDown.',
    }).read();
    expect(site.posts.map(({ path, kind, key }) => [path, kind, key])).toEqual([
      ['/posts/new/', 'article', 'new'],
      ['/posts/a/', 'article', 'a'],
      ['/posts/b/', 'article', 'b'],
      ['/notes/hi/', 'note', 'hi'],
    ]);
    expect(site.pages.map(({ path, title, html }) => [path, title, html])).toEqual([
      ['/about/', 'About', '<p>Me.</p>\n'],
      ['/more/deep/', 'Deep', '<p>Down.</p>\n'],
    ]);
    expect(site.posts[3]).not.toHaveProperty('title');
  });

  test('the key is the id when there is one, else the slug; the page follows the slug', async () => {
    const { site } = await contentFolder({
      'posts/x.md': post('id: 0192ab\nslug: My-Slug\n'),
      'posts/日本語.md': post(),
    }).read();
    expect(site.posts.map(({ key, path, slug }) => [key, path, slug])).toEqual([
      ['0192ab', '/posts/My-Slug/', 'My-Slug'],
      ['日本語', '/posts/%E6%97%A5%E6%9C%AC%E8%AA%9E/', '日本語'],
    ]);
  });

  test('tags of the front matter and of the text are one list', async () => {
    const { site } = await contentFolder({
      'posts/x.md': post('tags: [static site, b]\n', 'About #StaticSite and #c.\n'),
    }).read();
    expect(site.posts[0]?.tags.map(({ label }) => label)).toEqual(['static site', 'b', 'c']);
  });

  test('updated counts only when it is later than the date', async () => {
    const { site } = await contentFolder({
      'posts/x.md': post('updated: 2024-05-06\n'),
      'posts/y.md': post('updated: 2024-05-08\n'),
    }).read();
    expect(site.posts.map(({ updated }) => updated)).toEqual([undefined, '2024-05-08T00:00:00Z']);
  });

  test("what a post leaves out is the profile's: language and teaser; a warning makes it sensitive", async () => {
    const blog = contentFolder({
      'profile.md': PROFILE.replace('origin:', 'language: de\nteaser: true\norigin:'),
      'posts/x.md': post(),
      'posts/y.md': post('lang: fr\nteaser: false\ncw: Spiders\nvisibility: unlisted\nfederate: false\npinned: true\n'),
    });
    const { site } = await blog.read();
    expect(site.posts).toMatchObject([
      { language: 'de', teaser: true, sensitive: false, visibility: 'public', federate: true, pinned: false },
      {
        language: 'fr',
        teaser: false,
        sensitive: true,
        contentWarning: 'Spiders',
        visibility: 'unlisted',
        federate: false,
        pinned: true,
      },
    ]);
  });

  test('the origin is the environment’s, else the profile’s, else local; the bio has absolute links', async () => {
    const blog = contentFolder({
      'profile.md': `${PROFILE}See [this](/about/) and [that](posts/x.md) #nolink.\n`,
      'posts/x.md': post(),
    });
    const mine = await blog.read();
    expect([mine.site.profile.origin, mine.originFrom]).toEqual(['https://blog.example', 'profile']);
    expect(mine.site.profile.bioHtml).toContain(
      '<a href="https://blog.example/about/">this</a> and <a href="https://blog.example/posts/x/">that</a> #nolink.',
    );
    const other = await blog.read({
      origin: { override: 'https://test.example', fallback: 'http://localhost:1', allowHttp: false },
    });
    expect([other.site.profile.origin, other.originFrom]).toEqual(['https://test.example', 'environment']);
    blog.write('profile.md', PROFILE.replace('origin: https://blog.example\n', ''));
    const local = await blog.read();
    expect([local.site.profile.origin, local.originFrom]).toEqual(['http://localhost:4321', 'local']);
  });

  test('links to Markdown files lead to their pages; one that leads nowhere is a warning with its line', async () => {
    const { site, warnings } = await contentFolder({
      'posts/x/index.md': post(
        '',
        'One [a](../y.md#part), [b](/notes/n.md), [c](./gone.md),\n[d](../y/), [e](https://x.example/y.md), [f](data.csv).\n',
      ),
      'posts/x/data.csv': 'a,b',
      'posts/y.md': post('permalink: /why/\n'),
      'notes/n.md': '---\ndate: 2024-05-06\n---\nN',
    }).read();
    const html = site.posts.find(({ key }) => key === 'x')?.html;
    for (const href of [
      '/why/#part',
      '/notes/n/',
      './gone.md',
      '../y/',
      'https://x.example/y.md',
      '/media/posts/x/data.csv',
    ])
      expect(html).toContain(`href="${href}"`);
    expect(warnings).toEqual([
      {
        file: 'posts/x/index.md',
        line: 5,
        message: 'link to "./gone.md": no such document, or it is a draft; the link is left as it is',
      },
    ]);
  });
});

describe('faults', () => {
  test('all of all files come at once, sorted, each with file and line', async () => {
    const blog = contentFolder({
      'profile.md': '---\nusername: Blog\nnmae: x\n---\n',
      'posts/a.md': '---\ntitle: A\ndate: 06/05/2024\n---\n',
      'posts/b.md': '---\ntitle: B\n\ntitel: B\n---\n',
      'posts/c.md': '---\ntitle: [\n---\n',
      'posts/d.md': 'Nothing at all.\n',
      'posts/e.md': post('', 'one\n\n![x](gone.png)\n'),
      'posts/f.mdx': 'x',
    });
    expect((await blog.faults()).map((fault) => fault.slice(0, 60))).toEqual([
      'posts/a.md:3 date: "06/05/2024" can be read with the month o',
      'posts/b.md:4 unknown key "titel"; did you mean "title"?',
      'posts/c.md:2 the YAML front matter cannot be read: unexpecte',
      'posts/d.md:1 a date is missing; add "date: 2024-05-06" (the ',
      'posts/d.md:1 a title is missing; add "title: …" to the front',
      'posts/e.md:7 picture "gone.png" is not there; put it beside ',
      'posts/f.mdx:1 posts are Markdown; .mdx is not read. Turn it ',
      'profile.md:1 name is missing: it is the name that people see',
      'profile.md:2 username must be 1 to 30 of a-z, 0-9 and _; oth',
      'profile.md:3 unknown key "nmae"; did you mean "name"?',
    ]);
  });

  test('what is wrong with the body of a file comes with what is wrong with its front matter', async () => {
    const blog = contentFolder({
      'posts/a.md': post('draft: perhaps\n', '![x](gone.png)\n'),
      'posts/b.md': post('titel: x\n', '![x](gone.png)\n'),
    });
    expect((await blog.faults()).map((fault) => fault.split(' ', 1)[0])).toEqual([
      'posts/a.md:4',
      'posts/a.md:6',
      'posts/b.md:4',
      'posts/b.md:6',
    ]);
  });

  test('the error prints them as content/file:line and carries them', async () => {
    const blog = contentFolder({ 'posts/a.md': post('titel: x\n') });
    await expect(blog.read()).rejects.toMatchObject({
      code: 'content-faults',
      message: '1 fault in 1 file:\ncontent/posts/a.md:4 unknown key "titel"; did you mean "title"?',
    });
  });

  test('no profile.md → a fault that says what to write', async () => {
    const blog = contentFolder();
    rmSync(join(blog.folder, 'profile.md'));
    expect(await blog.faults()).toEqual([
      'profile.md:1 the file is missing; write it with "username: …" and "name: …" in its front matter',
    ]);
  });

  test.each([
    [
      'the same slug',
      { 'posts/2024/x.md': post(), 'posts/x.md': post() },
      'posts/x.md:1 its address /posts/x/ is that of posts/2024/x.md too; give one of them another "slug: …"',
    ],
    [
      'the same slug but for case',
      { 'posts/a.md': post('slug: Same\n'), 'posts/b.md': post('slug: same\n') },
      'posts/b.md:4 its address /posts/same/ is that of posts/a.md too; give one of them another "slug: …"',
    ],
    [
      'the same permalink',
      { 'posts/a.md': post('permalink: /x/\n'), 'pages/x.md': '# X' },
      'pages/x.md:1 its address /x/ is that of posts/a.md too; give one of them another "slug: …"',
    ],
    [
      'the same id',
      { 'posts/a.md': post('id: one\n'), 'posts/b.md': post('id: one\n') },
      'posts/b.md:4 its id "one" is that of posts/a.md too; an id names one post for ever: give the newer one another',
    ],
    [
      'an id that is another slug',
      { 'posts/a.md': post(), 'posts/b.md': post('id: a\n') },
      'posts/b.md:4 its id "a" is that of posts/a.md too; an id names one post for ever: give the newer one another',
    ],
  ])('%s names both files', async (_, files, fault) => {
    expect(await contentFolder(files).faults()).toEqual([fault]);
  });

  test('an article and a note may share a key: their addresses differ', async () => {
    expect((await contentFolder({ 'posts/a.md': post(), 'notes/a.md': post() }).read()).site.posts).toHaveLength(2);
  });

  test.each([
    ['ap/x', 4, 'is kept for the site'],
    ['/media/', 4, 'is kept for the site'],
    ['/', 4, 'home page'],
    ['../up', 4, 'must not contain ".."'],
    ['https://x.example/', 4, 'must be a path on this site'],
  ])('permalink %s is refused', async (permalink, line, message) => {
    const [fault] = await contentFolder({ 'posts/a.md': post(`permalink: ${permalink}\n`) }).faults();
    expect(fault).toMatch(new RegExp(`^posts/a\\.md:${line} `));
    expect(fault).toContain(message);
  });
});

describe('the same files give the same site', () => {
  test('twice, and from another place', async () => {
    const blog = blogOf('hugo');
    const first = await blog.read();
    const elsewhere = join(dirname(blog.folder), 'elsewhere', 'content');
    cpSync(blog.folder, elsewhere, { recursive: true });
    const second = await readSite({
      ...blog.options,
      contentFolder: elsewhere,
      dataFolder: join(dirname(elsewhere), 'data'),
    });
    expect(JSON.stringify(second.site)).toBe(JSON.stringify(first.site));
  });

  test('in any time zone', async () => {
    const blog = contentFolder({ 'posts/a.md': post().replace('2024-05-06', '2024-05-06 00:30') });
    const zone = process.env.TZ;
    const seen = new Set<string>();
    for (const name of ['Pacific/Kiritimati', 'America/Adak', 'UTC']) {
      process.env.TZ = name;
      seen.add(JSON.stringify((await blog.read()).site));
    }
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    expect(seen.size).toBe(1);
  });
});

describe('with a cache', () => {
  test('one edit of many → one file is read again, and the site is as if read anew', async () => {
    const blog = contentFolder(
      Object.fromEntries(
        Array.from({ length: 50 }, (_, index) => [`posts/p${index}.md`, post('', `Post ${index}.\n`)]),
      ),
    );
    const cache = createSiteCache();
    await blog.read({ cache });
    const before = new Map(cache.documents);
    blog.write('posts/p7.md', post('', 'Edited, longer than it was.\n'));
    const again = await blog.read({ cache });
    expect(
      [...cache.documents].filter(([source, entry]) => before.get(source) !== entry).map(([source]) => source),
    ).toEqual(['posts/p7.md']);
    expect(again).toEqual(await blog.read());
  });

  test('a page that moved is found by the posts that link to it, and one that went is missed', async () => {
    const blog = contentFolder({ 'posts/a.md': post('', '[b](b.md)\n'), 'posts/b.md': post() });
    const cache = createSiteCache();
    await blog.read({ cache });
    blog.write('posts/b.md', post('permalink: /moved/\n'));
    expect((await blog.read({ cache })).site.posts.find(({ key }) => key === 'a')?.html).toContain('href="/moved/"');
    rmSync(join(blog.folder, 'posts/b.md'));
    const gone = await blog.read({ cache });
    expect(gone.site.posts).toHaveLength(1);
    expect(gone.warnings).toHaveLength(1);
    blog.write('posts/b.md', post());
    expect((await blog.read({ cache })).warnings).toEqual([]);
  });

  test('settings of the profile reach every post, faults come again until they are mended', async () => {
    const blog = contentFolder({ 'posts/a.md': post('mood: x\n') });
    const cache = createSiteCache();
    await expect(blog.read({ cache })).rejects.toThrow('mood');
    await expect(blog.read({ cache })).rejects.toThrow('mood');
    blog.write('profile.md', PROFILE.replace('origin:', 'otherKeys: ignore\nlanguage: fr\norigin:'));
    expect((await blog.read({ cache })).site.posts[0]?.language).toBe('fr');
  });

  test('two posts that come to share an address are found though neither was read again', async () => {
    const blog = contentFolder({ 'posts/a.md': post(), 'posts/b.md': post() });
    const cache = createSiteCache();
    await blog.read({ cache });
    blog.write('posts/c.md', post('slug: b\n'));
    await expect(blog.read({ cache })).rejects.toThrow('posts/b.md too');
  });
});
