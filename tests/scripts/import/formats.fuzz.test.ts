import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Blog,
  makeBlog,
  makeFolder,
  outcomeOf,
  readExport,
  takenBy,
  writeFile,
  writeFolder,
} from './format-world.ts';
import { ghostExport, postRow, wholeGhostExport } from './ghost-export.ts';
import type { PackedFile } from './mastodon-archive.ts';
import { wholeMediumArchive } from './medium-archive.ts';
import { entitiesOf, tweetOf, twitterFiles, wholeTwitterArchive } from './twitter-archive.ts';
import { wholeWordPressExport, wxr } from './wordpress-export.ts';

const FEED = `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Tore</title><entry><title>T</title><id>https://old.example/1</id><updated>2020-01-02T03:04:05Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a <em>b</em></p></div></content></entry></feed>`;
const JSON_FEED = JSON.stringify({
  version: 'https://jsonfeed.org/version/1.1',
  title: 'Gates',
  items: [
    {
      id: '1',
      url: 'https://old.example/1',
      title: 'One',
      content_html: '<p>a</p>',
      date_published: '2020-01-02T03:04:05Z',
    },
  ],
});

/** One export of each format, and the one of its files that is broken. */
const EXPORTS: readonly (readonly [format: string, files: readonly PackedFile[], broken: string])[] = [
  ['twitter', wholeTwitterArchive().filter(({ name }) => /(?:tweets|account)\.js$/.test(name)), 'data/tweets.js'],
  ['wordpress', [{ name: 'a.xml', data: wholeWordPressExport() }], 'a.xml'],
  ['ghost', [{ name: 'a.json', data: wholeGhostExport() }], 'a.json'],
  [
    'medium',
    wholeMediumArchive().filter(({ name }) => name.startsWith('posts/2019')),
    'posts/2019-01-09_The-gate-4fce463790f9.html',
  ],
  ['feed', [{ name: 'a.xml', data: FEED }], 'a.xml'],
  ['feed', [{ name: 'a.json', data: JSON_FEED }], 'a.json'],
];

/** Writes an export of one file as that file, and of many as a folder. */
function write(files: readonly PackedFile[], name: string, data: Buffer): string {
  if (files.length === 1) return writeFile(join(makeFolder(), name), data);
  return writeFolder(files.map((file) => (file.name === name ? { name, data } : file)));
}

function dataOf(files: readonly PackedFile[], name: string): Buffer {
  return Buffer.from(files.find((file) => file.name === name)?.data ?? '');
}

test.each(EXPORTS)('%s: each export → taken by its format alone, and the same twice', async (format, files, name) => {
  const path = write(files, name, dataOf(files, name));
  expect(await takenBy(path)).toEqual([format]);
  const bare = async () => JSON.stringify((await readExport(path)).entries);
  expect(await bare()).toBe(await bare());
});

test.each(EXPORTS)('%s: cut at any byte → our own error, or what is whole', async (format, files, name) => {
  const data = dataOf(files, name);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: data.length - 1 }), async (end) => {
      // Any other error is thrown on.
      const outcome = await outcomeOf(write(files, name, data.subarray(0, end)));
      const isWhole = data.subarray(end).toString().trim() === '';
      // HTML that breaks off is HTML: such a page is left out, and the others are read.
      if (!isWhole && format !== 'medium') expect(outcome).not.toBe('read');
    }),
    { numRuns: 15 },
  );
});

const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(12),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    fc
      .constantFrom(
        '<',
        '>',
        '"',
        '\\',
        '[',
        ']',
        '{',
        '}',
        ',',
        'null',
        '0',
        '-1',
        '1e999',
        '&',
        ']]>',
        '<!--',
        '<![CDATA[',
        '</item>',
        '<item>',
        '\0',
        '\u0001',
        '\ud83d',
        '9'.repeat(40),
        '<a>'.repeat(300),
        'media:x',
        'https://media.invalid/x',
        '%',
        '%zz',
        '../',
        '__GHOST_URL__',
        '\uE000',
        'javascript:',
        '[caption]',
        '[gallery ids="1"]',
        '<img src="data:x">',
        '<pre>',
        '<a href="/x"><div>x</div></a>',
      )
      .map((text) => Buffer.from(text)),
  ),
});

test.each(EXPORTS)('%s: changed anywhere → our own error, or entries', async (_, files, name) => {
  const data = dataOf(files, name);
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const broken = changes.reduce((bytes: Buffer, { at, length, put }) => {
        const from = Math.floor(at * bytes.length);
        return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]);
      }, data);
      await outcomeOf(write(files, name, broken));
    }),
    { numRuns: 25 },
  );
});

test.each(EXPORTS)(
  '%s: broken at its end → what was written is whole, and the rest comes with the whole file',
  async (_, files, name) => {
    const data = dataOf(files, name);
    const blog: Blog = makeBlog();
    const path = write(files, name, data.subarray(0, data.length - 20));
    const failed = await blog.import(path).then(
      () => undefined,
      (error: unknown) => error,
    );
    for (const [file, text] of Object.entries(blog.files())) {
      expect(file, 'what was put aside is gone').not.toContain('.import-');
      if (file.endsWith('.md')) expect(text).toMatch(/^---\n[\s\S]*\n---\n/);
    }
    if (failed !== undefined)
      expect(failed).toMatchObject({ code: expect.stringMatching(/^archive-|^unknown-export/) });
    await blog.import(write(files, name, data), { drafts: true });
    const whole = makeBlog();
    await whole.import(write(files, name, data), { drafts: true });
    const posts = ({ files: all }: Blog) => Object.keys(all()).filter((file) => file.endsWith('.md'));
    if (failed !== undefined) expect(posts(blog)).toEqual(posts(whole));
  },
);

/** What means something in Markdown, HTML, YAML, shortcodes, addresses or file names, and letters that mean trouble. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(...'\\`*_{}[]()#+-.!~|<>&:=@^$\'"/?;,% \n\t'.split('')),
      fc.constantFrom('a', 'Word', '1', 'é', '漢字', '\u00a0', '\u202e', '\ud83d', '\0', '\u0007', '\ufeff', '\u2028'),
      fc.constantFrom(
        '---',
        '...',
        '{{',
        '{%',
        '<p>',
        '</p>',
        '<b>',
        '<img src=x>',
        '<img src="/x.png" alt="a]">',
        '<a href="/x">',
        '</a>',
        '<pre>',
        '<!--',
        '-->',
        '<figure><figcaption>',
        '&amp;',
        '&#0;',
        '![a](b)',
        '[x]: y',
        '@a@b.example',
        '#tag',
        'https://t.co/x',
        '[caption]',
        '[/caption]',
        '[gallery ids="1"]',
        '../',
        'null',
        'yes',
        '~',
        'media:x',
        '__GHOST_URL__/x',
        '<iframe src="https://v.example/">',
        '<table><tr><td>',
      ),
    ),
    { minLength: 1, maxLength: 10 },
  )
  .map((parts) => parts.join(''));

const fields = fc.record({ title: nasty, body: nasty, more: nasty, slug: nasty, tag: nasty });

test('any words in any field → a post that the build takes, or none', async () => {
  const rows = fc.sample(fields, { numRuns: 60, seed: 7 });
  const at = (n: number): string => new Date(Date.UTC(2020, 0, 1) + n * 60_000).toISOString();
  const tweets = rows.map(({ body, more, tag }, n) =>
    tweetOf({
      id: `${n + 1}`,
      text: body + more,
      at: `Wed Oct 10 20:${String(n).padStart(2, '0')}:24 +0000 2018`,
      more: {
        entities: entitiesOf({
          hashtags: [{ text: tag }],
          urls: [{ url: 'https://t.co/x', expanded_url: `https://x.example/${more}` }],
        }),
      },
    }),
  );
  const items = rows.map(({ title, body, more, slug, tag }, n) => ({
    id: n + 1,
    title,
    slug: slug.replaceAll('\0', ''),
    link: `https://old.example/${n}/${encodeURIComponent(slug.replace(/\p{Surrogate}/gu, ''))}/`,
    excerpt: more,
    content: n % 2 === 0 ? `<!-- wp:p --><p>${body}</p>${more}` : `${body}\n\n${more}`,
    terms: [['post_tag', 'x', tag] as const],
  }));
  const posts = rows.map(({ title, body, more, slug }, n) =>
    postRow(`${n}`, { title, slug, html: `<p>${body}</p>${more}`, custom_excerpt: more, published_at: at(n) }),
  );
  const feedItems = rows.map(({ title, body, more, slug, tag }, n) => ({
    id: `${n}${slug}`,
    url: `https://feed.example/${n}${slug}`,
    ...(n % 3 === 0 ? {} : { title }),
    ...(n % 2 === 0 ? { content_html: body + more } : { content_text: body + more }),
    tags: [tag],
    date_published: at(n),
  }));
  const blog = makeBlog();
  const json = { version: 'https://jsonfeed.org/version/1.1', items: feedItems };
  const reports = [
    await blog.import(writeFolder(twitterFiles({ tweets }))),
    await blog.import(writeFile(join(makeFolder(), 'a.xml'), wxr(items))),
    await blog.import(writeFile(join(makeFolder(), 'a.json'), ghostExport({ posts }))),
    await blog.import(writeFile(join(makeFolder(), 'a.json'), JSON.stringify(json))),
  ];
  for (const report of reports) expect(report.posts.imported).toBeGreaterThan(40);
  // Faults are thrown.
  await blog.build();
});
