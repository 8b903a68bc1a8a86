import { DomUtils } from 'htmlparser2';
import { describe, expect, it, test } from 'vitest';
import type { Post } from '../../build/model.ts';
import { pollAt } from '../../federation/question.ts';
import type { KnownActor, Reference } from '../../federation/reference.ts';
import { noteItem } from '../../templates/entry.ts';
import { feedContent } from '../../templates/feeds/entries.ts';
import { renderPoll } from '../../templates/poll.ts';
import { activityOf, renderPost } from '../../templates/post.ts';
import { renderRedirect } from '../../templates/redirect.ts';
import { sitePages } from '../../templates/site-pages.ts';
import { createTheme } from '../../templates/theme.ts';
import { renderTranslation } from '../../templates/translation.ts';
import { wordsFor } from '../../templates/words.ts';
import { classed, type Element, headLinks, named, onlyClassed, readHtml, textOf } from './read-html.ts';
import { article, note, siteWith } from './site.ts';

const ANN: KnownActor = {
  id: 'https://social.example/users/ann',
  handle: '@ann@social.example',
  name: 'Ann <b>',
  url: 'https://social.example/@ann',
  inbox: 'https://social.example/users/ann/inbox',
};

const SAID: Reference = {
  kind: 'known',
  url: 'https://social.example/@ann/1',
  object: {
    id: 'https://social.example/users/ann/statuses/1',
    url: 'https://social.example/@ann/1',
    type: 'Note',
    author: ANN,
    excerpt: 'Gates <script>alert(1)</script> are best left open.',
  },
};

function show(post: Post) {
  return readHtml(renderPost(createTheme(siteWith([post])), post));
}

describe.each([
  ['inReplyTo', 'u-in-reply-to'],
  ['likeOf', 'u-like-of'],
  ['repostOf', 'u-repost-of'],
  ['quotationOf', 'u-quotation-of'],
])('%s', (key, name) => {
  it('is an h-cite with its address, author and words, nothing of them as markup', () => {
    const document = show(note({ [key]: SAID }));
    const cite = onlyClassed(document, name);
    expect(cite.attribs.class?.split(' ')).toContain('h-cite');
    const within = (test: (element: Element) => boolean) => DomUtils.findAll(test, cite.children);
    expect(within(({ attribs }) => attribs.class === 'u-url p-name').map(({ attribs }) => attribs.href)).toEqual([
      SAID.url,
    ]);
    expect(textOf(cite)).toContain('Gates <script>alert(1)</script> are best left open.');
    expect(within(({ attribs }) => attribs.class === 'p-author h-card').map(({ attribs }) => attribs.value)).toEqual([
      'Ann <b>',
    ]);
    expect(within((element) => element.name === 'script')).toEqual([]);
  });

  it('that could not be resolved is its address alone', () => {
    const reference: Reference = { kind: 'unresolved', url: 'https://gone.example/1', reason: '404' };
    const link = onlyClassed(show(note({ [key]: reference })), name);
    expect([link.name, link.attribs.href, textOf(link)]).toEqual(['a', 'https://gone.example/1', 'gone.example/1']);
  });

  it('of an address that no browser should follow is no link', () => {
    const reference: Reference = { kind: 'unresolved', url: 'javascript:alert(1)', reason: 'no web address' };
    expect(onlyClassed(show(note({ [key]: reference })), name).name).toBe('span');
  });

  it('of a post of the blog leads to its page', () => {
    const reference: Reference = {
      kind: 'own',
      url: './hello.md',
      id: 'https://blog.example/ap/posts/hello.json',
      path: '/posts/hello/',
      title: 'Hello',
    };
    const link = onlyClassed(show(note({ [key]: reference })), name);
    expect([link.attribs.href, textOf(link)]).toEqual(['/posts/hello/', 'Hello']);
  });
});

test.each(['likeOf', 'repostOf'])('%s: a page without an object, without replies, without an empty text', (key) => {
  const document = show(note({ [key]: SAID, html: '' }));
  expect(headLinks(document, 'alternate', 'application/activity+json')).toEqual([]);
  expect(classed(document, 'comments')).toEqual([]);
  expect(classed(document, 'e-content')).toEqual([]);
  expect(textOf(named(document, 'title')[0])).toMatch(/^(Liked|Boosted) @ann@social.example/);
});

describe('a poll', () => {
  const asked = { options: ['Tea & milk', 'Coffee'], multiple: false, ends: '2026-11-24T12:00:00Z' };
  const { words } = wordsFor('en');
  const at = (now: string) => pollAt(Date.parse(now), asked, { votes: [1, 2], voters: 3 });

  it('says before its end how many voted and not what', () => {
    const html = renderPoll(at('2026-11-24T11:59:59Z'), words, 'en');
    expect(html).toContain('3 people voted · Ends');
    expect(html).not.toMatch(/%|progress|Coffee/);
  });

  it('says from its end on what was voted', () => {
    const html = renderPoll(at('2026-11-24T12:00:00Z'), words, 'en');
    expect(html).toContain('33 % (1 vote)');
    expect(html).toContain('67 % (2 votes)');
    expect(html).toContain('Ended');
  });

  it('of which nobody knows the votes says when it ended', () => {
    const html = renderPoll(pollAt(Date.parse('2026-12-01T00:00:00Z'), asked), words, 'en');
    expect(html).toContain('Ended');
    expect(html).not.toMatch(/%|voted|<ul>/);
  });

  it('asks where its text stands: on the page, in lists and in feeds', () => {
    const post = note({ poll: asked });
    const theme = createTheme(siteWith([post]));
    for (const html of [renderPost(theme, post), noteItem(theme, post, 'h2')]) {
      const text = onlyClassed(readHtml(html), 'e-content');
      expect(textOf(text).replace(/\s+/g, ' ')).toMatch(/Tea & milk Coffee$/);
    }
    expect(feedContent(theme).entries[0]?.html).toContain('<li><bdi>Tea &amp; milk</bdi></li>');
  });

  it('stands with what was said below its post', () => {
    const { parent } = onlyClassed(show(note({ poll: asked })), 'poll');
    expect(Object(parent).attribs.class).toBe('comments-thread');
  });
});

test('a thread is one page, in lists one entry and in feeds one text', () => {
  const parts = [1, 2, 3].map((number) =>
    note({
      key: number === 1 ? 't' : `t-${number}`,
      source: 'notes/t.md',
      path: number === 1 ? '/notes/t/' : `/notes/t/#${number}`,
      html: `<p>Part ${number}.</p>\n`,
      part: { number, of: 3 },
    }),
  );
  const [first] = parts;
  if (first === undefined) throw new Error('there is no first part');
  const theme = createTheme(siteWith(parts.toReversed()));
  const document = readHtml(renderPost(theme, first));
  expect(classed(document, 'e-content').map(textOf)).toEqual(['Part 1.', 'Part 2.', 'Part 3.']);
  expect(classed(document, 'thread-part').map(({ attribs }) => attribs.id)).toEqual(['2', '3']);
  expect(theme.notes.map(({ key }) => key)).toEqual(['t']);
  expect(feedContent(theme).entries.map(({ html }) => html.match(/Part \d/g))).toEqual([
    ['Part 1', 'Part 2', 'Part 3'],
  ]);
});

test('an imported post names where it stood', () => {
  const link = onlyClassed(show(note({ originalUrl: 'https://old.example/@me/1' })), 'u-syndication');
  expect([link.attribs.href, textOf(link)]).toEqual(['https://old.example/@me/1', 'old.example']);
  expect(classed(show(note({ originalUrl: 'urn:x:1' })), 'u-syndication')).toEqual([]);
});

test('an old address of a post leads people to its page and servers to its object', () => {
  const document = readHtml(
    renderRedirect('https://blog.example/posts/hello/', 'https://blog.example/ap/posts/a.json'),
  );
  const links = headLinks(document, 'alternate', 'application/activity+json');
  expect(links.map(({ attribs }) => attribs.href)).toEqual(['https://blog.example/ap/posts/a.json']);
  expect(headLinks(document, 'canonical')[0]?.attribs.href).toBe('https://blog.example/posts/hello/');
  expect(headLinks(readHtml(renderRedirect('https://blog.example/about/')), 'alternate')).toEqual([]);
  const theme = createTheme(siteWith([article()]));
  expect([activityOf(theme, article()), activityOf(theme, note({ likeOf: SAID }))]).toEqual([
    'https://blog.example/ap/posts/hello-1a2b.json',
    undefined,
  ]);
});

test('languages of a post name each other, on each page', () => {
  const translation = { language: 'de', title: 'Hallo', path: '/posts/hallo/', html: '<p>Hallo.</p>' };
  const original = article({ translations: [translation] });
  const theme = createTheme(siteWith([original]));
  const page = {
    ...translation,
    kind: 'translation' as const,
    source: 'posts/hallo.md',
    slug: 'hallo',
    redirects: [],
    markdown: '',
    translationOf: original.path,
    published: original.published,
  };
  const pages = [renderPost(theme, original), renderTranslation(theme, page)].map(readHtml);
  for (const document of pages) {
    const languages = headLinks(document, 'alternate').filter(({ attribs }) => attribs.hreflang !== undefined);
    expect(languages.map(({ attribs }) => `${attribs.hreflang} ${attribs.href}`)).toEqual([
      'en https://blog.example/posts/hello/',
      'de https://blog.example/posts/hallo/',
    ]);
  }
  expect(pages.map((document) => named(document, 'html')[0]?.attribs.lang)).toEqual(['en', 'de']);
});

describe('whom the owner follows', () => {
  const followed = { handle: ANN.handle, line: 2, actor: ANN, showBoosts: true, notify: false, languages: [] };
  const site = siteWith([]);
  const withRoll = { ...site, following: [followed], profile: { ...site.profile, blogroll: true } };
  const paths = (theme: ReturnType<typeof createTheme>) => sitePages(theme).map(({ path }) => path);

  it('is a page and OPML where the profile says so, and nowhere otherwise', () => {
    expect(paths(createTheme(withRoll))).toEqual(expect.arrayContaining(['/following/', '/following.opml']));
    expect(paths(createTheme({ ...withRoll, profile: site.profile }))).not.toContain('/following/');
  });

  it('bears names as text', () => {
    const pages = new Map(sitePages(createTheme(withRoll)).map(({ path, render }) => [path, render()]));
    expect(pages.get('/following/')).toContain('Ann &lt;b&gt;');
    expect(pages.get('/following.opml')).toContain(
      '<outline text="Ann &lt;b&gt;" description="@ann@social.example" type="link"',
    );
  });
});
