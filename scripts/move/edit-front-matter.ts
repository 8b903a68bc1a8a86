import { isDeepStrictEqual } from 'node:util';
import { parseFrontMatter } from '../../build/front-matter.ts';

/** What a key shall be: text, a list of texts, or gone. */
export type Wanted = string | readonly string[] | undefined;

export type EditedText =
  | { readonly kind: 'edited'; readonly text: string }
  /** The file is in a form in which keys cannot be changed without touching the rest. */
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Sets keys of a front matter line by line. Lines of other keys, comments, body and line ends stay as they are; a key that has
 * its value already is not touched. What comes out is read again: a file in which anything else would change is refused.
 */
export function editFrontMatter(source: string, wanted: Readonly<Record<string, Wanted>>): EditedText {
  const before = parseFrontMatter(source);
  if (!before.ok) return { kind: 'refused', reason: `line ${before.line}: ${before.message}` };
  const { data, format, body } = before.frontMatter;
  const changes = Object.entries(wanted).filter(([key, value]) => !isDeepStrictEqual(meaningOf(data[key]), value));
  if (changes.length === 0) return { kind: 'edited', text: source };
  if (format !== 'yaml') {
    const what = format === 'none' ? 'it has no front matter' : `its front matter is ${format.toUpperCase()}`;
    return { kind: 'refused', reason: `${what}, and only YAML between --- is edited` };
  }
  const end = /\r\n/.test(source) ? '\r\n' : '\n';
  const lines = source.split(/\r\n|\n/);
  for (const [key, value] of changes) setKey(lines, key, value);
  const text = lines.join(end);
  const after = parseFrontMatter(text);
  const meant: Record<string, unknown> = { ...data, ...Object.fromEntries(changes) };
  for (const [key, value] of changes) if (value === undefined) delete meant[key];
  const isSound =
    after.ok && after.frontMatter.body === body && isDeepStrictEqual({ ...after.frontMatter.data }, meant);
  if (isSound) return { kind: 'edited', text };
  return { kind: 'refused', reason: 'its front matter is written in a way that cannot be edited line by line' };
}

/** A key without a value is as good as absent. */
function meaningOf(value: unknown): unknown {
  return value === null || value === '' ? undefined : value;
}

function setKey(lines: string[], key: string, value: Wanted): void {
  const end = lines.findIndex((line, index) => index > 0 && line.startsWith('---'));
  const at = lines.slice(0, end).findIndex((line) => new RegExp(`^(["']?)${key}\\1\\s*:(?:\\s|$)`).test(line));
  if (at === -1) {
    if (value !== undefined) lines.splice(end, 0, ...linesOf(key, value));
    return;
  }
  const length = 1 + continuedBy(lines.slice(0, end), at);
  const kept = typeof value === 'object' ? appended(lines.slice(at, at + length), value) : undefined;
  lines.splice(at, length, ...(kept ?? (value === undefined ? [] : linesOf(key, value))));
}

/** A list that only grows keeps its lines, and with them its comments. */
function appended(old: readonly string[], value: readonly string[]): string[] | undefined {
  const items = old.slice(1).filter((line) => /^\s*-\s/.test(line));
  const indent = /^(\s*)-/.exec(items[0] ?? '')?.[1];
  if (indent === undefined || !/:\s*(?:#.*)?$/.test(old[0] ?? '') || items.length >= value.length) return undefined;
  const isSame = items.every((line, index) => line.includes(value[index] ?? ''));
  return isSame ? [...old, ...value.slice(items.length).map((each) => `${indent}- ${asScalar(each)}`)] : undefined;
}

/** Lines below a key that belong to its value: they are indented, or the items of a list. */
function continuedBy(lines: readonly string[], at: number): number {
  let last = at;
  for (let next = at + 1; next < lines.length && /^(?:[ \t]|-(?:\s|$)|$)/.test(lines[next] ?? ''); next += 1) {
    if (lines[next]?.trim() !== '') last = next;
  }
  return last - at;
}

function linesOf(key: string, value: string | readonly string[]): string[] {
  if (typeof value === 'string') return [`${key}: ${asScalar(value)}`];
  return [`${key}:`, ...value.map((each) => `  - ${asScalar(each)}`)];
}

/** Quotes what YAML would not read as the same text (YAML 1.2 §7.3); JSON's strings are YAML's. */
function asScalar(value: string): string {
  const isPlain = /^[\p{L}_](?:[\p{L}\p{N}_.,/&+@~%?=-]|:(?! ))*$/u.test(value) && !value.endsWith(':');
  return isPlain && !/^(?:true|false|null|yes|no|on|off)$/i.test(value) ? value : JSON.stringify(value);
}
