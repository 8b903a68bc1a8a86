import { describe, expect, it } from 'vitest';
import type { Post } from '../../build/model.ts';
import { findPart } from '../../federation/live-part.ts';
import { renderPage } from '../../templates/page.ts';
import { renderPost } from '../../templates/post.ts';
import { createTheme } from '../../templates/theme.ts';
import { classed, elements, headLinks, metaOf, named, onlyClassed, readHtml, textOf } from './read-html.ts';
import { article, note, page, picture, siteWith } from './site.ts';

const ACTIVITY = 'application/activity+json';

function show(post: Post, others: readonly Post[] = []) {
  return readHtml(renderPost(createTheme(siteWith([post, ...others])), post));
}

describe('the page of a post', () => {
  it('marks what others said with the id of its object, for a host that knows better; nothing where it does not federate', () => {
    const theme = createTheme(siteWith([article()]));
    const html = renderPost(theme, article());
    const part = findPart(html);
    expect(part?.id).toBe('https://blog.example/ap/posts/hello-1a2b.json');
    expect(html.slice(part?.from, part?.to)).toMatch(/^<section class="comments"[^>]* data-comments=.*<\/section>\n$/s);
    expect(findPart(renderPost(theme, article({ federate: false })))).toBeUndefined();
  });

  it('names its object exactly once, by the object’s id', () => {
    const links = headLinks(show(article()), 'alternate', ACTIVITY);
    expect(links.map(({ attribs }) => attribs.href)).toEqual(['https://blog.example/ap/posts/hello-1a2b.json']);
    expect(headLinks(show(note()), 'alternate', ACTIVITY)[0]?.attribs.href).toBe(
      'https://blog.example/ap/notes/n1.json',
    );
  });

  it('names no object when the post does not federate, and says nothing of the fediverse', () => {
    const document = show(article({ federate: false }));
    expect(headLinks(document, 'alternate', ACTIVITY)).toEqual([]);
    expect(classed(document, 'find')).toEqual([]);
    expect(classed(document, 'comments')).toEqual([]);
    expect(named(document, 'script')).toEqual([]);
  });

  it('is an h-entry with name, content, dates, address, author and categories', () => {
    const tags = [{ name: 'StaticSite', label: 'Static site', slug: 'staticsite' }];
    const document = show(article({ tags, updated: '2026-10-05T10:00:00Z' }));
    const entry = onlyClassed(document, 'h-entry');
    expect(entry.name).toBe('article');
    expect(textOf(named(document, 'h1')[0])).toBe('Hello');
    expect(textOf(onlyClassed(document, 'e-content'))).toBe('First words.');
    expect(onlyClassed(document, 'dt-published').attribs.datetime).toBe('2026-10-03T08:30:00Z');
    expect(onlyClassed(document, 'dt-updated').attribs.datetime).toBe('2026-10-05T10:00:00Z');
    expect(onlyClassed(document, 'u-uid').attribs.href).toBe('https://blog.example/posts/hello/');
    // On the root of the h-card itself, u-url would be a second address of the entry.
    const author = onlyClassed(document, 'p-author');
    expect(author.attribs.class).toBe('p-author h-card');
    expect(classed(document, 'u-url').map(({ parent }) => parent === author)).toEqual([true, false]);
    expect(onlyClassed(document, 'p-category').attribs.href).toBe('/tags/staticsite/');
  });

  it('a note without a title has no p-name of its own', () => {
    const document = show(note());
    const names = classed(document, 'p-name').filter(({ name }) => name === 'h1');
    expect(names).toEqual([]);
    expect(textOf(named(document, 'title')[0])).toBe('The kettle is on. · A Blog');
  });

  it('a warned post is folded, picture included, and its card shows none of it', () => {
    const post = article({ contentWarning: 'spiders', image: picture('/media/spider.png', 'A spider') });
    const document = show(post);
    const [fold] = named(document, 'details');
    expect(fold && classed(document, 'e-content')[0]?.parent === fold).toBe(true);
    expect(onlyClassed(document, 'u-featured').parent?.parent === fold).toBe(true);
    expect(metaOf(document, 'og:image')).toBeUndefined();
    expect(metaOf(document, 'og:description')).toBe('Content warning: spiders');
    expect(metaOf(document, 'description')).not.toContain('First words');
  });

  it('its card has an absolute picture with size and alternative text, and credits the author', () => {
    const document = show(article({ image: picture('/media/a b.png', 'A thing') }));
    expect(metaOf(document, 'og:image')).toBe('https://blog.example/media/a%20b.png');
    expect(metaOf(document, 'og:image:alt')).toBe('A thing');
    expect(metaOf(document, 'og:image:width')).toBe('800');
    expect(metaOf(document, 'og:description')).toBe('First words.');
    expect(metaOf(document, 'fediverse:creator')).toBe('@blog@blog.example');
    expect(headLinks(document, 'canonical')[0]?.attribs.href).toBe('https://blog.example/posts/hello/');
  });

  it('a post in another language is marked, and the frame around it keeps its own', () => {
    const document = show(article({ language: 'ar' }));
    const [html] = named(document, 'html');
    expect([html?.attribs.lang, html?.attribs.dir]).toEqual(['ar', 'rtl']);
    const header = onlyClassed(document, 'site-header');
    expect([header.attribs.lang, header.attribs.dir]).toEqual(['en', 'ltr']);
  });

  it('a language with a country is its locale; a language alone has none', () => {
    expect(metaOf(show(article({ language: 'pt-BR' })), 'og:locale')).toBe('pt_BR');
    expect(metaOf(show(article({ language: 'de' })), 'og:locale')).toBeUndefined();
  });

  it('an unlisted post is kept from search, and no other post leads to it', () => {
    const hidden = article({ visibility: 'unlisted', path: '/posts/hidden/', key: 'hidden' });
    expect(metaOf(show(hidden), 'robots')).toBe('noindex');
    expect(renderPost(createTheme(siteWith([article(), hidden])), article())).not.toContain('/posts/hidden/');
  });

  it('older and newer posts of its kind are linked', () => {
    const posts = ['c', 'b', 'a'].map((name) => article({ title: name, path: `/posts/${name}/` }));
    const theme = createTheme(siteWith([...posts.slice(0, 1), note(), ...posts.slice(1)]));
    const document = readHtml(renderPost(theme, posts[1] ?? article()));
    const links = named(document, 'a').filter(({ attribs }) => attribs.rel === 'prev' || attribs.rel === 'next');
    expect(links.map(({ attribs }) => `${attribs.rel} ${attribs.href}`)).toEqual(['prev /posts/a/', 'next /posts/c/']);
  });

  it('has one script of its own and none inline, no inline style and nothing from elsewhere', () => {
    const post = article({ image: picture('/media/a.png', 'A'), tags: [{ name: 'T', label: 'T', slug: 't' }] });
    const document = show(post);
    const scripts = named(document, 'script');
    expect(scripts.map(({ attribs, children }) => [attribs.src?.split('?')[0], attribs.type, children.length])).toEqual(
      [['/assets/replies.js', 'module', 0]],
    );
    expect(named(document, 'style')).toEqual([]);
    const handlers = elements(document, ({ attribs }) =>
      Object.keys(attribs).some((name) => /^(on|style$)/.test(name)),
    );
    expect(handlers).toEqual([]);
    const loaded = [...named(document, 'img'), ...headLinks(document, 'stylesheet'), ...headLinks(document, 'icon')];
    for (const { attribs } of loaded) expect(attribs.src ?? attribs.href).toMatch(/^\/[^/]/);
  });
});

describe('a page that does not federate', () => {
  it('names no object', () => {
    const document = readHtml(renderPage(createTheme(siteWith([], {}, [page()])), page()));
    expect(headLinks(document, 'alternate', ACTIVITY)).toEqual([]);
    expect(metaOf(document, 'og:description')).toBe('About this.');
  });
});
