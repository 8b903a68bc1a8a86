import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillPattern, patternFault } from '../../build/permalink-pattern.ts';
import { readPermalink } from '../../build/permalinks.ts';
import { contentFolder, PROFILE } from './content-folder.ts';

const withPattern = (pattern: string, more = ''): string =>
  PROFILE.replace('---\n', `---\npermalinks: ${pattern}\n${more}`);
const post = (keys: string, body = 'Text'): string => `---\n${keys}\n---\n${body}\n`;

describe('a pattern', () => {
  test.each([['/blog/:slug/'], ['/:year/:month/:day/:title/'], ['/:year/:month/:day/:title.html'], ['/:slug']])(
    '%s is one',
    (pattern) => expect(patternFault(pattern)).toBeUndefined(),
  );

  test.each([
    ['blog/:slug', 'is no path'],
    ['//evil.example/:slug', 'is no path'],
    ['https://x.example/:slug', 'is no path'],
    ['/../:slug/', 'is no path'],
    ['/:categories/:title/', 'has ":categories", and knows :year'],
    ['/blog/', 'gives all posts one address'],
  ])('%s %s', (pattern, fault) => expect(patternFault(pattern)).toContain(fault));

  test('what is wrong with it is told with its line', async () => {
    const { faults } = contentFolder({ 'profile.md': withPattern('/:section/:slug/') });
    expect(await faults()).toEqual([
      expect.stringMatching(/^profile\.md:2 permalinks: "\/:section\/:slug\/" has ":section"/),
    ]);
  });

  test('any slug and date give an address that can be one', () => {
    const date = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.boolean(), (day, dateOnly) => {
        const instant = `${day.toISOString().slice(0, 19)}Z`;
        const filled = fillPattern('/:year/:month/:day/:slug/', {
          slug: 'a',
          date: { instant, dateOnly },
          timezone: 'UTC',
        });
        expect(filled).toBe(`/${instant.slice(0, 10).replaceAll('-', '/')}/a/`);
        expect(readPermalink(filled ?? '')).toMatchObject({ ok: true, path: filled });
      }),
    );
  });
});

describe('with a pattern', () => {
  test('articles are where they were; what names its own address, notes and pages are where they are', async () => {
    const { site } = await contentFolder({
      'profile.md': withPattern('/:year/:month/:day/:title/'),
      'posts/2020-01-02-hello.md': post('title: Hello', 'See [more](2020-01-03-more.md).'),
      'posts/2020-01-03-more.md': post('title: More\nslug: more-of-it'),
      'posts/own.md': post('title: Own\ndate: 2020-01-04\npermalink: /own/'),
      'notes/a.md': post('date: 2020-01-05'),
      'pages/about.md': post('title: About'),
    }).read();
    expect(site.posts.map(({ path }) => path).toSorted()).toEqual([
      '/2020/01/02/hello/',
      '/2020/01/03/more-of-it/',
      '/notes/a/',
      '/own/',
    ]);
    expect(site.pages.map(({ path }) => path)).toEqual(['/about/']);
    const hello = site.posts.find(({ path }) => path === '/2020/01/02/hello/');
    expect(hello?.html).toContain('href="/2020/01/03/more-of-it/"');
    expect(hello?.key).toBe('hello');
  });

  test('an address that ends in .html leads to the one without', async () => {
    const { site } = await contentFolder({
      'profile.md': withPattern('/:year/:title.html'),
      'posts/2020-01-02-hello.md': post('title: Hello\naliases: [/old/]'),
    }).read();
    expect(site.posts.map(({ path, redirects }) => [path, redirects])).toEqual([
      ['/2020/hello/', ['/old/', '/2020/hello.html']],
    ]);
  });

  test('a time counts for the day that it is in the profile’s zone', async () => {
    const files = { 'posts/a.md': post('title: A\ndate: 2020-01-01 00:30:00 +0100') };
    const at = async (more: string) =>
      (await contentFolder({ ...files, 'profile.md': withPattern('/:year/:month/:day/:slug/', more) }).read()).site
        .posts[0]?.path;
    expect(await at('')).toBe('/2019/12/31/a/');
    expect(await at('timezone: Europe/Berlin\n')).toBe('/2020/01/01/a/');
  });

  test('a day without a time is that day in every zone', () => {
    const date = { instant: '2020-01-01T00:00:00Z', dateOnly: true };
    expect(fillPattern('/:year/:slug/', { slug: 'a', date, timezone: 'America/New_York' })).toBe('/2020/a/');
  });

  test('two posts of one address are a fault, and so is one that the site keeps for itself', async () => {
    const twice = contentFolder({
      'profile.md': withPattern('/blog/:slug/'),
      'posts/2020-01-02-hello.md': post('title: A'),
      'posts/2020-01-03-hello.md': post('title: B'),
    });
    expect((await twice.faults()).join('\n')).toMatch(/hello/);
    const kept = contentFolder({
      'profile.md': withPattern('/tags/:slug/'),
      'posts/a.md': post('title: A\ndate: 2020-01-01'),
    });
    expect((await kept.faults()).join('\n')).toContain("is kept for the site's own files");
  });
});
