import slugify from '@sindresorhus/slugify';
import type { Tag } from './model.ts';

const VALID = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const ASCII = /^[ -~]*$/;
const LANGUAGE_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\+\+/g, 'pp'],
  [/(?<=^[A-Za-z])#/g, 'sharp'],
  [/^\.(?=[A-Za-z])/, 'dot'],
];

/** Gives the last part of an address for any title or file name; empty only when it holds no letter and no digit. */
export function toSlug(text: string): string {
  if (ASCII.test(text)) return joinWords(text.toLowerCase().replace(/'/g, ''), /[^a-z0-9]+/g);
  // Scripts that have no Latin spelling (Chinese, Japanese …) keep their letters: without them the slug would be empty,
  // or that of every other post on the same subject ("mysql-索引", "mysql-时区").
  return hasOwnLetters(text)
    ? joinWords(text.normalize('NFC').toLowerCase(), /[^\p{L}\p{M}\p{N}]+/gu)
    : slugify(text, { decamelize: false });
}

function hasOwnLetters(text: string): boolean {
  for (const [letter] of text.matchAll(/(?!\p{Script=Latin}|\p{Script=Cyrillic}|\p{Script=Greek})\p{L}/gu))
    if (slugify(letter) === '') return true;
  return false;
}

/** As `toSlug`, but a slug that is already one stays as its author wrote it. */
export function keepSlug(text: string): string {
  return VALID.test(text) ? text : toSlug(text);
}

/**
 * Makes a tag of what an author wrote. The name is what Mastodon takes as one hashtag: letters, digits and
 * underscores, with something that is not a digit. The slug follows from the name alone, so that "Static site" and
 * `#StaticSite` are one tag.
 */
export function toTag(label: string): Tag | undefined {
  if (made.has(label)) return made.get(label);
  const tag = makeTag(label);
  if (made.size < 10_000) made.set(label, tag);
  return tag;
}

// A blog has some dozens of tags, and each on many posts.
const made = new Map<string, Tag | undefined>();

function makeTag(label: string): Tag | undefined {
  let text = label.trim().replace(/^#+/, '').normalize('NFC');
  for (const [pattern, word] of LANGUAGE_NAMES) text = text.replace(pattern, word);
  const words = text.split(/[\s\-‐-―/·:,;.]+/u).map((word) => word.replace(/[^\p{L}\p{M}\p{N}_]/gu, ''));
  const filled = words.filter((word) => word !== '');
  let name = filled.length === 1 ? (filled[0] ?? '') : filled.map(capitalise).join('');
  if (name === '' || /^_+$/.test(name)) return undefined;
  if (/^\p{N}+$/u.test(name)) name = `_${name}`;
  const slug = toSlug(name).replaceAll('-', '');
  return slug === '' ? undefined : { name, label: label.trim().replace(/^#+/, ''), slug };
}

/** Gives each tag once, the first spelling winning. */
export function uniqueTags(labels: readonly string[]): Tag[] {
  const bySlug = new Map<string, Tag>();
  for (const label of labels) {
    const tag = toTag(label);
    if (tag && !bySlug.has(tag.slug)) bySlug.set(tag.slug, tag);
  }
  return [...bySlug.values()];
}

function capitalise(word: string): string {
  const first = String.fromCodePoint(word.codePointAt(0) ?? 0);
  return first.toUpperCase() + word.slice(first.length);
}

function joinWords(text: string, gap: RegExp): string {
  return text.replace(gap, '-').replace(/^-+|-+$/g, '');
}
