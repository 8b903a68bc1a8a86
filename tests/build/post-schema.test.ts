import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editDistance, FIELDS, meaningOfKey } from '../../build/front-matter-keys.ts';
import { type PostSchemaOptions, readPostFields } from '../../build/post-schema.ts';

const refuse: PostSchemaOptions = { otherKeys: 'refuse', splitAtSpaces: false };
const fields = (data: Record<string, unknown>, options = refuse) => {
  const result = readPostFields(data, options);
  if (result.faults.length > 0) throw new Error(result.faults.map(({ message }) => message).join('; '));
  return result.fields;
};
const faults = (data: Record<string, unknown>, options = refuse) =>
  readPostFields(data, options).faults.map(({ message }) => message);

describe('keys of a post', () => {
  test('every key of ours', () => {
    const data = {
      title: 'T',
      date: '2024-05-06',
      updated: '2024-05-07T08:00:00Z',
      description: 'D',
      tags: ['a'],
      lang: 'pt-br',
      draft: 'no',
      image: { src: 'x.png', alt: 'X' },
      imageAlt: 'Y',
      contentWarning: 'CW',
      sensitive: true,
      visibility: 'unlisted',
      id: 'abc-1',
      slug: 's',
      permalink: '/x/',
      federate: false,
      pinned: 'yes',
      teaser: true,
      redirects: ['/old/'],
      inReplyTo: 'https://social.example/@ann/1',
      likeOf: 'https://social.example/@ann/2',
      repostOf: './other.md',
      quotationOf: '/notes/other/',
      originalUrl: 'https://social.example/@me/1',
      poll: { options: ['Yes', 'No'], multiple: 'no', ends: '3d' },
      thread: true,
      translationOf: './other.md',
    };
    expect(Object.keys(data)).toEqual([...FIELDS]);
    expect(fields(data)).toEqual({
      ...data,
      date: { instant: '2024-05-06T00:00:00Z', dateOnly: true },
      updated: { instant: '2024-05-07T08:00:00Z', dateOnly: false },
      lang: 'pt-BR',
      draft: false,
      pinned: true,
      poll: { options: ['Yes', 'No'], multiple: false, ends: 259_200_000 },
    });
  });

  test.each([
    ['true', true],
    ['yes', true],
    ['no', false],
    ['never', false],
    ['Silent', 'silent'],
    ['update', 'update'],
  ])('federate: %s', (written, federate) => expect(fields({ federate: written })).toEqual({ federate }));

  test.each([
    ['slient', '; did you mean "silent"?'],
    ['updates', '; did you mean "update"?'],
    ['quietly', ''],
  ])('federate: %s is a fault that says what is right', (federate, hint) =>
    expect(faults({ federate })).toEqual([
      `federate must be true, false, silent (nobody is told what is new), update or never${hint}`,
    ]),
  );

  test.each([
    ['published: false is a draft', { published: false }, { draft: true }],
    [
      'published with a date is the date',
      { published: '2024-05-06' },
      { date: { instant: '2024-05-06T00:00:00Z', dateOnly: true } },
    ],
    ['status: draft is a draft', { status: 'draft' }, { draft: true }],
    ['status: publish is none', { status: 'publish' }, { draft: false }],
    ['what was private or behind a password is a draft', { password: 'x' }, { draft: true }],
    ['one reason to be a draft is enough', { draft: false, private: true }, { draft: true }],
    ['our own name wins over an alias', { summary: 's', description: 'd', excerpt: 'e' }, { description: 'd' }],
    ['the better alias wins, wherever it stands', { summary: 's', excerpt: 'e' }, { description: 'e' }],
    [
      'case, dashes and underscores do not matter',
      { 'Content-Warning': 'x', last_modified_at: '2024-05-06' },
      { contentWarning: 'x', updated: { instant: '2024-05-06T00:00:00Z', dateOnly: true } },
    ],
    ['a key without a value is absent', { title: null, description: '', tags: [] }, { tags: [] }],
    [
      'a table as cover (PaperMod)',
      { cover: { image: 'x.png', alt: 'A', relative: true } },
      { image: { src: 'x.png', alt: 'A' } },
    ],
    ['the first of images', { images: ['a.png', 'b.png'] }, { image: { src: 'a.png' } }],
    ['no image', { image: false }, {}],
    ["Eleventy's moments that no file holds", { date: 'git Last Modified' }, {}],
    ['a number as title', { title: 1984 }, { title: '1984' }],
    ['permalink: false keeps a page from being written', { permalink: false }, { permalink: false }],
  ])('%s', (_, data, expected) => {
    expect(fields(data)).toEqual(expected);
  });

  test.each([
    ['a list', { tags: ['a', ' b '] }, ['a', 'b']],
    ['one text is one tag', { tags: 'static site' }, ['static site']],
    ['commas', { tags: 'a, b c' }, ['a', 'b c']],
    ['tags and categories', { categories: ['c'], tags: ['t'] }, ['t', 'c']],
    ['taxonomies (Zola)', { taxonomies: { tags: ['t'], series: ['s'] } }, ['t', 's']],
    ['lists in lists (Hexo)', { categories: [['a', 'b'], 'c'] }, ['a', 'b', 'c']],
    ['keywords when there is nothing else', { keywords: ['k'] }, ['k']],
    ['not keywords beside tags', { keywords: ['k'], tags: ['t'] }, ['t']],
    ["other generators' names for all posts", { tags: ['posts', 'all', 'Uncategorized', 'real'] }, ['real']],
  ])('tags: %s', (_, data, expected) => {
    expect(fields(data).tags).toEqual(expected);
  });

  test('tags in a file named by Jekyll are split at spaces', () => {
    expect(fields({ categories: 'jekyll update' }, { ...refuse, splitAtSpaces: true }).tags).toEqual([
      'jekyll',
      'update',
    ]);
  });

  test.each([
    [{ titel: 'x' }, 'unknown key "titel"; did you mean "title"?'],
    [{ visiblity: 'x' }, 'unknown key "visiblity"; did you mean "visibility"?'],
    [{ catagories: [] }, 'unknown key "catagories"; did you mean "categories"?'],
    [
      { date: '05/06/2024' },
      'date: "05/06/2024" can be read with the month or the day first; write it as 2024-05-06 or 2024-05-06T07:08:09+02:00',
    ],
    [
      { lastmod: 'soon' },
      'lastmod: "soon" is not a date that can be read; write it as 2024-05-06 or 2024-05-06T07:08:09+02:00',
    ],
    [
      { visibility: 'private' },
      'visibility must be public or unlisted; for a post that nobody may see, set draft: true',
    ],
    [{ draft: 'perhaps' }, 'draft is neither true nor false'],
    [{ title: ['x'] }, 'title must be text; put it in quotes'],
    [{ language: 'english please' }, 'language is not a language tag; write one such as en, de or pt-BR'],
    [
      { id: 'a/b' },
      'id must be up to 120 letters, digits, - and _; it becomes part of the address of the post for ever',
    ],
    [{ image: { alt: 'x' } }, 'image must be the path of a picture, or src and alt'],
  ])('%j is a fault that says what would be right', (data, message) => {
    expect(faults(data)).toEqual([message]);
  });

  test('another unknown key → a fault with the line to add; with otherKeys: ignore none, but a typo stays one', () => {
    expect(faults({ mood: 'x' })).toEqual([
      'unknown key "mood". Remove it, or add the line "otherKeys: ignore" to profile.md to read over such keys in every post',
    ]);
    expect(faults({ mood: 'x', titel: 'y' }, { ...refuse, otherKeys: 'ignore' })).toEqual([
      'unknown key "titel"; did you mean "title"?',
    ]);
  });

  test('all faults of a file come at once', () => {
    expect(faults({ titel: 'x', date: 'x', visibility: 'x', mood: 1 })).toHaveLength(4);
  });

  test.each(['federate', 'draft', 'status', 'tags'])('%s: { toString: 1 } → read or refused, never thrown', (key) => {
    expect(() => readPostFields({ [key]: { toString: 1 } }, refuse)).not.toThrow();
  });

  test('no value makes it throw', () => {
    const key = fc.oneof(
      fc.constantFrom<string>(...FIELDS, 'published', 'status', 'cover', 'taxonomies', '__proto__', 'constructor'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.jsonValue())), (entries) => {
        const result = readPostFields(Object.fromEntries(entries), refuse);
        for (const fault of result.faults) expect(fault.message).not.toBe('');
      }),
    );
  });
});

test('no key that means something is also read over', () => {
  for (const field of FIELDS) expect(meaningOfKey(field)).toMatchObject({ kind: 'field', field, rank: 0 });
  expect(meaningOfKey('layout')).toEqual({ kind: 'ignored' });
});

test('edits are letters put in, left out, changed or swapped', () => {
  expect([
    editDistance('', 'abc'),
    editDistance('abc', 'abc'),
    editDistance('titel', 'title'),
    editDistance('kitten', 'sitting'),
  ]).toEqual([3, 0, 1, 3]);
});
