import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlockEntry, readBlockList } from '../build/block-list.ts';
import { BLOCK_LISTS } from '../build/blocks.ts';
import { PosternError } from '../server/errors.ts';
import { codeOf, replaceFile } from '../server/private-files.ts';
import { oneLine } from './printable.ts';

/** A list of others in `blocklists/`. */
export interface SavedList {
  /** Relative to the content folder. */
  readonly file: string;
  /** Where it is kept up to date; absent for one that was copied from a file. */
  readonly url?: string;
  /** What its first line says of where it came from. */
  readonly source?: string;
  readonly text: string;
}

export interface ListChange {
  readonly came: readonly BlockEntry[];
  readonly went: readonly BlockEntry[];
}

const SOURCE = /^\uFEFF?# source: ([^\r\n]*)\r?\n?/;

/** Gives the lists of the content folder in the order of their names. */
export async function savedLists(contentFolder: string): Promise<SavedList[]> {
  let names: string[];
  try {
    names = readdirSync(join(contentFolder, BLOCK_LISTS));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
  const lists = names.filter((name) => /\.csv$/i.test(name) && !name.startsWith('.')).sort();
  return Promise.all(lists.map((name) => readSaved(contentFolder, `${BLOCK_LISTS}/${name}`)));
}

async function readSaved(contentFolder: string, file: string): Promise<SavedList> {
  const text = await readFile(join(contentFolder, file), 'utf8');
  const source = SOURCE.exec(text)?.[1]?.trim();
  const isUrl = source !== undefined && /^https?:\/\//i.test(source) && URL.canParse(source);
  return { file, text, ...(source === undefined ? {} : { source }), ...(isUrl ? { url: source } : {}) };
}

/** Gives the file that a list is kept in: named after what it came from, in letters that every system takes. */
export function listFile(name: string): string {
  const slug = name
    .replace(/\.csv$/i, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 80);
  return `${BLOCK_LISTS}/${slug === '' ? 'list' : slug}.csv`;
}

/** Gives a name for the list at an address: its host, and the last part of its path. */
export function nameOfUrl(url: string): string {
  const { hostname, pathname } = new URL(url);
  return `${hostname} ${pathname.split('/').findLast((part) => part !== '') ?? ''}`;
}

/**
 * Throws `not-a-block-list` for text that is none: a page where a list was, an empty file, or more lines that name nobody than
 * lines that do. What the lists of others hold is not taken unseen.
 */
export function assertList(text: string, from: string): void {
  const { damage, entries, faults } = readBlockList(text, from);
  if (!damage && entries.length > 0 && faults.length <= entries.length) return;
  const what = damage ?? faults[0];
  const why = what ? `line ${what.line}: ${oneLine(what.message)}` : 'it names nobody';
  throw new PosternError('not-a-block-list', `${from} is no list of blocks: ${why}.`, {
    hint: 'It must be CSV, as Mastodon and others export it: a domain or an account a line, with a header or without.',
    facts: { from },
  });
}

/** Writes a list with its source as the first line, and gives what is new in it and what is not in it any more. */
export async function saveList(
  contentFolder: string,
  { file, source, text }: { file: string; source: string; text: string },
  before: string | undefined,
): Promise<ListChange> {
  const body = text.replace(/^\uFEFF/, '').replace(SOURCE, '');
  const after = `# source: ${oneLine(source)}\n${body}${/[\r\n]$/.test(body) ? '' : '\n'}`;
  await replaceFile(join(contentFolder, file), after);
  return compareLists(before ?? '', after);
}

/** A line that says another word about the same name went, and came. */
export function compareLists(before: string, after: string): ListChange {
  const keyOf = ({ kind, name, severity }: BlockEntry): string => `${kind} ${name} ${severity}`;
  const [old, now] = [before, after].map((text) => readBlockList(text, BLOCK_LISTS).entries);
  const known = new Set(old?.map(keyOf));
  const kept = new Set(now?.map(keyOf));
  return {
    came: (now ?? []).filter((entry) => !known.has(keyOf(entry))),
    went: (old ?? []).filter((entry) => !kept.has(keyOf(entry))),
  };
}
