import { describe, expect, test } from 'vitest';
import { contentFolder } from './content-folder.ts';
import { BOB, faultsOf, note, postOf, SAID, siteOf } from './related-site.ts';

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

  test.each([
    ['12h', '2026-11-21T12:00:00Z'],
    ['3d', '2026-11-24T00:00:00Z'],
  ])('of a note whose date has no time, with %s, counts from the end of its day', async (span, ends) => {
    const text = `---\ndate: 2026-11-20\npoll: {options: [A, B], ends: ${span}}\n---\nWell?\n`;
    expect(postOf(await siteOf({ 'notes/a.md': text }), 'a').poll?.ends).toBe(ends);
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
