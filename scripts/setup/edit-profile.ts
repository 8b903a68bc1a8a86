import { isDeepStrictEqual } from 'node:util';
import { parseFrontMatter } from '../../build/front-matter.ts';

/** What the set-up asks for, under the keys of `profile.md`. */
export type Answers = Readonly<Record<AnswerKey, string>>;

export const ANSWER_KEYS = ['username', 'name', 'origin'] as const;
export type AnswerKey = (typeof ANSWER_KEYS)[number];

export interface Change {
  readonly key: AnswerKey;
  /** Absent when the key had no value. */
  readonly from?: string;
  readonly to: string;
}

export type Edited =
  | { readonly kind: 'edited'; readonly text: string; readonly changes: readonly Change[] }
  /** The file is in a form in which keys cannot be changed without touching the rest. */
  | { readonly kind: 'refused'; readonly reason: string };

const BODY = 'Write here who you are: people read it on your profile and on the home page.';

/** The profile of a blog that has none yet. */
export function newProfile(answers: Answers): string {
  const lines = ANSWER_KEYS.toReversed().map((key) => lineOf(key, answers[key]));
  return `---\n${lines.join('\n')}\nlanguage: en\n---\n\n${BODY}\n`;
}

/**
 * Puts answers into the front matter of a profile. Lines of other keys, comments, body and line ends stay as they are; a
 * key that has its value already is not touched, and one that is commented out takes the place of its comment. What comes
 * out is read again: a file in which anything else would change is refused.
 */
export function editProfile(source: string, answers: Partial<Answers>): Edited {
  const before = parseFrontMatter(source);
  if (!before.ok) return { kind: 'refused', reason: `line ${before.line}: ${before.message}` };
  const { data, format, body } = before.frontMatter;
  const changes = changesOf(data, answers);
  if (changes.length === 0) return { kind: 'edited', text: source, changes };
  if (format !== 'yaml') {
    const what = format === 'none' ? 'it has no front matter' : `its front matter is ${format.toUpperCase()}`;
    return { kind: 'refused', reason: `${what}, and only YAML between --- is edited` };
  }
  const end = /\r\n/.test(source) ? '\r\n' : '\n';
  const lines = source.split(/\r\n|\n/);
  for (const { key, to } of changes) putKey(lines, key, to);
  const text = lines.join(end);
  const after = parseFrontMatter(text);
  const wanted = { ...data, ...Object.fromEntries(changes.map(({ key, to }) => [key, to])) };
  const isSound =
    after.ok && after.frontMatter.body === body && isDeepStrictEqual({ ...after.frontMatter.data }, wanted);
  if (isSound) return { kind: 'edited', text, changes };
  return { kind: 'refused', reason: 'its front matter is written in a way that cannot be edited line by line' };
}

function changesOf(data: Readonly<Record<string, unknown>>, answers: Partial<Answers>): Change[] {
  return ANSWER_KEYS.flatMap((key) => {
    const [from, to] = [data[key], answers[key]];
    if (to === undefined || from === to) return [];
    return [{ key, to, ...(typeof from === 'string' && from !== '' ? { from } : {}) }];
  });
}

function putKey(lines: string[], key: AnswerKey, value: string): void {
  const end = lines.findIndex((line, index) => index > 0 && line.startsWith('---'));
  const head = lines.slice(0, end);
  const at = head.findIndex((line) => new RegExp(`^(["']?)${key}\\1\\s*:(?:\\s|$)`).test(line));
  if (at !== -1) {
    lines.splice(at, 1 + continuedBy(head, at), `${lineOf(key, value)}${commentOf(lines[at] ?? '')}`);
    return;
  }
  const commented = head.findIndex((line) => new RegExp(`^#\\s?${key}:\\s`).test(line));
  if (commented !== -1) lines[commented] = lineOf(key, value);
  else lines.splice(1, 0, lineOf(key, value));
}

/** Lines below a key that belong to its value: they are indented. */
function continuedBy(lines: readonly string[], at: number): number {
  let last = at;
  for (let next = at + 1; next < lines.length && /^(?:[ \t]|$)/.test(lines[next] ?? ''); next += 1) {
    if (lines[next]?.trim() !== '') last = next;
  }
  return last - at;
}

/** The comment at the end of `key: value # comment`. */
function commentOf(line: string): string {
  const match = /^[^:]*:\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:(?!\s#)[^"'|>])(?:(?!\s#).)*)?(\s+#.*)$/.exec(line);
  return match?.[1] ?? '';
}

function lineOf(key: AnswerKey, value: string): string {
  return `${key}: ${asScalar(value)}`;
}

/** Quotes what YAML would not read as the same text (YAML 1.2 §7.3); JSON's strings are YAML's. */
function asScalar(value: string): string {
  const isPlain = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_ .,'’!?()/&+-]|:(?! ))*$/u.test(value) && !/[ :]$/.test(value);
  return isPlain && !/^(?:true|false|null)$/i.test(value) ? value : JSON.stringify(value);
}
