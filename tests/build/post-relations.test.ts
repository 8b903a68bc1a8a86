import { describe, expect, test } from 'vitest';
import type { Post, Site } from '../../build/model.ts';
import { createSiteCache, readContent } from '../../build/read-site.ts';
import { printRemoteCache } from '../../build/remote-cache.ts';
import { siteAt } from '../../build/site-at.ts';
import { contentFolder } from './content-folder.ts';

const ANN = {
  ...{ id: 'https://a.example/users/ann', handle: '@ann@a.example', url: 'https://a.example/@ann' },
  inbox: 'https://a.example/users/ann/inbox',
};
const BOB = { ...ANN, id: 'https://b.example/users/bob', handle: '@bob@b.example', url: 'https://b.example/@bob' };
const SAID = { id: 'https://a.example/users/ann/1', url: 'https://a.example/@ann/1', type: 'Note', author: ANN };
const REMOTE = printRemoteCache({
  actors: new Map([['@bob@b.example', BOB]]),
  objects: new Map([[SAID.url, SAID]]),
});

const note = (head = '', body = 'Text.\n', date = '2026-11-21T10:00:00Z'): string =>
  `---\ndate: ${date}\n${head === '' ? '' : `${head}\n`}---\n${body}`;

async function siteOf(
  files: Record<string, string>,
  more: { now?: number; retired?: Set<string> } = {},
): Promise<Site> {
  return (await contentFolder({ 'remote.json': REMOTE, ...files }).read(more)).site;
}

const postOf = (site: Pick<Site, 'posts'>, key: string): Post => {
  const post = site.posts.find((each) => each.key === key);
  if (!post) throw new Error(`no ${key} among ${site.posts.map((each) => each.key)}`);
  return post;
};
const faultsOf = (files: Record<string, string>) => contentFolder({ 'remote.json': REMOTE, ...files }).faults();

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

  test('whom following.csv names is in its order, with who is known', async () => {
    const site = await siteOf({ 'following.csv': 'zoe@z.example\nbob@b.example\n' });
    expect(site.following).toEqual([
      { handle: '@zoe@z.example', line: 1, showBoosts: true, notify: false, languages: [] },
      { handle: '@bob@b.example', line: 2, showBoosts: true, notify: false, languages: [], actor: BOB },
    ]);
  });
});

describe('a poll', () => {
  test.each([
    ['ends: 2026-12-01T12:00Z', '2026-12-01T12:00:00Z'],
    ['ends: 3d', '2026-11-24T10:00:00Z'],
    ['ends: 90m', '2026-11-21T11:30:00Z'],
    ['ends: 2026-12-01', '2026-12-02T00:00:00Z'],
  ])('with %s ends at %s', async (end, ends) => {
    const site = await siteOf({ 'notes/a.md': note(`poll: {options: [Yes, "No: never", 3], ${end}}`) });
    expect(postOf(site, 'a').poll).toEqual({ options: ['Yes', 'No: never', '3'], multiple: false, ends });
  });

  test('in lines of its own, with several answers', async () => {
    const head = 'poll:\n  options:\n    - A\n    - B\n  multiple: yes\n  ends: 1w';
    expect(postOf(await siteOf({ 'notes/a.md': note(head) }), 'a').poll?.multiple).toBe(true);
  });

  test.each([
    ['poll: yes', '3 poll must have options and ends'],
    ['poll:\n  options: [A]\n  ends: 3d', '4 poll: a poll has two options or more'],
    ['poll:\n  options:\n    - A\n    - A\n  ends: 3d', '6 poll: "A" is there twice'],
    ['poll:\n  options: [A, ""]\n  ends: 3d', '4 poll: option 2 has no text'],
    ['poll:\n  options: [A, B]', '3 poll: ends is missing; write a time'],
    ['poll:\n  options: [A, B]\n  ends: soon', '5 poll: ends: "soon" is not a time'],
    [
      'poll:\n  options: [A, B]\n  ends: 2026-11-01T00:00Z',
      '5 poll ends at 2026-11-01T00:00:00Z, before its note is out',
    ],
    ['poll:\n  options: [A, B]\n  ends: 3d\n  multi: true', '6 poll: unknown key "multi"'],
    ['poll: {options: [A, B], ends: 3d}\nthread: true', '4 thread does not go with poll'],
    [`like-of: ${SAID.url}\npoll: {options: [A, B], ends: 3d}`, '4 poll does not go with like-of'],
  ])('%j is a fault with its line', async (head, message) =>
    expect(await faultsOf({ 'notes/a.md': note(head) })).toEqual([expect.stringContaining(`notes/a.md:${message}`)]),
  );

  test('in an article is a fault', async () => {
    const head = 'title: A\ndate: 2026-11-20\npoll: {options: [A, B], ends: 3d}';
    expect(await faultsOf({ 'posts/a.md': `---\n${head}\n---\nText.\n` })).toEqual([
      'posts/a.md:4 poll: only a note can be a poll; move the file to notes/',
    ]);
  });
});

describe('a thread', () => {
  const BODY = 'One #a @bob@b.example.\n\n---\n\n```\n---\n```\nTwo.\n---\nThree [b](./b.md).\n\n---\n';

  test('is a chain of posts with one page, newest first', async () => {
    const head = `thread: true\nid: t\ntitle: T\npinned: true\ntags: [x]\ncw: W\nin-reply-to: ${SAID.url}`;
    const site = await siteOf({ 'notes/t.md': note(head, BODY), 'notes/b.md': note('', 'B.\n', '2026-01-01') });
    const parts = site.posts.filter(({ part }) => part);
    expect(parts.map(({ key, path, part, inReplyTo }) => [key, path, part, inReplyTo?.kind])).toEqual([
      ['t-3', '/notes/t/#3', { number: 3, of: 3 }, 'own'],
      ['t-2', '/notes/t/#2', { number: 2, of: 3 }, 'own'],
      ['t', '/notes/t/', { number: 1, of: 3 }, 'known'],
    ]);
    expect(postOf(site, 't-3').inReplyTo).toMatchObject({
      id: 'https://blog.example/ap/notes/t-2.json',
      path: '/notes/t/#2',
    });
    expect(postOf(site, 't')).toMatchObject({
      title: 'T',
      pinned: true,
      contentWarning: 'W',
      markdown: 'One #a @bob@b.example.\n',
    });
    expect(postOf(site, 't').tags.map(({ name }) => name)).toEqual(['x', 'a']);
    expect(postOf(site, 't').mentions).toEqual([BOB]);
    expect(postOf(site, 't-2')).toMatchObject({
      pinned: false,
      contentWarning: 'W',
      tags: [],
      html: expect.stringContaining('Two.'),
    });
    expect(postOf(site, 't-2')).not.toHaveProperty('title');
    expect(postOf(site, 't-2')).not.toHaveProperty('mentions');
    expect(postOf(site, 't-3').html).toBe('<p>Three <a href="/notes/b/">b</a>.</p>\n');
  });

  test('a part can be answered by its anchor or its id', async () => {
    const files = { 'notes/t.md': note('thread: true', 'One\n\n---\n\nTwo\n') };
    for (const written of ['/notes/t/#2', 'https://blog.example/ap/notes/t-2.json']) {
      const site = await siteOf({ ...files, 'notes/a.md': note(`in-reply-to: "${written}"`) });
      expect(postOf(site, 'a').inReplyTo).toMatchObject({ id: 'https://blog.example/ap/notes/t-2.json' });
    }
  });

  test('the lines of what is told are those of the file', async () => {
    const { warnings } = await contentFolder({
      'notes/t.md': note('thread: true', 'One\n\n---\n\n\nTwo @x@c.example\n'),
    }).read();
    expect(warnings.map(({ line }) => line)).toEqual([10]);
  });

  test('of one part is a post, and without the key a line is a line', async () => {
    const site = await siteOf({
      'notes/a.md': note('thread: true', 'One\n\n---\n'),
      'notes/b.md': note('', 'One\n\n---\n\nTwo\n'),
    });
    expect(site.posts.map(({ part }) => part)).toEqual([undefined, undefined]);
  });

  test('whose part would have the id of another file is a fault', async () => {
    const files = { 'notes/t.md': note('thread: true', 'One\n\n---\n\nTwo\n'), 'notes/t-2.md': note() };
    expect(await faultsOf(files)).toEqual([
      'notes/t.md:3 its parts have the ids "t-2", and one of them is that of notes/t-2.md; give one of the files another id',
    ]);
  });
});

describe('a translation', () => {
  const hello = '---\ntitle: Hello\ndate: 2026-11-20\n---\nHello @bob@b.example.\n';
  const hallo = (more = 'lang: de') =>
    `---\ntitle: Hallo\ndate: 2026-11-21\n${more}\ntranslation-of: ./hello.md\n---\nHallo @ann@a.example.\n`;

  test('is a page of its own and in the post that it translates', async () => {
    const site = await siteOf({ 'posts/hello.md': hello, 'posts/hallo.md': hallo() });
    expect(site.posts.map(({ key }) => key)).toEqual(['hello']);
    expect(site.translations).toMatchObject([
      { kind: 'translation', path: '/posts/hallo/', title: 'Hallo', language: 'de', translationOf: '/posts/hello/' },
    ]);
    const [post] = site.posts;
    expect(post?.translations).toEqual([
      { language: 'de', title: 'Hallo', path: '/posts/hallo/', html: expect.stringContaining('<p>Hallo ') },
    ]);
    expect(post?.mentions?.map(({ handle }) => handle)).toEqual(['@bob@b.example', '@ann@a.example']);
  });

  test('comes out with its post and not before, and later when it is dated later', async () => {
    const at = async (now: string, files: Record<string, string>) => {
      const { posts, translations, waiting } = await siteOf(files, { now: Date.parse(now) });
      return [
        posts.length,
        translations?.length ?? 0,
        posts[0]?.translations?.length ?? 0,
        waiting[0]?.translations?.length ?? 0,
      ];
    };
    const early = { 'posts/hello.md': hello.replace('11-20', '11-25'), 'posts/hallo.md': hallo() };
    expect(await at('2026-11-23T12:00:00Z', early)).toEqual([0, 0, 0, 1]);
    expect(await at('2026-11-26T12:00:00Z', early)).toEqual([1, 1, 1, 0]);
    const late = { 'posts/hello.md': hello, 'posts/hallo.md': hallo().replace('11-21', '11-25') };
    expect(await at('2026-11-23T12:00:00Z', late)).toEqual([1, 0, 0, 0]);
  });

  test.each([
    ['lang: en', 'posts/hallo.md:4 translation-of: posts/hello.md is in the same language (en)'],
    ['tags: [a]', 'posts/hallo.md:5 translation-of: posts/hello.md is in the same language (en)'],
    ['lang: de\nin-reply-to: /posts/hello/', 'posts/hallo.md:5 in-reply-to does not go with translation-of'],
  ])('%j is a fault', async (more, fault) =>
    expect(await faultsOf({ 'posts/hello.md': hello, 'posts/hallo.md': hallo(more) })).toEqual([
      expect.stringContaining(fault),
    ]),
  );

  test('of a missing file, of a translation, of a note, and twice into one language are faults', async () => {
    const of = (file: string, lang = 'fr') =>
      `---\ntitle: X\ndate: 2026-11-21\nlang: ${lang}\ntranslation-of: ${file}\n---\nX\n`;
    expect(
      await faultsOf({
        'notes/n.md': note(),
        'posts/hello.md': hello,
        'posts/hallo.md': hallo(),
        'posts/p1.md': of('./gone.md'),
        'posts/p2.md': of('./hallo.md'),
        'posts/p3.md': of('../notes/n.md'),
        'posts/p4.md': of('./hello.md', 'de'),
        'posts/p5.md': of('./p5.md'),
      }),
    ).toEqual([
      expect.stringContaining('posts/p1.md:5 translation-of: there is no ./gone.md'),
      expect.stringContaining('posts/p2.md:5 translation-of: posts/hallo.md is a translation itself'),
      expect.stringContaining('posts/p3.md:5 translation-of: notes/n.md is in another folder'),
      expect.stringContaining('posts/p4.md:5 translation-of: posts/hallo.md is its translation into de already'),
      expect.stringContaining('posts/p5.md:5 translation-of: it names its own file'),
    ]);
  });
});
