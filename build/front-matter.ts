import matter from 'gray-matter';
import { boolCoreTag, FAILSAFE_SCHEMA, load, mergeTag, nullCoreTag, YAMLException } from 'js-yaml';
import { parse as parseToml, TomlDate, TomlError } from 'smol-toml';

/** One Markdown file, split. */
export interface FrontMatter {
  readonly data: Readonly<Record<string, unknown>>;
  readonly body: string;
  readonly format: Format;
  /** The whole file with `\n` line ends and no byte order mark: what the offsets below count in. */
  readonly text: string;
  readonly bodyOffset: number;
}

export type Format = 'yaml' | 'toml' | 'json' | 'none';

export type FrontMatterResult =
  | { readonly ok: true; readonly frontMatter: FrontMatter }
  | { readonly ok: false; readonly line: number; readonly message: string };

// Every plain scalar but true, false and null stays text: `date: 2024-05-06` is not a moment in some zone,
// `title: 1.10` is not 1.1, and an id of 007 is not 7.
const SCHEMA = FAILSAFE_SCHEMA.withTags(boolCoreTag, nullCoreTag, mergeTag);

const ENGINES = {
  yaml: (input: string) => asTable(load(input, { schema: SCHEMA })),
  toml: (input: string) => asTable(plainToml(parseToml(input, { unsafeKeyBehaviour: 'drop' }))),
  json: (input: string) => asTable(JSON.parse(input)),
  // gray-matter would evaluate the file's code.
  javascript: () => refuse('JavaScript front matter is not taken'),
};

const FENCES: Readonly<Record<string, { language: 'yaml' | 'toml' | 'json'; delimiter: string }>> = {
  '-': { language: 'yaml', delimiter: '---' },
  '+': { language: 'toml', delimiter: '+++' },
  ';': { language: 'json', delimiter: ';;;' },
};

class FrontMatterError extends Error {}

/**
 * Splits a Markdown file into front matter and body: YAML between `---`, TOML between `+++`, JSON between `;;;`, after
 * `---json`, or as a bare object at the head (Hugo). A file without front matter is all body. Never throws for what a
 * file says: a fault has its line.
 */
export function parseFrontMatter(source: string): FrontMatterResult {
  const text = normalise(source);
  const first = text[0] ?? '';
  if (first === '{') return parseBareJson(text);
  const fence = FENCES[first];
  if (!fence || !text.startsWith(fence.delimiter) || text[3] === first) return whole(text);
  const opening = /^(?:---|\+\+\+|;;;)[ \t]*([A-Za-z]*)[ \t]*(?:\n|$)/.exec(text);
  const language = opening?.[1]?.toLowerCase() ?? '';
  if (!opening || !['', 'yaml', 'yml', 'toml', 'json'].includes(language)) {
    return {
      ok: false,
      line: 1,
      message: `the first line opens front matter in a language that is not taken; use ${fence.delimiter} alone, with YAML, TOML or JSON`,
    };
  }
  if (!text.includes(`\n${fence.delimiter}`)) {
    return {
      ok: false,
      line: 1,
      message: `the front matter opened here is never closed; put ${fence.delimiter} on a line of its own after its last key`,
    };
  }
  try {
    const file = matter(text, { language: fence.language, delimiters: fence.delimiter, engines: ENGINES });
    const format = language === '' ? fence.language : language === 'yml' ? 'yaml' : language;
    return {
      ok: true,
      frontMatter: {
        data: file.data,
        body: file.content,
        format: asFormat(format),
        text,
        bodyOffset: text.length - file.content.length,
      },
    };
  } catch (error) {
    return { ok: false, ...describe(error, text.slice(text.indexOf('\n'))) };
  }
}

/** The 1-based line of an offset into `text`. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** The 1-based line where a key of the front matter stands, as near as a second look at the text can tell; else 1. */
export function lineOfKey(frontMatter: FrontMatter, path: readonly (string | number)[]): number {
  const lines = frontMatter.text.slice(0, frontMatter.bodyOffset).split('\n');
  let found = 0;
  for (const part of path) {
    const at =
      typeof part === 'number'
        ? findItem(lines, found + 1, part)
        : lines.findIndex((line, index) => index >= found && hasKey(line, part));
    if (at === -1) break;
    found = at;
  }
  return found + 1;
}

function hasKey(line: string, key: string): boolean {
  const at = line.indexOf(key);
  if (at === -1) return false;
  const before = line.slice(0, at).trimEnd();
  const after = line
    .slice(at + key.length)
    .replace(/^["']/, '')
    .trimStart();
  return /^[\s{,"'[.-]*(?:.*[{,]\s*["']?)?$/.test(before) && /^[:=\].]/.test(after);
}

function findItem(lines: readonly string[], from: number, index: number): number {
  let seen = -1;
  for (let at = from; at < lines.length; at += 1) {
    if (!/^\s*-(?!--)/.test(lines[at] ?? '')) continue;
    seen += 1;
    if (seen === index) return at;
  }
  return -1;
}

function normalise(source: string): string {
  const text = source.charCodeAt(0) === 0xfe_ff ? source.slice(1) : source;
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

function whole(text: string): FrontMatterResult {
  return { ok: true, frontMatter: { data: {}, body: text, format: 'none', text, bodyOffset: 0 } };
}

function parseBareJson(text: string): FrontMatterResult {
  // `{` at the head of prose (a shortcode, a brace) is no front matter; an object always goes on with a key or its end.
  if (!/^\{\s*["}]/.test(text)) return whole(text);
  const end = endOfObject(text);
  if (end === -1)
    return { ok: false, line: 1, message: 'the JSON front matter opened here is never closed; add the missing }' };
  try {
    const data = ENGINES.json(text.slice(0, end));
    const bodyOffset = text[end] === '\n' ? end + 1 : end;
    return { ok: true, frontMatter: { data, body: text.slice(bodyOffset), format: 'json', text, bodyOffset } };
  } catch (error) {
    return { ok: false, ...describe(error, text) };
  }
}

function endOfObject(text: string): number {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') depth += 1;
    else if (character === '}' && --depth === 0) return at + 1;
  }
  return -1;
}

function asTable(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value))
    return refuse('the front matter is not a list of "key: value" lines');
  return Object.fromEntries(Object.entries(value));
}

function refuse(message: string): never {
  throw new FrontMatterError(message);
}

function plainToml(value: unknown): unknown {
  if (value instanceof TomlDate) return value.toISOString();
  if (Array.isArray(value)) return value.map(plainToml);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainToml(item)]));
}

function asFormat(name: string): Format {
  return name === 'toml' || name === 'json' ? name : 'yaml';
}

/** gray-matter hands on what follows the opening fence, so that the parsers' line 1 (of 1) is the fence's own line. */
function describe(error: unknown, text: string): { line: number; message: string } {
  if (error instanceof YAMLException)
    return {
      line: (error.mark?.line ?? 0) + 1,
      message: `the YAML front matter cannot be read: ${error.reason}; put quotes around a value that holds a colon or a quote`,
    };
  if (error instanceof TomlError)
    return {
      line: error.line,
      message: `the TOML front matter cannot be read: ${(error.message.split('\n')[0] ?? '').replace(/^Invalid TOML document: /, '')}`,
    };
  if (error instanceof SyntaxError) {
    const [what = ''] = error.message.split(', ', 1);
    return {
      line: lineAt(text, placeOfJsonError(error.message, text)),
      message: `the JSON front matter cannot be read: ${what}`,
    };
  }
  return { line: 1, message: error instanceof Error ? error.message : String(error) };
}

/** V8 names either the position, or the token with ten characters of the text before it. */
function placeOfJsonError(message: string, text: string): number {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return Number(position);
  const [, token = '', cut, around = ''] =
    /^Unexpected token '(.)', (\.\.\.)?"([\s\S]*?)"(?:\.\.\.)? is not valid JSON$/u.exec(message) ?? [];
  const start = around === '' ? -1 : text.indexOf(around);
  return start === -1 ? 0 : start + (cut ? 10 : Math.max(0, around.indexOf(token)));
}
