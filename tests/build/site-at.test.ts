import { describe, expect, test } from 'vitest';
import { contentFolder } from './content-folder.ts';

const PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>';
const NOW = Date.parse('2026-11-23T12:00:00Z');
const post = (date: string, more = '', body = 'Text.\n') => `---\ntitle: T\ndate: ${date}\n${more}---\n${body}`;
const profile = (timezone: string): string =>
  `---\nusername: blog\nname: A blog\norigin: https://blog.example\ntimezone: ${timezone}\n---\nHello.\n`;

describe('a site as of now', () => {
  test('has what is dated up to now; the rest waits, newest first', async () => {
    const { site, later } = await contentFolder({
      'posts/old.md': post('2026-11-23T12:00:00Z'),
      'posts/soon.md': post('2026-11-23T12:00:01Z'),
      'notes/far.md': '---\ndate: 2027-01-01\n---\nA note from afar.\n',
      'pages/about.md': '---\ntitle: About\n---\nMe.\n',
      'pages/plans.md': '---\ntitle: Plans\ndate: 2027-01-01\n---\nSoon.\n',
    }).read({ now: NOW });
    expect(site.posts.map(({ key }) => key)).toEqual(['old']);
    expect(site.waiting.map(({ key }) => key)).toEqual(['far', 'soon']);
    expect(site.pages.map(({ slug }) => slug)).toEqual(['about']);
    expect(later).toEqual([
      { at: NOW + 1000, titles: ['T'] },
      { at: Date.parse('2027-01-01T00:00:00Z'), titles: ['A note from afar.', 'Plans'] },
    ]);
  });

  test.each([
    ['UTC', '2026-11-24T00:00:00Z'],
    ['Europe/Berlin', '2026-11-23T23:00:00Z'],
    ['Pacific/Kiritimati', undefined],
  ])('in %s, a date without a time comes with its day: %s', async (zone, at) => {
    const { later } = await contentFolder({ 'profile.md': profile(zone), 'posts/a.md': post('2026-11-24') }).read({
      now: NOW,
    });
    expect(later.map((one) => one.at)).toEqual(at === undefined ? [] : [Date.parse(at)]);
  });

  test('tells why what may be of today is not there, where no time zone is set', async () => {
    const warned = async (zone: string, date: string) => {
      const blog = contentFolder({ 'profile.md': profile(zone), 'posts/a.md': post(date) });
      return (await blog.read({ now: NOW })).warnings.map(({ file, line, message }) => `${file}:${line} ${message}`);
    };
    expect(await warned('UTC', '2026-11-24')).toEqual([
      expect.stringMatching(/^posts\/a\.md:3 its day, 2026-11-24, has not begun in UTC, .*"timezone: Europe\/Berlin"/),
    ]);
    expect(await warned('UTC', '2026-11-25')).toEqual([]);
    expect(await warned('UTC', '2026-11-24T00:00:00Z')).toEqual([]);
    expect(await warned('Europe/Berlin', '2026-11-24')).toEqual([]);
  });

  test('copies no file that only a waiting document shows, wherever it lies', async () => {
    const blog = contentFolder({
      'media/early.png': PICTURE,
      'media/both.png': PICTURE,
      'media/free.png': PICTURE,
      'media/set.png': PICTURE,
      'posts/later/beside.png': PICTURE,
      'posts/now.md': post('2026-11-01', '', '![](../media/both.png)\n'),
      'posts/later/index.md': post(
        '2026-12-01',
        '',
        '![](/media/early.png) ![](beside.png) ![](/media/both.png)\n\n<video poster="/media/set.png"></video>\n',
      ),
    });
    const places = async (now: number): Promise<string[]> => (await blog.read({ now })).copies.map(({ to }) => to);
    expect(await places(NOW)).toEqual(['media/both.png', 'media/free.png']);
    expect(await places(Date.parse('2026-12-01T00:00:00Z'))).toEqual([
      'media/both.png',
      'media/early.png',
      'media/free.png',
      'media/posts/later/beside.png',
      'media/set.png',
    ]);
  });

  test('copies the pictures of the profile, whoever shows them too', async () => {
    const { copies } = await contentFolder({
      'profile.md': profile('UTC').replace('timezone', 'avatar: me.svg\ntimezone'),
      'me.svg': PICTURE,
      'posts/later.md': post('2026-12-01', '', '![Me](/me.svg)\n'),
    }).read({ now: NOW });
    expect(copies.map(({ to }) => to)).toEqual(['media/me.svg']);
  });

  test('gives no old address of a waiting document, and takes none from another', async () => {
    const blog = contentFolder({
      'posts/now.md': post('2026-11-01', 'redirects: [/x/, /y/]\n'),
      'posts/later.md': post('2026-12-01', 'permalink: /y/\nredirects: [/z/]\n'),
    });
    expect((await blog.read({ now: NOW })).site.posts.flatMap(({ redirects }) => redirects)).toEqual(['/x/', '/y/']);
    expect((await blog.read()).site.posts.map(({ redirects }) => redirects)).toEqual([['/z/'], ['/x/']]);
  });

  test('a link to a waiting post is told with the day from which it leads somewhere', async () => {
    const blog = contentFolder({
      'posts/now.md': post('2026-11-01', '', 'One.\n\n[it](later.md#part)\n'),
      'posts/later.md': post('2026-12-01'),
      'posts/last.md': post('2026-12-02', '', '[it](later.md)\n'),
    });
    expect((await blog.read({ now: NOW })).warnings).toEqual([
      {
        file: 'posts/now.md',
        line: 7,
        message: 'link to "later.md#part": it is dated ahead, so the link leads nowhere before 2026-12-01T00:00:00Z',
      },
    ]);
    expect((await blog.read()).warnings).toEqual([]);
  });

  test('a document has the same address, body and key before others come out and after', async () => {
    const blog = contentFolder({
      'posts/same.md': post('2026-11-01', '', '[it](other.md)\n'),
      'posts/b/same.md': post('2026-12-01'),
      'posts/other.md': post('2026-12-01'),
    });
    const [before, after] = [await blog.read({ now: NOW }), await blog.read()];
    expect(before.site.posts).toEqual(after.site.posts.slice(-1));
    expect(before.site.waiting).toEqual(after.site.posts.slice(0, -1));
  });
});

describe('a post whose id was deleted', () => {
  const retired = new Set(['https://blog.example/ap/posts/back.json', 'https://blog.example/ap/posts/x1.json']);

  test.each([
    ['named by its file', 'posts/back.md', '', 'back-2'],
    ['named by an id', 'posts/any.md', 'id: x1\n', 'x1-2'],
  ])('%s gets a new one and keeps its page', async (_, file, more, key) => {
    const blog = contentFolder({ [file]: post('2026-11-01', more) });
    const [{ site: before }, { site: after }] = [await blog.read(), await blog.read({ retired })];
    expect(after.posts).toEqual([{ ...before.posts[0], key, restores: expect.stringMatching(/\/(back|x1)\.json$/) }]);
  });

  test('gets the same one while it waits', async () => {
    const blog = contentFolder({ 'posts/back.md': post('2026-12-01') });
    const [before, after] = [await blog.read({ retired, now: NOW }), await blog.read({ retired })];
    expect(before.site.waiting).toEqual(after.site.posts);
    expect(after.site.posts[0]?.key).toBe('back-2');
  });
});
