import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { objectId } from '../../federation/addresses.ts';
import { type Keyed, type KnownIds, renewKeys } from '../../federation/restores.ts';

const ORIGIN = 'https://blog.example';
const id = (key: string, folder: 'posts' | 'notes' = 'posts'): string => objectId(ORIGIN, folder, key);
const post = (key: string, more: Partial<Keyed> = {}): Keyed => ({
  kind: 'article',
  key,
  source: `posts/${key}.md`,
  federate: true,
  ...more,
});
const retired = (...keys: string[]): KnownIds => ({ retired: new Set(keys.map((key) => id(key))) });
const keysOf = (posts: readonly Keyed[], known: KnownIds) => renewKeys(posts, ORIGIN, known).map(({ key }) => key);

describe('a post whose id is retired', () => {
  test('gets the next one, and says which it had', () => {
    expect(renewKeys([post('a'), post('b')], ORIGIN, retired('a'))).toEqual([
      { ...post('a'), key: 'a-2', restores: id('a') },
      post('b'),
    ]);
  });

  test('removed and restored twice → -3, after the second', () => {
    expect(renewKeys([post('a')], ORIGIN, retired('a', 'a-2'))).toMatchObject([{ key: 'a-3', restores: id('a-2') }]);
  });

  test('passes over an id that another post has, in whatever case', () => {
    expect(keysOf([post('a'), post('A-2')], retired('a'))).toEqual(['a-3', 'A-2']);
  });

  test('has notes and posts apart', () => {
    expect(keysOf([post('a'), post('a', { kind: 'note' })], retired('a'))).toEqual(['a-2', 'a']);
  });

  test('keeps it while it does not federate: nobody is told, and feeds know it', () => {
    expect(keysOf([post('a', { federate: false })], retired('a'))).toEqual(['a']);
    expect(keysOf([post('a', { federate: 'silent' })], retired('a'))).toEqual(['a-2']);
  });

  test('keeps the new one when a post of that name comes later', () => {
    const live = new Map([[id('part-2'), 'posts/part.md']]);
    const known = { ...retired('part'), live };
    const renewed = renewKeys([post('part'), post('part-2')], ORIGIN, known);
    expect(renewed.map(({ key }) => key)).toEqual(['part-2', 'part-2-2']);
    expect(renewed[1]).not.toHaveProperty('restores');
  });

  test('does not take the id of a post that has it already', () => {
    const live = new Map([[id('part-2'), 'posts/part-2.md']]);
    expect(keysOf([post('part'), post('part-2')], { ...retired('part'), live })).toEqual(['part-3', 'part-2']);
  });
});

test('no id is given twice and none is retired, whatever is retired and whoever would like what', () => {
  const keys = fc.uniqueArray(fc.constantFrom('a', 'a-2', 'a-3', 'a-2-2', 'b', 'b-2', 'A-4'), {
    selector: (key) => key.toLowerCase(),
  });
  const lives = fc.dictionary(fc.constantFrom('a', 'a-2', 'a-3', 'a-2-2', 'b-2'), fc.constantFrom('a', 'a-2', 'b'));
  fc.assert(
    fc.property(keys, fc.subarray(['a', 'a-2', 'a-3', 'b', 'a-2-3']), lives, (own, gone, told) => {
      const live = new Map(Object.entries(told).map(([key, source]) => [id(key), `posts/${source}.md`]));
      const known = { ...retired(...gone), live };
      const given = keysOf(
        own.map((key) => post(key)),
        known,
      );
      expect(new Set(given.map((key) => key.toLowerCase())).size).toBe(own.length);
      expect(given.filter((key) => known.retired.has(id(key)))).toEqual([]);
      expect(
        keysOf(
          own.map((key) => post(key)),
          known,
        ),
      ).toEqual(given);
    }),
  );
});
