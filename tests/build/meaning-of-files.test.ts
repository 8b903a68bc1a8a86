import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { toPeerHtml } from '../../build/peer-html.ts';
import { emitFederation } from '../../federation/emission.ts';
import type { Manifest } from '../../federation/manifest.ts';
import { contentFolder, PROFILE } from './content-folder.ts';

const svg = (colour: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="${colour}"/></svg>`;
const FILES = {
  'posts/a.md':
    '---\ntitle: A title\ndate: 2026-03-01\ntags: [gates, walls]\nimage: media/b.svg\nlang: en\n---\nOne *two* #three.\n\n![A cat](/media/a.svg)\n',
  'media/a.svg': svg('red'),
  'media/b.svg': svg('red'),
};
const [POST] = Object.values(FILES) as [string];

/** The manifest of a blog with these files. */
async function manifestOf(changes: Record<string, string> = {}): Promise<Manifest> {
  const { site } = await contentFolder({ ...FILES, ...changes }).read();
  const deps = {
    sha256: (text: string) => createHash('sha256').update(text).digest('hex'),
    peerHtml: toPeerHtml,
  };
  const files = [...emitFederation(deps, site, { version: '1.0.0' })];
  return JSON.parse(files.find(({ path }) => path === '/ap/manifest.json')?.json ?? '');
}
const digestOf = async (changes: Record<string, string> = {}): Promise<string | undefined> =>
  (await manifestOf(changes)).objects[0]?.digest;
const edit = (from: string, to: string): Record<string, string> => {
  if (!POST.includes(from)) throw new Error(`the post has no ${from}`);
  return { 'posts/a.md': POST.replace(from, to) };
};

describe('is told to those who have the post:', () => {
  test.each([
    ['another word', edit('One', 'Two')],
    ['a picture that was edited and kept its name', { 'media/a.svg': svg('blue') }],
    ['an edited featured picture', { 'media/b.svg': svg('blue') }],
    ['another alternative text', edit('A cat', 'A dog')],
    ['a tag more', edit('walls]', 'walls, towers]')],
    ['a tag less', edit(', walls', '')],
    ['a hashtag of the text', edit('#three', '#four')],
    ['a content warning', edit('lang: en', 'lang: en\ncw: Cats')],
    ['that it is sensitive', edit('lang: en', 'lang: en\nsensitive: true')],
    ['the language', edit('lang: en', 'lang: de')],
    [
      'the language of the blog, where the post has none',
      {
        ...edit('lang: en\n', ''),
        'profile.md': PROFILE.replace('\nname:', '\nlanguage: de\nname:'),
      },
    ],
  ])('%s', async (_, changes) => expect(await digestOf(changes)).not.toBe(await digestOf()));
});

describe('is told to nobody:', () => {
  test.each([
    ['the order of keys', edit('title: A title\ndate: 2026-03-01\n', 'date: 2026-03-01\ntitle: A title\n')],
    ['another form of the date', edit('2026-03-01', 'March 1, 2026')],
    ['a time of the same day', edit('2026-03-01', '2026-03-01T00:00:00Z')],
    ['that it was updated', edit('lang: en', 'lang: en\nupdated: 2026-03-02')],
    ['another name of a key', edit('lang: en', 'language: en')],
    ['another way to write the same tags', edit('tags: [gates, walls]', 'tags:\n  - gates\n  - walls')],
    ['another mark for the same emphasis', edit('*two*', '_two_')],
    ['where lines break', edit('One *two*', 'One\n*two*')],
    ['an old address', edit('lang: en', 'lang: en\nredirects: [/old/]')],
    ['that it stands at the head', edit('lang: en', 'lang: en\npinned: true')],
    ['how it is told', edit('lang: en', 'lang: en\nfederate: silent')],
    ['another post', { 'posts/b.md': '---\ntitle: B\ndate: 2026-02-01\n---\nB\n' }],
    ['a time zone', { 'profile.md': PROFILE.replace('\nname:', '\ntimezone: Asia/Tokyo\nname:') }],
  ])('%s', async (_, changes) => {
    const [before, after] = [await manifestOf(), await manifestOf(changes)];
    expect(after.objects.find(({ id }) => id.endsWith('/a.json'))?.digest).toBe(before.objects[0]?.digest);
    expect(after.actor.digest).toBe(before.actor.digest);
  });
});
