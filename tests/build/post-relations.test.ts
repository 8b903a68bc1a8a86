import { describe, expect, test } from 'vitest';
import { createSiteCache, readContent } from '../../build/read-site.ts';
import { readSettings } from '../../build/settings.ts';
import { siteAt } from '../../build/site-at.ts';
import { findWanted } from '../../build/wanted.ts';
import { contentFolder } from './content-folder.ts';
import { BOB, faultsOf, note, postOf, REMOTE, SAID, siteOf } from './related-site.ts';

describe('a reference', () => {
  test('to somebody else is what remote.json knows, under each name of the key', async () => {
    const site = await siteOf({
      'notes/a.md': note(`in-reply-to: ${SAID.url}`),
      'notes/b.md': note(`likeOf: "${SAID.url}"`),
      'notes/c.md': note(`repost_of: ["${SAID.url}"]`),
      'posts/d.md': `---\ntitle: D\ndate: 2026-11-20\nquotation-of: ${SAID.url}\noriginal-url: https://old.example/d\n---\nText.\n`,
    });
    const known = { kind: 'known', url: SAID.url, object: SAID };
    expect(postOf(site, 'a').inReplyTo).toEqual(known);
    expect(postOf(site, 'b').likeOf).toEqual(known);
    expect(postOf(site, 'c').repostOf).toEqual(known);
    expect(postOf(site, 'd')).toMatchObject({ quotationOf: known, originalUrl: 'https://old.example/d' });
  });

  test('that nobody knows is unresolved, and a warning with its line', async () => {
    const made = contentFolder({ 'notes/a.md': note('in-reply-to: https://c.example/9', 'Hi @x@c.example\n') });
    const { site, warnings } = await made.read();
    expect(postOf(site, 'a')).toMatchObject({
      inReplyTo: { kind: 'unresolved', url: 'https://c.example/9' },
      unknownMentions: ['@x@c.example'],
    });
    expect(warnings.map(({ file, line, about }) => `${file}:${line} ${about}`)).toEqual([
      'notes/a.md:3 https://c.example/9',
      'notes/a.md:5 @x@c.example',
    ]);
  });

  test('of an imported post that nobody knows is no warning: nobody is asked for it', async () => {
    const imported = note('in-reply-to: https://c.example/9\noriginal-url: https://old.example/1', 'Hi @x@c.example\n');
    const made = contentFolder({ 'notes/a.md': imported });
    const { site, warnings } = await made.read();
    expect(postOf(site, 'a').inReplyTo).toMatchObject({ kind: 'unresolved', url: 'https://c.example/9' });
    expect(warnings).toEqual([]);
    const { wanted } = findWanted(readSettings({ POSTERN_CONTENT: made.folder }, made.folder));
    expect(wanted).toEqual([]);
  });

  test.each([
    './b.md',
    'b.md',
    '/notes/b/',
    '/notes/b',
    '/old/',
    'https://blog.example/notes/b/#comments',
    'https://blog.example/notes/b/index.html?x=1',
    'https://blog.example/ap/notes/b.json',
  ])('%s is the own post', async (written) => {
    const site = await siteOf({
      'notes/a.md': note(`in-reply-to: ${JSON.stringify(written)}`),
      'notes/b.md': note('redirects: [/old/]', 'Said before.\n'),
    });
    expect(postOf(site, 'a').inReplyTo).toEqual({
      ...{ kind: 'own', url: written, id: 'https://blog.example/ap/notes/b.json', path: '/notes/b/' },
      title: 'Said before.',
    });
  });

  test('to an own post that came back names its new id', async () => {
    const files = { 'notes/a.md': note('in-reply-to: ./b.md'), 'notes/b.md': note() };
    const site = await siteOf(files, { retired: new Set(['https://blog.example/ap/notes/b.json']) });
    expect(postOf(site, 'a').inReplyTo).toMatchObject({ id: 'https://blog.example/ap/notes/b-2.json' });
  });

  test('to an own post that is dated ahead waits for it', async () => {
    const files = {
      'notes/a.md': note('in-reply-to: ./b.md'),
      'notes/b.md': note('', 'Later.\n', '2026-12-01T00:00:00Z'),
    };
    const now = Date.parse('2026-11-23T00:00:00Z');
    const before = await siteOf(files, { now });
    expect(postOf(before, 'a').inReplyTo).toMatchObject({
      kind: 'unresolved',
      reason: expect.stringContaining('dated ahead'),
    });
    expect(postOf(await siteOf(files), 'a').inReplyTo).toMatchObject({ kind: 'own' });
  });

  test.each([
    ['in-reply-to: nonsense', 'in-reply-to "nonsense" is no address; write a whole one'],
    ['in-reply-to: "@ann@a.example"', 'in-reply-to must be the address of a post, not of a person'],
    ['in-reply-to: https://user@a.example/', 'in-reply-to "https://user@a.example/" is no address'],
    ['in-reply-to: [https://a.example/1, https://a.example/2]', 'in-reply-to names several'],
    ['original-url: /old/', 'original-url must be a whole address'],
    ['in-reply-to: ./gone.md', 'in-reply-to: there is no ./gone.md beside it, or it is a draft; name a post'],
    ['in-reply-to: https://blog.example/notes/gone/', 'in-reply-to: nothing of this blog is at https://blog.example'],
    ['in-reply-to: https://blog.example/ap/notes/gone.json', 'in-reply-to: no post of this blog has the id'],
    ['quotation-of: ./a.md', 'quotation-of: it names its own file'],
    ['in-reply-to: ../pages/about.md', 'in-reply-to: pages/about.md is a page'],
    ['in-reply-to: ./like.md', 'in-reply-to: notes/like.md is a like or a boost'],
    ['in-reply-to: ./secret.md', 'in-reply-to: notes/secret.md is kept from the network'],
  ])('%s is a fault with its line', async (head, message) => {
    const faults = await faultsOf({
      'notes/a.md': note(head),
      'notes/like.md': note(`like-of: ${SAID.url}`),
      'notes/secret.md': note('federate: false'),
      'pages/about.md': '---\ntitle: About\n---\nMe.\n',
    });
    expect(faults).toEqual([expect.stringContaining(`notes/a.md:3 ${message}`)]);
  });

  test.each([
    ['like-of', 'repost-of'],
    ['like-of', 'in-reply-to'],
    ['repost-of', 'in-reply-to'],
    ['like-of', 'quotation-of'],
  ])('%s and %s exclude each other', async (one, other) => {
    const [fault] = await faultsOf({ 'notes/a.md': note(`${one}: ${SAID.url}\n${other}: ${SAID.url}`) });
    expect(fault).toContain(`notes/a.md:4 ${other} does not go with ${one}`);
  });

  test('a like in an article, and any of it in a page, is a fault', async () => {
    const faults = await faultsOf({
      'posts/a.md': `---\ntitle: A\ndate: 2026-11-20\nlike-of: ${SAID.url}\n---\nText.\n`,
      'pages/b.md': `---\ntitle: B\nin-reply-to: ${SAID.url}\n---\nText.\n`,
    });
    expect(faults).toEqual([
      expect.stringContaining('pages/b.md:3 in-reply-to is for posts and notes'),
      expect.stringContaining('posts/a.md:4 like-of: a like is a note; move the file to notes/'),
    ]);
  });

  test('a circle of replies is one fault that names all of them', async () => {
    const files = {
      'notes/a.md': note('in-reply-to: ./b.md'),
      'notes/b.md': note('in-reply-to: ./c.md'),
      'notes/c.md': note('in-reply-to: ./b.md'),
    };
    expect(await faultsOf(files)).toEqual([
      'notes/b.md:3 in-reply-to goes in a circle: notes/b.md → notes/c.md → notes/b.md; one of them has to be first',
    ]);
  });

  test('what npm run reply quotes above the text is in no page and no object', async () => {
    const site = await siteOf({
      'notes/a.md': note(`in-reply-to: ${SAID.url}`, '\n<!-- @ann wrote:\nX -->\n\nMe too.\n'),
    });
    expect(postOf(site, 'a')).toMatchObject({
      html: '<p>Me too.</p>\n',
      markdown: expect.not.stringContaining('wrote'),
    });
  });
});

describe('mentions of a post', () => {
  test('are whom it names, each once, without the blog itself; an author of something known counts', async () => {
    const body = '@bob@b.example @Ann@a.example @bob@b.example @blog@blog.example\n';
    const post = postOf(await siteOf({ 'notes/a.md': note('', body) }), 'a');
    expect(post.mentions?.map(({ handle }) => handle)).toEqual(['@bob@b.example', '@ann@a.example']);
    expect(post.unknownMentions).toBeUndefined();
    expect(post.html).toContain('<a href="/" class="u-url mention">@<span>blog</span></a>');
  });

  test('who becomes known while it is watched is a link in the next build, though the file stayed', async () => {
    const made = contentFolder({ 'notes/a.md': note('', 'Hi @bob@b.example\n') });
    const cache = createSiteCache();
    const read = async () =>
      siteAt(await readContent({ ...made.options, cache }), { now: Number.POSITIVE_INFINITY }).site;
    expect(postOf(await read(), 'a').mentions).toBeUndefined();
    made.write('remote.json', REMOTE);
    expect(postOf(await read(), 'a').mentions).toEqual([BOB]);
    made.write('remote.json', REMOTE.replaceAll('ann/inbox', 'ann/other'));
    expect(postOf(await read(), 'a').mentions?.[0]?.inbox).toContain('other');
  });

  test('a rule for those whom the blog answered is a warning only while it names nobody', async () => {
    const profile =
      '---\nusername: blog\nname: A\norigin: https://blog.example\nreplies:\n  from: people-i-replied-to\n---\n';
    const warningsOf = async (body: string) =>
      (await contentFolder({ 'profile.md': profile, 'remote.json': REMOTE, 'notes/a.md': note('', body) }).read())
        .warnings;
    expect((await warningsOf('Nobody.\n')).map(({ line }) => line)).toEqual([6]);
    expect(await warningsOf('@bob@b.example\n')).toEqual([]);
  });

  test('whom following.csv names is in its order, with who is known', async () => {
    const site = await siteOf({ 'following.csv': 'zoe@z.example\nbob@b.example\n' });
    expect(site.following).toEqual([
      { handle: '@zoe@z.example', line: 1, showBoosts: true, notify: false, languages: [] },
      { handle: '@bob@b.example', line: 2, showBoosts: true, notify: false, languages: [], actor: BOB },
    ]);
  });
});
