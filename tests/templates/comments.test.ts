import { build as bundle } from 'esbuild';
import { describe, expect, it } from 'vitest';
import type { Interaction } from '../../federation/interaction.ts';
import { buildThread } from '../../federation/thread.ts';
import { renderCommentsPage } from '../../templates/comments-page.ts';
import { renderPost } from '../../templates/post.ts';
import { createTheme } from '../../templates/theme.ts';
import { author, content, favour, reply, TARGET } from '../federation/thread-samples.ts';
import { PEOPLE, show, viewOf, within } from './comments-view.ts';
import { classed, named, onlyClassed, readHtml, textOf } from './read-html.ts';
import { article, siteWith } from './site.ts';

describe('the comments of a post', () => {
  it('are a section with a heading that names it, its counts, and a link that needs no script', () => {
    const document = show([reply('a'), reply('q', { kind: 'quote' }), favour('like', 'bo'), favour('boost', 'bo')]);
    const section = onlyClassed(document, 'comments');
    const [heading] = named(document, 'h2');
    expect([section.name, section.attribs['aria-labelledby']]).toEqual(['section', heading?.attribs.id]);
    expect(textOf(onlyClassed(document, 'comments-thread'))).toMatch(/^1 reply · 1 quote · 1 like · 1 boost/);
    expect(textOf(onlyClassed(document, 'comments-news'))).toBe('See the newest replies');
    expect(named(document, 'a')[0]?.attribs.href).toBe('/ap/comments/posts/hello');
  });

  it('are cited entries with author, text, date and original, nested as they answer each other', () => {
    const answer = reply('b', { inReplyTo: reply('a').id, actor: author('bo').actor });
    const document = show([reply('a'), answer]);
    const [first, second] = classed(document, 'p-comment');
    expect(first?.name).toBe('article');
    expect(textOf(classed(document, 'p-name')[0])).toBe('Amy');
    expect(textOf(classed(document, 'p-nickname')[0])).toBe('@amy@far.example');
    expect(textOf(classed(document, 'e-content')[0])).toBe('Well said.');
    expect(classed(document, 'dt-published')[0]?.attribs.datetime).toBe('2026-11-02T10:00:00Z');
    expect(textOf(classed(document, 'dt-published')[0])).toBe('2 November 2026');
    expect(classed(document, 'u-url')[0]?.attribs.href).toBe('https://far.example/@amy/1');
    expect(second?.parent?.parent?.parent === first?.parent).toBe(true);
  });

  it('what is too deep to be nested says whom it answers', () => {
    const items = Array.from({ length: 8 }, (_, index) =>
      reply(`n${index}`, index > 0 ? { inReplyTo: reply(`n${index - 1}`).id } : {}),
    );
    const document = show(items);
    expect(classed(document, 'comment-list')).toHaveLength(6);
    expect(classed(document, 'u-in-reply-to').map(textOf)).toEqual(['@amy@far.example', '@amy@far.example']);
  });

  it('pictures come through the blog alone, are loaded late, and have their size', () => {
    const party = { shortcode: 'party', icon: 'https://cdn.example/p.png' };
    const amy = author('amy', { name: 'Amy :party:', emojis: [party], avatar: 'https://cdn.example/amy.png' });
    const said = content({ text: [{ tag: 'p', children: ['Hi :party::party: :other:'] }], emojis: [party] });
    const document = show([reply('a', { content: said })], {}, [amy]);
    const pictures = named(document, 'img');
    expect(pictures.map(({ attribs }) => attribs.alt)).toEqual(['', ':party:', ':party:', ':party:']);
    for (const { attribs } of pictures) {
      expect(attribs.src).toMatch(/^\/ap\/media\/\d+$/);
      expect([attribs.loading, Number(attribs.width) > 0, Number(attribs.height) > 0]).toEqual(['lazy', true, true]);
    }
    expect(textOf(onlyClassed(document, 'e-content'))).toBe('Hi  :other:');
  });

  it('a letter stands for a face that is hidden or missing', () => {
    const hidden = show([reply('a')], { avatars: 'hide' });
    expect(named(hidden, 'img')).toEqual([]);
    expect(textOf(onlyClassed(hidden, 'face'))).toBe('A');
    expect(textOf(onlyClassed(show([reply('a')], {}, [author('zoe')]), 'face'))).toBe('F');
  });

  it('a content warning folds text and attachments away', () => {
    const said = content({
      contentWarning: 'spiders',
      attachments: [{ url: 'https://far.example/s.png', alt: 'A spider' }],
    });
    const document = show([reply('a', { content: said })]);
    const [fold] = named(document, 'details');
    expect(textOf(named(document, 'summary')[0])).toBe('Content warning: spiders');
    expect(within(fold, 'a').map(textOf)).toEqual(['A spider']);
    expect(onlyClassed(document, 'e-content').parent === fold).toBe(true);
    expect(fold?.attribs.open).toBeUndefined();
  });

  it('attachments are links, named by their description or number, and never loaded', () => {
    const attachments = [
      { url: 'https://far.example/1.png', alt: ' ' },
      { url: 'javascript:alert(1)', alt: 'x' },
      { url: 'https://far.example/2.mp4', alt: 'A film' },
    ];
    const document = show([reply('a', { content: content({ attachments, sensitive: true }) })]);
    expect(within(onlyClassed(document, 'comment-attachments'), 'a').map(textOf)).toEqual(['Attachment 1', 'A film']);
    expect(textOf(onlyClassed(document, 'comments-thread'))).toContain('Attachments (Sensitive content)');
  });

  it('text in another language is marked, and of an unknown one finds its own direction', () => {
    const inArabic = show([reply('a', { content: content({ language: 'ar' }) })]);
    expect(onlyClassed(inArabic, 'e-content').attribs).toMatchObject({ lang: 'ar', dir: 'rtl' });
    expect(onlyClassed(show([reply('a')]), 'e-content').attribs.dir).toBe('auto');
  });

  it('speak the language of the post', () => {
    const document = show([reply('a')], { language: 'de-AT', closed: true });
    expect(onlyClassed(document, 'comments').attribs.lang).toBe('de-AT');
    expect(textOf(named(document, 'h2')[0])).toBe('Antworten');
    expect(textOf(onlyClassed(document, 'dt-published'))).toBe('2. November 2026');
    expect(textOf(onlyClassed(document, 'comments-closed'))).toMatch(/nicht mehr geantwortet/);
    expect(onlyClassed(show([], { language: 'tlh' }), 'comments').attribs.lang).toBe('en');
  });

  it('twelve faces stand in a row, the others are folded with their names', () => {
    const names = Array.from({ length: 15 }, (_, index) => `user${String(index).padStart(2, '0')}`);
    const document = show(
      names.map((name) => favour('like', name)),
      {},
      names.map((name) => author(name)),
    );
    expect(named(document, 'summary').map(textOf)).toEqual(['and 3 more']);
    expect(classed(document, 'p-like')).toHaveLength(15);
    expect(within(onlyClassed(document, 'more-faces'), 'li')).toHaveLength(3);
    expect(textOf(classed(document, 'p-name')[14])).toBe('User14');
  });

  it('reactions stand by their emoji', () => {
    const document = show([
      favour('like', 'amy', { emoji: { text: '🎉' } }),
      favour('like', 'bo', { emoji: { text: ':x:', icon: 'https://far.example/x.png' } }),
      favour('like', 'cy', { emoji: { text: ':x:', icon: 'https://far.example/x.png' } }),
    ]);
    expect(classed(document, 'reaction').map(textOf)).toEqual(['2', '🎉 1']);
    expect(within(classed(document, 'reaction')[0], 'img')[0]?.attribs.alt).toBe(':x:');
  });
});

it('need nothing of the build nor of Node.js, so that a function may answer with them', async () => {
  const entryPoints = ['templates/comments-page.ts'];
  const { metafile } = await bundle({ entryPoints, bundle: true, write: false, metafile: true, platform: 'neutral' });
  const folders = Object.keys(metafile.inputs).map((path) => path.split('/')[0]);
  expect([...new Set(folders)].sort()).toEqual(['federation', 'templates']);
});

describe('the page of a post', () => {
  const post = article();
  const themeWith = (items: readonly Interaction[], replies = {}) => {
    const thread = buildThread(TARGET.replace('hello', 'hello-1a2b'), items, PEOPLE);
    return createTheme(siteWith([post]), {
      threads: new Map([[thread.target, thread]]),
      counts: new Map(),
      rules: { avatars: 'show', replies: { from: 'anyone', firstTimers: 'show', words: [], ...replies } },
      now: Date.parse('2026-11-30T00:00:00Z'),
    });
  };
  const own = { target: TARGET.replace('hello', 'hello-1a2b') };

  it('has what was said inside the entry, as the part that is fetched later has it', () => {
    const theme = themeWith([reply('a', own)]);
    const html = renderPost(theme, post);
    const section = /<section class="comments"[\s\S]*<\/section>\n/.exec(html)?.[0] ?? '';
    expect(classed(readHtml(html), 'p-comment')).toHaveLength(1);
    expect(html.indexOf(section)).toBeLessThan(html.lastIndexOf('</article>'));
    const { thread } = viewOf([reply('a', own)]);
    const [known = thread] = theme.heard.threads.values();
    const picture = /src="(\/ap\/media\/[0-9a-f]{32})"/.exec(section)?.[1] ?? '';
    const view = viewOf([], { thread: known, mediaPath: () => picture });
    expect(renderCommentsPage(view, 'https://blog.example/posts/hello/')).toContain(section);
  });

  it('leads readers to their own server by a form that needs no script', () => {
    const document = readHtml(renderPost(themeWith([]), post));
    const [form] = named(document, 'form');
    expect(form?.attribs).toMatchObject({ action: '/ap/interact', method: 'get' });
    const fields = within(form, 'input').map(({ attribs }) => [attribs.name, attribs.value]);
    expect(fields).toEqual([
      ['handle', undefined],
      ['uri', own.target],
    ]);
    const [label] = within(form, 'label');
    expect(label?.attribs.for).toBe(within(form, 'input')[0]?.attribs.id);
    expect(textOf(within(form, 'code')[0])).toBe('https://blog.example/posts/hello/');
  });

  it('says when no more replies are taken, and asks for none', () => {
    const closed = renderPost(themeWith([], { closeAfterMs: 86_400_000 }), post);
    expect(closed).toContain('Replies to this post are closed.');
    expect(closed).toContain('To like or boost this post');
    expect(renderPost(themeWith([], { closeAfterMs: 86_400_000_000 }), post)).not.toContain('are closed');
  });
});
