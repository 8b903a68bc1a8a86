import { z } from 'zod';
import { parseDate } from './dates.ts';
import { type Field, meaningOfKey, nearestName } from './front-matter-keys.ts';
import { readPoll } from './poll-schema.ts';
import { address, markdownFile, reference } from './reference-schema.ts';
import { asText, fail } from './schema-values.ts';

/** Something wrong with one key; the caller adds the file and finds the line. */
export interface KeyFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** How unknown keys are met, and how the file is named. */
export interface PostSchemaOptions {
  readonly otherKeys: 'refuse' | 'ignore';
  /** Files named `2024-05-06-slug.md`: Jekyll splits a list of tags without commas at its spaces. */
  readonly splitAtSpaces: boolean;
}

const flag = z.unknown().transform((value, context) => {
  const result = readFlag(value);
  if (result !== undefined) return result;
  return fail(context, value, 'is neither true nor false');
});

const text = z.unknown().transform((value, context) => {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return fail(context, value, 'must be text; put it in quotes');
});

const date = z.unknown().transform((value, context) => {
  const result = parseDate(typeof value === 'string' ? value : JSON.stringify(value));
  return result.ok ? result.date : fail(context, value, `: ${result.message}`);
});

const lang = z.unknown().transform((value, context) => {
  const tag = typeof value === 'string' ? languageTag(value) : undefined;
  return tag ?? fail(context, value, 'is not a language tag; write one such as en, de or pt-BR');
});

const image = z.unknown().transform((value, context) => {
  const found = readImage(value);
  return found === undefined ? fail(context, value, 'must be the path of a picture, or src and alt') : found;
});

const WAYS = ['silent', 'update', 'never'] as const;

const federate = z.unknown().transform((value, context) => {
  const plain = readFlag(value);
  if (plain !== undefined) return plain;
  const way = asText(value).trim().toLowerCase();
  if (way === 'never') return false;
  if (way === 'silent' || way === 'update') return way;
  const nearest = nearestName(way, WAYS);
  const hint = nearest && nearest.edits <= 2 ? `; did you mean "${nearest.name}"?` : '';
  return fail(context, value, `must be true, false, silent (nobody is told what is new), update or never${hint}`);
});

const poll = z.unknown().transform((value, context) => {
  const read = readPoll(value);
  if (read.faults.length === 0 && read.poll) return read.poll;
  for (const { path, message } of read.faults)
    context.issues.push({ code: 'custom', message, path: [...path], input: value });
  return z.NEVER;
});

const postSchema = z.strictObject({
  title: text.optional(),
  date: date.optional(),
  updated: date.optional(),
  description: text.optional(),
  tags: z.array(z.string()).optional(),
  lang: lang.optional(),
  draft: flag.optional(),
  image: image.optional(),
  imageAlt: text.optional(),
  contentWarning: text.optional(),
  sensitive: flag.optional(),
  visibility: z
    .enum(['public', 'unlisted'], 'must be public or unlisted; for a post that nobody may see, set draft: true')
    .optional(),
  id: text
    .pipe(
      z
        .string()
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9_-]{0,119}$/,
          'must be up to 120 letters, digits, - and _; it becomes part of the address of the post for ever',
        ),
    )
    .optional(),
  slug: text.optional(),
  permalink: z.union([z.literal(false), text]).optional(),
  federate: federate.optional(),
  pinned: flag.optional(),
  teaser: flag.optional(),
  redirects: z.array(z.string()).optional(),
  inReplyTo: reference.optional(),
  likeOf: reference.optional(),
  repostOf: reference.optional(),
  quotationOf: reference.optional(),
  originalUrl: address.optional(),
  poll: poll.optional(),
  thread: flag.optional(),
  translationOf: markdownFile.optional(),
});

/** The front matter of a post as the build goes on with it; absent keys are absent or undefined. */
export type PostFields = z.output<typeof postSchema>;

export interface PostSchemaResult {
  readonly fields: PostFields;
  /** False when a value could not be read: `fields` is then empty. */
  readonly sound: boolean;
  /** The file's own name for each of our fields that it has. */
  readonly names: ReadonlyMap<string, string>;
  readonly faults: readonly KeyFault[];
}

/**
 * Reads a post's front matter, in the words of this or another generator. A key that nearly is a known one is always a
 * fault; another unknown key is one unless the profile says `otherKeys: ignore`. A key without a value is absent.
 */
export function readPostFields(data: Readonly<Record<string, unknown>>, options: PostSchemaOptions): PostSchemaResult {
  const faults: KeyFault[] = [];
  const found = new Map<Field, { key: string; value: unknown; rank: number }>();
  const tags: { rank: number; value: unknown }[] = [];
  for (const key of Object.keys(data)) {
    const value = data[key];
    const meaning = meaningOfKey(key);
    if (meaning.kind === 'ignored') continue;
    if (meaning.kind !== 'field') {
      if (meaning.kind === 'typo' || options.otherKeys === 'refuse')
        faults.push({ path: [key], message: describeUnknown(key, meaning) });
      continue;
    }
    if (value === null || value === undefined || value === '') continue;
    if (meaning.field === 'tags') tags.push({ rank: meaning.rank, value });
    const entry = translate(meaning.field, key, value);
    const rival = entry && found.get(entry.field);
    if (entry && (!rival || rival.rank > meaning.rank))
      found.set(entry.field, { key, value: entry.value, rank: meaning.rank });
    else if (entry?.field === 'draft' && entry.value === true)
      found.set('draft', { key, value: true, rank: meaning.rank });
  }
  const input: Record<string, unknown> = {};
  for (const [field, { value }] of found) input[field] = value;
  if (tags.length > 0) input.tags = readTags(tags, options.splitAtSpaces);
  const names = new Map([...found].map(([field, { key }]) => [field, key]));
  const parsed = postSchema.safeParse(input);
  if (parsed.success) return { fields: parsed.data, names, sound: true, faults };
  for (const issue of parsed.error.issues) faults.push(asKeyFault(issue, names));
  return { fields: {}, names, sound: false, faults };
}

function describeUnknown(key: string, meaning: ReturnType<typeof meaningOfKey>): string {
  if (meaning.kind === 'typo') return `unknown key "${key}"; did you mean "${meaning.nearest}"?`;
  const nearest =
    meaning.kind === 'unknown' && meaning.nearest ? `; the nearest known one is "${meaning.nearest}"` : '';
  return `unknown key "${key}"${nearest}. Remove it, or add the line "otherKeys: ignore" to profile.md to read over such keys in every post`;
}

/**
 * Brings another generator's key and value to our own; undefined when it says nothing. What its author kept from the
 * public (`private`, `hidden`, `password`) is a draft: it must not be published by a move.
 */
function translate(field: Field, key: string, value: unknown): { field: Field; value: unknown } | undefined {
  const name = key.toLowerCase();
  if (field === 'tags') return undefined;
  // Jekyll and dev.to: `published: false` keeps a post back; elsewhere the key holds the date.
  if (name === 'published' && readFlag(value) !== undefined) return { field: 'draft', value: !readFlag(value) };
  if (name === 'password' || name === 'protected') return { field: 'draft', value: value !== false };
  if (name === 'status')
    return { field: 'draft', value: ['draft', 'private', 'pending', 'future'].includes(asText(value).toLowerCase()) };
  // Eleventy's names for a moment that no file holds: a build must not depend on the clock of a checkout.
  if (
    (field === 'date' || field === 'updated') &&
    typeof value === 'string' &&
    /^(git )?(last modified|created)$/i.test(value)
  )
    return undefined;
  if (name === 'sticky' && /^\d+$/.test(asText(value))) return { field, value: Number(value) > 0 };
  if (field === 'image' && (value === false || (Array.isArray(value) && value.length === 0))) return undefined;
  if (field === 'redirects') return { field, value: flatten(value) };
  return { field, value };
}

const NO_TAGS = new Set(['all', 'post', 'posts', 'uncategorized', 'uncategorised']);

/** All of tags, categories and taxonomies; `keywords` are for search engines and count only when nothing else does. */
function readTags(sources: readonly { rank: number; value: unknown }[], splitAtSpaces: boolean): string[] {
  const ordered = sources.toSorted((a, b) => a.rank - b.rank);
  const strong = ordered.filter(({ rank }) => rank < 5);
  const labels = (strong.length > 0 ? strong : ordered).flatMap(({ value }) => {
    if (typeof value === 'string') return value.split(value.includes(',') ? ',' : splitAtSpaces ? /\s+/ : /$^/);
    return flatten(value);
  });
  return labels.map((label) => label.trim()).filter((label) => label !== '' && !NO_TAGS.has(label.toLowerCase()));
}

function flatten(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(flatten);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(flatten);
  return value === null || value === undefined ? [] : [asText(value)];
}

function readImage(value: unknown): { src: string; alt?: string } | undefined {
  if (typeof value === 'string') return { src: value.trim() };
  if (Array.isArray(value)) return readImage(value[0]);
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = new Map(Object.entries(value));
  const pick = (...names: string[]): string | undefined =>
    names.map((name) => entries.get(name)).find((item) => typeof item === 'string' && item !== '');
  const src = pick('src', 'image', 'url', 'path', 'file', 'source', 'feature');
  const alt = pick('alt', 'imageAlt', 'alternative', 'caption');
  return src === undefined ? undefined : { src: src.trim(), ...(alt === undefined ? {} : { alt: alt.trim() }) };
}

/** YAML 1.1 said yes and no; those words reach us as text. */
export function readFlag(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  const word = asText(value).toLowerCase();
  if (word === 'true' || word === 'yes' || word === 'on' || word === '1') return true;
  return word === 'false' || word === 'no' || word === 'off' || word === '0' ? false : undefined;
}

const languageTags = new Map<string, string | undefined>();

/** Gives a BCP 47 tag in its canonical case; `en_US` is taken for `en-US`. */
export function languageTag(value: string): string | undefined {
  if (languageTags.has(value)) return languageTags.get(value);
  let tag: string | undefined;
  try {
    tag = Intl.getCanonicalLocales(
      value
        .trim()
        .replaceAll('_', '-')
        .replace(/\.utf-?8$/i, ''),
    )[0];
  } catch {
    tag = undefined;
  }
  languageTags.set(value, tag);
  return tag;
}

function asKeyFault(issue: z.core.$ZodIssue, names: ReadonlyMap<string, string>): KeyFault {
  const field = String(issue.path[0] ?? '');
  const key = names.get(field) ?? field;
  const message = issue.message.startsWith(':') ? issue.message : ` ${issue.message}`;
  return {
    path: [key, ...issue.path.slice(1).map((part) => (typeof part === 'number' ? part : String(part)))],
    message: `${key}${message}`,
  };
}
