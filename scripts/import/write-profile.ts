import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseFrontMatter } from '../../build/front-matter.ts';
import { readProfileFields } from '../../build/profile-schema.ts';
import { replaceFile } from '../../server/private-files.ts';
import { scalarText } from './front-matter-text.ts';
import type { ImportedMedia, ImportedProfile } from './source.ts';
import type { MediaWriter } from './write-media.ts';

/** What was written into `profile.md`, and what it says already, so that the import's stays out. */
export interface WrittenProfile {
  readonly added: readonly string[];
  readonly kept: readonly string[];
}

const FILE = 'profile.md';

/** What Mastodon and the profile's own check take. */
const MOST_FIELDS = 50;
const LONGEST_NAME = 255;
const LONGEST_VALUE = 2_047;

/** Fills in what the profile does not say. Every line that is there stays; without a profile in YAML nothing is written. */
export async function writeProfile(
  profile: ImportedProfile,
  {
    contentFolder,
    media,
    write,
  }: { readonly contentFolder: string; readonly media: MediaWriter; readonly write: boolean },
): Promise<WrittenProfile> {
  const path = join(contentFolder, FILE);
  const text = readOrNothing(path);
  const parsed = parseFrontMatter(text);
  if (!parsed.ok || parsed.frontMatter.format !== 'yaml') return { added: [], kept: keysOf(profile) };
  const { data, bodyOffset, body } = parsed.frontMatter;
  const says = (key: string): boolean => data[key] !== undefined && data[key] !== null && data[key] !== '';
  const blocks = new Map<string, string>();
  for (const key of ['avatar', 'header'] as const) {
    const picture = profile[key];
    if (picture === undefined || says(key)) continue;
    const lines = await pictureLines(key, picture, media);
    if (lines !== undefined) blocks.set(key, lines);
  }
  const fields = usable(profile.fields ?? []);
  if (fields.length > 0 && !says('fields')) blocks.set('fields', fieldLines(fields));
  const bio = body.trim() === '' ? (profile.bio ?? '').trim() : '';
  const added = [...blocks.keys(), ...(bio === '' ? [] : ['bio'])];
  const kept = keysOf(profile).filter((key) => (key === 'bio' ? body.trim() !== '' : says(key)));
  if (added.length === 0) return { added, kept };
  const head = parsed.frontMatter.text.slice(0, bodyOffset);
  const fence = head.lastIndexOf('\n---');
  const after = `${head.slice(0, fence + 1)}${[...blocks.values()].join('')}${head.slice(fence + 1)}${bio === '' ? body : `\n${bio}\n`}`;
  // A profile that its owner wrote by hand may be of a form that lines cannot be put into.
  if (!isSound(after, data)) return { added: [], kept: keysOf(profile) };
  if (write) await replaceFile(path, after);
  return { added, kept };
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function keysOf({ name, bio, avatar, header, fields }: ImportedProfile): string[] {
  const has = {
    name: name !== undefined,
    bio: (bio ?? '').trim() !== '',
    avatar: avatar !== undefined,
    header: header !== undefined,
    fields: (fields ?? []).length > 0,
  };
  return Object.entries(has).flatMap(([key, is]) => (is ? [key] : []));
}

async function pictureLines(key: string, picture: ImportedMedia, media: MediaWriter): Promise<string | undefined> {
  const placed = await media.place(picture);
  if (placed.kind !== 'picture') return undefined;
  return `${key}:\n  src: ${scalarText(placed.path)}\n  alt: ${JSON.stringify(picture.alt.replace(/\s+/g, ' ').trim())}\n`;
}

type Fields = NonNullable<ImportedProfile['fields']>;

function usable(fields: Fields): Fields {
  const clean = (text: string, most: number): string => [...text.replace(/\s+/g, ' ').trim()].slice(0, most).join('');
  return fields
    .map(({ name, value }) => ({ name: clean(name, LONGEST_NAME), value: clean(value, LONGEST_VALUE) }))
    .filter(({ name, value }) => name !== '' && value !== '')
    .slice(0, MOST_FIELDS);
}

function fieldLines(fields: Fields): string {
  return `fields:\n${fields.map(({ name, value }) => `  - name: ${scalarText(name)}\n    value: ${scalarText(value)}\n`).join('')}`;
}

function isSound(text: string, before: Readonly<Record<string, unknown>>): boolean {
  const parsed = parseFrontMatter(text);
  if (!parsed.ok) return false;
  const { faults } = readProfileFields(parsed.frontMatter.data, true);
  return faults.length <= readProfileFields(before, true).faults.length;
}
