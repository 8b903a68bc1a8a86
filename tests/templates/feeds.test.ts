import { describe, expect, it } from 'vitest';
import type { Post } from '../../build/model.ts';
import { absoluteHtml } from '../../templates/feeds/entries.ts';
import { sitePages } from '../../templates/site-pages.ts';
import { createTheme } from '../../templates/theme.ts';
import { named, readHtml, readXml, textOf } from './read-html.ts';
import { article, note, picture, siteWith } from './site.ts';

function feeds(posts: readonly Post[]): { atom: Tree; rss: Tree; json: unknown } {
  const files = new Map(sitePages(createTheme(siteWith(posts))).map((file) => [file.path, file]));
  const text = (path: string) => files.get(path)?.render() ?? '';
  return {
    atom: readXml(text('/feed.xml')),
    rss: readXml(text('/rss.xml')),
    json: JSON.parse(text('/feed.json')),
  };
}

type Tree = ReturnType<typeof readXml>;

const LINKED = '<p><a href="/about/">A &amp; b</a> <img src="pic.png" alt="x &lt; y"> ]]&gt;</p>\n';

describe('the feeds', () => {
  it('Atom carries id, dates, language, tags and the full text with absolute links', () => {
    const tags = [{ name: 'StaticSite', label: 'Static "site"', slug: 'staticsite' }];
    const post = article({ html: LINKED, title: 'Q & A <1>', language: 'de', tags, updated: '2026-11-01T00:00:00Z' });
    const { atom } = feeds([post]);
    const [entry] = named(atom, 'entry');
    const inEntry = (name: string) => named(atom, name).find((element) => element.parent === entry);
    expect(entry?.attribs['xml:lang']).toBe('de');
    expect(named(atom, 'id').map(textOf)).toEqual([
      'https://blog.example/',
      'https://blog.example/ap/posts/hello-1a2b.json',
    ]);
    expect(inEntry('title')?.children.length).toBe(1);
    expect(textOf(inEntry('title'))).toBe('Q & A <1>');
    expect(named(atom, 'updated').map(textOf)).toEqual(['2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z']);
    expect(inEntry('category')?.attribs).toEqual({ term: 'StaticSite', label: 'Static "site"' });
    const content = readHtml(textOf(inEntry('content')));
    expect(named(content, 'a')[0]?.attribs.href).toBe('https://blog.example/about/');
    expect(named(content, 'img')[0]?.attribs).toMatchObject({
      src: 'https://blog.example/posts/hello/pic.png',
      alt: 'x < y',
    });
  });

  it('RSS carries the full text, and a note without a title has none', () => {
    const { rss } = feeds([note({ html: LINKED }), article()]);
    const [first, second] = named(rss, 'item');
    const childrenOf = (item: typeof first) =>
      (item?.children ?? []).flatMap((child) => ('name' in child ? [String(child.name)] : []));
    expect(childrenOf(first)).not.toContain('title');
    expect(childrenOf(second)).toContain('title');
    const [content] = named(rss, 'content:encoded');
    expect(textOf(content)).toContain('<a href="https://blog.example/about/">A &amp; b</a>');
    expect(named(rss, 'pubDate').map(textOf)[0]).toBe('Sun, 04 Oct 2026 08:30:00 GMT');
    expect(named(rss, 'guid').map((guid) => guid.attribs.isPermaLink)).toEqual(['false', 'false']);
  });

  it('JSON Feed is version 1.1 with language and absolute addresses', () => {
    const { json } = feeds([article({ language: 'de', image: picture('/media/a.png', 'A') }), note()]);
    expect(json).toMatchObject({
      version: 'https://jsonfeed.org/version/1.1',
      feed_url: 'https://blog.example/feed.json',
      language: 'en',
      items: [
        { url: 'https://blog.example/posts/hello/', language: 'de', image: 'https://blog.example/media/a.png' },
        { id: 'https://blog.example/ap/notes/n1.json' },
      ],
    });
    expect(JSON.stringify(json)).toContain('<img src=\\"https://blog.example/media/a.png\\"');
  });

  it('hold the twenty newest and no unlisted post', () => {
    const posts = Array.from({ length: 30 }, (_, index) =>
      article({ path: `/posts/p${index}/`, key: `p${index}`, visibility: index === 3 ? 'unlisted' : 'public' }),
    );
    const { atom, rss } = feeds(posts);
    const ids = named(atom, 'id').map(textOf).slice(1);
    expect(ids.length).toBe(20);
    expect(ids).not.toContain('https://blog.example/ap/posts/p3.json');
    expect(named(rss, 'item').length).toBe(20);
  });

  it('a warned post keeps its text behind the warning', () => {
    const { json } = feeds([article({ contentWarning: 'spiders' })]);
    const text = JSON.stringify(json);
    expect(text).toContain('<details><summary><strong>Content warning: spiders</strong></summary>');
    expect(text).toContain('"summary":"Content warning: spiders"');
  });

  it('stay well-formed with characters that XML cannot carry', () => {
    const { atom } = feeds([article({ title: 'a\u0000b\u000bc\ud800d', html: '<p>\u0001]]></p>' })]);
    expect(textOf(named(atom, 'title')[1])).toBe('abcd');
  });
});

describe('absoluteHtml', () => {
  it('makes href, src, srcset and poster absolute and leaves other schemes', () => {
    const html =
      '<a href="mailto:a@b.example">m</a><img src="/a.png" srcset="/a.png 1x, b.png 2x"><video poster="p.png"></video>';
    expect(absoluteHtml(html, 'https://blog.example/posts/x/')).toBe(
      '<a href="mailto:a@b.example">m</a><img src="https://blog.example/a.png" srcset="https://blog.example/a.png 1x, https://blog.example/posts/x/b.png 2x"><video poster="https://blog.example/posts/x/p.png"></video>',
    );
  });
});
