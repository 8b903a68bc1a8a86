import { describe, expect, it } from 'vitest';
import type { Post, Profile } from '../../build/model.ts';
import { sitePages } from '../../templates/site-pages.ts';
import { createTheme } from '../../templates/theme.ts';
import { classed, elements, headLinks, named, onlyClassed, readHtml, readXml, textOf } from './read-html.ts';
import { article, note, page, picture, siteWith } from './site.ts';

function build(posts: readonly Post[], profile: Partial<Profile> = {}) {
  return new Map(sitePages(createTheme(siteWith(posts, profile, [page()]))).map((file) => [file.path, file.render()]));
}

const TAG = { name: 'Tea', label: 'Tea', slug: 'tea' };

describe('the home page', () => {
  it('is the page of the actor, with the handle to copy', () => {
    const home = readHtml(build([article()]).get('/') ?? '');
    const links = headLinks(home, 'alternate', 'application/activity+json');
    expect(links.map(({ attribs }) => attribs.href)).toEqual(['https://blog.example/ap/actor.json']);
    expect(textOf(onlyClassed(home, 'p-nickname'))).toBe('@blog@blog.example');
  });

  it('has the author’s h-card and an h-feed of articles and notes', () => {
    const profile = { avatar: picture('/media/me.png', 'Me'), fields: [{ name: 'Web', value: 'https://me.example/' }] };
    const home = readHtml(build([note(), article()], profile).get('/') ?? '');
    expect(onlyClassed(home, 'u-photo').attribs.alt).toBe('Me');
    expect(
      named(home, 'a')
        .filter(({ attribs }) => attribs.rel === 'me')
        .map(({ attribs }) => attribs.href),
    ).toEqual(['https://blog.example/', 'https://me.example/']);
    expect(classed(home, 'h-feed').length).toBe(1);
    expect(classed(home, 'h-entry').length).toBe(2);
  });

  it('shows pinned articles first and unlisted ones never', () => {
    const posts = [
      article({ title: 'New', path: '/posts/new/' }),
      article({ title: 'Secret', path: '/posts/secret/', visibility: 'unlisted' }),
      article({ title: 'Old', path: '/posts/old/', pinned: true }),
    ];
    const files = build(posts);
    const titles = named(readHtml(files.get('/') ?? ''), 'h3').map(textOf);
    expect(titles).toEqual(['Old', 'New']);
    for (const [path, text] of files) expect(`${path} ${text.includes('secret')}`).toBe(`${path} false`);
  });

  it('has something to say before the first post', () => {
    expect(build([]).get('/')).toContain('Nothing here yet.');
  });
});

describe('lists', () => {
  it('articles stand under their years, newest first', () => {
    const posts = ['2026-02-01', '2025-03-01', '2025-01-01'].map((day) =>
      article({ title: day, path: `/posts/${day}/`, published: `${day}T00:00:00Z`, dateOnly: true }),
    );
    const archive = readHtml(build(posts).get('/posts/') ?? '');
    expect(named(archive, 'h2').map(textOf)).toEqual(['2026', '2025']);
    expect(classed(archive, 'dt-published').map(({ attribs }) => attribs.datetime)).toEqual([
      '2026-02-01',
      '2025-03-01',
      '2025-01-01',
    ]);
  });

  it('a tag has a page where its hashtag leads', () => {
    const files = build([article({ tags: [TAG, TAG] }), note()]);
    expect(classed(readHtml(files.get('/tags/tea/') ?? ''), 'h-entry').length).toBe(1);
    expect(files.get('/tags/')).toContain('href="/tags/tea/"');
  });

  it('many notes fill several pages, each note on one', () => {
    const notes = Array.from({ length: 65 }, (_, index) => note({ path: `/notes/n${index}/`, key: `n${index}` }));
    const files = build(notes);
    const counts = ['/notes/', '/notes/page/2/', '/notes/page/3/'].map(
      (path) => classed(readHtml(files.get(path) ?? ''), 'h-entry').length,
    );
    expect(counts).toEqual([30, 30, 5]);
    expect(files.has('/notes/page/4/')).toBe(false);
  });

  it('footnotes of two notes do not share an id, and lead to the note’s own page', () => {
    const html = '<p>A<sup><a href="#fn1" id="ref1">1</a></sup></p><p id="fn1">B</p>\n';
    const files = build([note({ html }), note({ html, path: '/notes/n2/', key: 'n2' })]);
    const list = readHtml(files.get('/notes/') ?? '');
    const ids = elements(list, ({ attribs }) => attribs.id !== undefined).map(({ attribs }) => attribs.id);
    expect(ids.length).toBe(new Set(ids).size);
    expect(files.get('/notes/')).toContain('href="/notes/n2/#fn1"');
  });
});

describe('other files', () => {
  it('the sitemap names every public page in full', () => {
    const files = build([article({ tags: [TAG] }), note()]);
    const places = named(readXml(files.get('/sitemap.xml') ?? ''), 'loc').map(textOf);
    expect(places.sort()).toEqual(
      ['/', '/about/', '/notes/', '/notes/n1/', '/posts/', '/posts/hello/', '/tags/', '/tags/tea/'].map(
        (path) => `https://blog.example${path}`,
      ),
    );
    expect(files.get('/robots.txt')).toContain('Sitemap: https://blog.example/sitemap.xml');
  });

  it('the page for missing pages has no address and no object of its own', () => {
    const missing = readHtml(build([article()]).get('/404.html') ?? '');
    expect(headLinks(missing, 'canonical')).toEqual([]);
    expect(headLinks(missing, 'alternate', 'application/activity+json')).toEqual([]);
  });

  it('the same site gives the same bytes', () => {
    const posts = [article({ tags: [TAG] }), note()];
    expect([...build(posts)]).toEqual([...build(posts)]);
    expect([...build([])]).toEqual([...build([])]);
  });

  it('the stylesheet loads nothing from elsewhere', () => {
    const css = build([]).get('/assets/style.css') ?? '';
    expect(css).not.toMatch(/@import|url\(/);
    expect(css.length).toBeGreaterThan(1000);
  });

  it('an icon of its own is there with an avatar too: the answer of a function knows of none', () => {
    expect(build([]).has('/assets/icon.svg')).toBe(true);
    expect(build([], { avatar: picture('/media/me.png', '') }).has('/assets/icon.svg')).toBe(true);
  });

  it('the script is there where a post federates, is smaller than 4 KB, and names no other server', () => {
    expect(build([article({ federate: false })]).has('/assets/replies.js')).toBe(false);
    const script = build([article()]).get('/assets/replies.js') ?? '';
    expect(Buffer.byteLength(script)).toBeLessThan(4096);
    expect(script).not.toMatch(/https?:\/\/\w|\beval\b|innerHTML = |insertAdjacentHTML|document\.write/);
  });
});
