import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keepSlug, toSlug, toTag, uniqueTags } from '../../build/slugs.ts';

test.each([
  ['Hello, World!', 'hello-world'],
  ["It's GitHub", 'its-github'],
  ['Déjà Vu', 'deja-vu'],
  ['Привет мир', 'privet-mir'],
  ['日本語 テスト', '日本語-テスト'],
  ['MySQL 索引', 'mysql-索引'],
  ['MySQL 时区', 'mysql-时区'],
  ['!!!', ''],
])('the slug of %j is %j', (text, slug) => {
  expect(toSlug(text)).toBe(slug);
});

test('a slug that is one already stays as it is, capitals and all', () => {
  expect(keepSlug('My_Post-2')).toBe('My_Post-2');
  expect(keepSlug('My Post')).toBe('my-post');
});

test('a slug has no character that an address would need to explain, and is its own slug', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const slug = toSlug(text);
      expect(slug).toMatch(/^[\p{L}\p{M}\p{N}-]*$/u);
      expect(slug.startsWith('-') || slug.endsWith('-')).toBe(false);
      expect(toSlug(slug)).toBe(slug);
    }),
  );
});

describe('toTag', () => {
  test.each([
    ['static site', 'StaticSite', 'staticsite'],
    ['StaticSite', 'StaticSite', 'staticsite'],
    ['web-dev', 'WebDev', 'webdev'],
    ['C++', 'Cpp', 'cpp'],
    ['C#', 'Csharp', 'csharp'],
    ['2024', '_2024', '2024'],
    ['#already', 'already', 'already'],
    ['日本語', '日本語', '日本語'],
    ['Müller', 'Müller', 'mueller'],
  ])('%s → #%s at /tags/%s/', (label, name, slug) => {
    expect(toTag(label)).toMatchObject({ name, slug });
  });

  test('nothing but punctuation is no tag', () => {
    expect(toTag('---')).toBeUndefined();
    expect(toTag('🦄')).toBeUndefined();
  });

  test('a name is one hashtag on the wire', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (label) => {
        const tag = toTag(label);
        if (tag) expect(tag.name).toMatch(/^[\p{L}\p{M}\p{N}_]*[\p{L}\p{M}_][\p{L}\p{M}\p{N}_]*$/u);
      }),
    );
  });
});

test('spellings of one tag are one tag, the first as written', () => {
  expect(uniqueTags(['static site', 'StaticSite', 'staticsite', 'other']).map(({ label }) => label)).toEqual([
    'static site',
    'other',
  ]);
});
