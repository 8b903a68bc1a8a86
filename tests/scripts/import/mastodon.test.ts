import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseFrontMatter } from '../../../build/front-matter.ts';
import { importLines } from '../../../scripts/import/print-import.ts';
import {
  ACTOR_DOCUMENT,
  announceOf,
  attachmentOf,
  createOf,
  mastodonFiles,
  noteId,
  noteUrl,
  PNG,
  writeTar,
  writeZip,
} from './mastodon-archive.ts';
import { type Bench, createBench, groups } from './workbench.ts';

const NOTE = 'notes/20240506-070809.md';

async function noteOf(
  facts: Parameters<typeof createOf>[0],
  bench = createBench(),
): Promise<{ data: Readonly<Record<string, unknown>>; body: string }> {
  await bench.mastodon(
    { outbox: [createOf(facts)], media: [{ name: 'files/1/original/a.png', data: PNG }] },
    { includeReplies: true },
  );
  const parsed = parseFrontMatter(bench.content()[NOTE] ?? '');
  if (!parsed.ok) throw new Error(parsed.message);
  return { data: parsed.frontMatter.data, body: parsed.frontMatter.body.trim() };
}

describe('posts of a Mastodon archive', () => {
  test('warning, language, unlisted, edited → front matter', async () => {
    const { data } = await noteOf({
      visibility: 'unlisted',
      object: {
        summary: 'Spoiler: it ends',
        sensitive: true,
        updated: '2024-05-07T01:02:03Z',
        contentMap: { 'pt-BR': '<p>Oi</p>' },
      },
    });
    expect(data).toMatchObject({
      contentWarning: 'Spoiler: it ends',
      lang: 'pt-BR',
      visibility: 'unlisted',
      updated: '2024-05-07T01:02:03Z',
      federate: 'silent',
    });
    expect(data).not.toHaveProperty('sensitive');
  });

  test('media without a warning that are hidden → sensitive', async () => {
    const { data } = await noteOf({ object: { sensitive: true } });
    expect(data).toMatchObject({ sensitive: true });
  });

  test('pictures with their words, also where the address has another folder before it', async () => {
    const { body } = await noteOf({
      object: {
        attachment: [
          {
            ...attachmentOf('files/1/original/a.png', 'A gate\nof [stone]'),
            url: '/bucket/media_attachments/files/1/original/a.png',
          },
        ],
      },
    });
    expect(body).toMatch(/^Hello\n\n!\[A gate of \\\[stone\\\]\]\(\.\.\/media\/import\/mastodon\/[0-9a-f]{20}\.png\)$/);
  });

  test('videos and sounds → players', async () => {
    const bench = createBench();
    await bench.mastodon({
      outbox: [
        createOf({
          object: {
            attachment: [
              attachmentOf('a.mp4', 'A "door" opens', 'video/mp4'),
              attachmentOf('b.mp3', null, 'audio/mpeg'),
            ],
          },
        }),
      ],
      media: [
        { name: 'a.mp4', data: 'film' },
        { name: 'b.mp3', data: 'sound' },
      ],
    });
    const text = bench.content()[NOTE];
    expect(text).toMatch(
      /<video controls preload="metadata" src="[^"]+\.mp4" aria-label="A &#34;door&#34; opens"><\/video>/,
    );
    expect(text).toMatch(/<audio controls preload="metadata" src="[^"]+\.mp3" aria-label=""><\/audio>/);
  });

  test('hashtags → in the text where they stand, in front matter only those that do not', async () => {
    const html =
      '<p>On <a href="https://social.example/tags/Gates" class="mention hashtag" rel="tag">#<span>Gates</span></a></p>';
    const { data, body } = await noteOf({
      html,
      object: {
        contentMap: { en: html },
        tag: ['gates', 'walls'].map((name) => ({
          type: 'Hashtag',
          name: `#${name}`,
          href: `https://social.example/tags/${name}`,
        })),
      },
    });
    expect(body).toBe('On #Gates');
    expect(data.tags).toEqual(['walls']);
  });

  test('mentions → whole handles, by the tag where the page is on another host', async () => {
    const html =
      '<p><span class="h-card"><a href="https://web.other.example/@ann" class="u-url mention">@<span>ann</span></a></span> <span class="h-card"><a href="https://third.example/@bo_b" class="u-url mention">@<span>bo_b</span></a></span></p>';
    const tag = [{ type: 'Mention', href: 'https://web.other.example/users/ann', name: '@ann@other.example' }];
    const { body } = await noteOf({ html, object: { contentMap: {}, tag } });
    expect(body).toBe('@ann@other.example @bo_b@third.example');
  });

  test('a poll → a list with its results', async () => {
    const option = (name: string, totalItems: number) => ({
      type: 'Note',
      name,
      replies: { type: 'Collection', totalItems },
    });
    const { body } = await noteOf({
      object: {
        type: 'Question',
        oneOf: [option('Open', 3), option('Shut *', 1)],
        endTime: '2024-05-09T00:00:00Z',
        closed: '2024-05-09T00:00:00Z',
        votersCount: 4,
      },
    });
    expect(body).toBe('Hello\n\n- Open: 3 (75 %)\n- Shut \\*: 1 (25 %)');
  });

  test('emoji of the server → their names', async () => {
    const { body } = await noteOf({
      html: '<p>Hi :blob_cat:</p>',
      object: { tag: [{ type: 'Emoji', name: ':blob_cat:' }] },
    });
    expect(body).toBe('Hi :blob_cat:');
  });

  test('a field that is not as it should be → the post without it', async () => {
    const { body, data } = await noteOf({
      object: { attachment: 'none', tag: [null, 7], sensitive: 'no', summary: 5, contentMap: [] },
    });
    expect(body).toBe('Hello');
    expect(data).not.toHaveProperty('contentWarning');
  });
});

describe('who may see it', () => {
  test('followers-only posts and private mentions → never a file, nor their addresses anywhere', async () => {
    const bench = createBench();
    const secret = 'a secret word';
    const report = await bench.mastodon(
      {
        outbox: [
          createOf({ id: 101, visibility: 'followers', html: `<p>${secret}</p>` }),
          createOf({ id: 102, visibility: 'direct', html: `<p>${secret}</p>` }),
          {
            ...createOf({ id: 103, html: secret }),
            object: { ...createOf({ id: 103, html: secret }).object, to: undefined, cc: 7 },
          },
          { ...announceOf(104, noteId(101)), to: [`${ACTOR_DOCUMENT.id}/followers`], cc: [] },
          createOf({ id: 105, object: { inReplyTo: noteId(101) } }),
        ],
      },
      { boosts: true, includeReplies: true },
    );
    expect(groups(report)).toEqual({ 'followers-only post': 2, 'private mention': 2 });
    expect(Object.keys(bench.content())).toEqual([NOTE, 'profile.md']);
    const all = JSON.stringify([bench.content(), report, readFileSync(join(bench.dataFolder, 'imports.csv'), 'utf8')]);
    expect(all).not.toContain(secret);
    expect(all).not.toMatch(/10[1-4]/);
  });

  test('replies to others → left out with what hangs on them, or taken with --include-replies', async () => {
    const outbox = [
      createOf({ id: 1, object: { inReplyTo: 'https://other.example/1' } }),
      createOf({ id: 2, object: { inReplyTo: noteId(1) } }),
      createOf({ id: 3 }),
      createOf({ id: 4, object: { inReplyTo: noteId(3) } }),
    ];
    const without = createBench();
    const report = await without.mastodon({ outbox });
    expect(groups(report)).toEqual({ 'reply to others': 2 });
    expect(report.posts.imported).toBe(2);
    const withThem = createBench();
    await withThem.mastodon({ outbox }, { includeReplies: true });
    expect(withThem.content()[NOTE]).toContain('in-reply-to: https://other.example/1\n');
    expect(withThem.content()['notes/20240506-070809-2.md']).toContain('in-reply-to: ./20240506-070809.md\n');
  });

  test('boosts and likes → only when asked for; bookmarks never', async () => {
    const facts = {
      outbox: [announceOf(9, 'https://other.example/1')],
      likes: ['https://other.example/users/x/statuses/109372843234000000'],
      bookmarks: ['https://other.example/3'],
    };
    const without = createBench();
    expect(groups(await without.mastodon(facts))).toEqual({ boost: 1, like: 1, bookmark: 1 });
    const withThem = createBench();
    const report = await withThem.mastodon(facts, { boosts: true, likes: true });
    expect(report.kinds).toEqual({ boost: 1, like: 1 });
    const { 'notes/20240507-000000.md': boost, 'notes/20221119-223224.md': like } = withThem.content();
    expect(boost).toContain('repost-of: https://other.example/1\n');
    expect(like).toContain('like-of: https://other.example/users/x/statuses/109372843234000000\n');
    expect(like).toContain('original-url: https://social.example/users/mara#likes/');
  });
});

test('a zip, a tar.gz and an unpacked archive, with a folder around or without → the same files', async () => {
  const files = mastodonFiles({
    outbox: [createOf({ id: 1, object: { attachment: [attachmentOf('a.png', 'A')] } })],
    media: [{ name: 'a.png', data: PNG }],
  });
  const wrapped = files.map(({ name, data }) => ({ name: `archive-2026/${name}`, data }));
  const results = [];
  for (const pack of [
    (bench: Bench) => writeZip(join(bench.root, 'a.zip'), files),
    (bench: Bench) => writeTar(join(bench.root, 'a.tar.gz'), wrapped),
    async (bench: Bench) => {
      for (const { name, data } of files) {
        mkdirSync(join(bench.root, 'a', name, '..'), { recursive: true });
        writeFileSync(join(bench.root, 'a', name), data);
      }
      return join(bench.root, 'a');
    },
  ]) {
    const bench = createBench();
    await bench.run(await pack(bench));
    expect(bench.leftovers()).toEqual([]);
    results.push(bench.content());
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});

test('the report → at 80 columns what came, what stayed out and why, and what to do', async () => {
  const bench = createBench();
  const report = await bench.mastodon({
    outbox: [createOf({ id: 1 }), createOf({ id: 2, visibility: 'direct' }), announceOf(3, 'https://other.example/1')],
  });
  const lines = importLines(report, { dryRun: false, width: 80 });
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "Mastodon archive of @mara@social.example
    imported    1 note
    profile     fields, bio added to profile.md
    profile.md  has its own name: it stays
    left out    1 × private mention: it was for those it named, and files here are
                for everybody
    left out    1 × boost: they come along with --boosts
                https://social.example/users/mara/statuses/3/activity
    next        npm run build: says whether all of it reads well
    next        npm run plan: shows that what was imported is sent to nobody"
  `);
  expect(noteUrl(1)).toBe('https://social.example/@mara/1');
});
