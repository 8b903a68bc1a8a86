import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PLACEHOLDER } from '../../build/placeholder.ts';
import { createSiteCache } from '../../build/read-site.ts';
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

  test('a post or note that says only the placeholder is left out like a draft, with a warning; a draft needs none', async () => {
    const { site, warnings } = await contentFolder({
      'posts/new.md': post('', `\n${PLACEHOLDER}\n`).replaceAll('\n', '\r\n'),
      'notes/new.md': post('', PLACEHOLDER),
      'posts/draft.md': post('draft: true\n', PLACEHOLDER),
      'posts/begun.md': post('', `${PLACEHOLDER} And there.\n`),
      'pages/new.md': post('', PLACEHOLDER),
    }).read();
    expect(site.posts.map(({ source }) => source)).toEqual(['posts/begun.md']);
    expect(site.pages).toHaveLength(1);
    const message =
      'it says only "Write here.", as npm run new wrote it, and is left out like a draft; write its text there';
    expect(warnings).toEqual([
      { file: 'notes/new.md', line: 5, message },
      { file: 'posts/new.md', line: 6, message },
    ]);
  });

  test('a rule that lets nobody reply, though it names people, is warned of', async () => {
    const profile = (from: string) => `---\nusername: me\nname: Me\nreplies:\n  from: ${from}\n---\n`;
    const { warnings } = await contentFolder({ 'profile.md': profile('people-i-replied-to') }).read();
    const message = 'replies.from: no post mentions or answers anybody yet, so nobody may reply';
    expect(warnings).toEqual([{ file: 'profile.md', line: 5, message }]);
    expect((await contentFolder({ 'profile.md': profile('nobody') }).read()).warnings).toEqual([]);
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

describe('the same files give the same site', () => {
  test('twice, and from another place', async () => {
    const blog = blogOf('hugo');
    const first = await blog.read();
    const elsewhere = join(dirname(blog.folder), 'elsewhere', 'content');
    cpSync(blog.folder, elsewhere, { recursive: true });
    const second = await blog.read({
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
