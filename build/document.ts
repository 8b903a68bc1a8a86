import type { ContentFile } from './content-files.ts';
import { type ContentDate, dateOfFolders } from './dates.ts';
import { readForeignMarkup } from './foreign-markup.ts';
import { type FrontMatter, lineAt, lineOfKey, parseFrontMatter } from './front-matter.ts';
import type { Fault } from './model.ts';
import { fillPattern } from './permalink-pattern.ts';
import {
  defaultPath,
  type NamedPlace,
  readPermalink,
  readPlace,
  readRedirect,
  readSlug,
  refusePath,
} from './permalinks.ts';
import { PLACEHOLDER } from './placeholder.ts';
import { plainText } from './plain-text.ts';
import { endOfPoll } from './poll-schema.ts';
import { type PostFields, readPostFields } from './post-schema.ts';
import { findMisfits, REFERENCES } from './relations.ts';
import { type ThreadPart, threadParts } from './thread-parts.ts';

/** The settings of the profile that change how a document is read. */
export interface DocumentDefaults {
  readonly language: string;
  readonly otherKeys: 'refuse' | 'ignore';
  readonly teaser: boolean;
  /** The pattern for addresses of articles that name none. */
  readonly permalinks?: string | undefined;
  /** Whose day counts in such an address. */
  readonly timezone?: string | undefined;
}

/** One Markdown file whose front matter is read and whose body is not rendered yet. */
export interface DocumentHead {
  readonly file: ContentFile;
  readonly fields: PostFields;
  readonly slug: string;
  readonly key: string;
  readonly path: string;
  /** True when `path` follows from the slug: nobody wrote the address down. */
  readonly named: boolean;
  readonly redirects: readonly string[];
  readonly language: string;
  readonly title?: string;
  readonly published?: string;
  /** The day that tells posts of one name apart: the file name's, else that of `published`. */
  readonly day?: string;
  readonly dateOnly: boolean;
  readonly updated?: string;
  readonly body: string;
  /** 1-based line of the body's first line. */
  readonly bodyLine: number;
  /** Of a thread, two and more: each becomes a post. Their lines are those of the body. */
  readonly parts?: readonly ThreadPart[];
  /** RFC 3339 UTC. */
  readonly pollEnds?: string;
  /** For a fault that is found later: the line where the file has this field, under whatever name. */
  lineOf(field: string, ...within: readonly string[]): number;
}

export interface DocumentResult {
  /** Absent for a draft, for a post that has only the placeholder for a text, and for a file whose front matter cannot be split. */
  readonly head?: DocumentHead;
  /** False when the head lacks fields that could not be read: it serves to find what else is wrong with the file. */
  readonly sound?: boolean;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Reads one file up to its body. All that is wrong with its front matter comes back at once. */
export function readHead(file: ContentFile, text: string, defaults: DocumentDefaults): DocumentResult {
  const split = parseFrontMatter(text);
  if (!split.ok) return { faults: [{ file: file.source, line: split.line, message: split.message }], warnings: [] };
  const place = readPlace(file.source, defaults.language);
  const options = { otherKeys: defaults.otherKeys, splitAtSpaces: place.dated };
  const { fields, names, sound, faults: keyFaults } = readPostFields(split.frontMatter.data, options);
  const frontMatter = withoutQuoted(split.frontMatter, fields);
  const at = (path: readonly (string | number)[]): number =>
    frontMatter.format === 'none' ? 1 : lineOfKey(frontMatter, path);
  const faults: Fault[] = keyFaults.map(({ path, message }) => ({ file: file.source, line: at(path), message }));
  const warnings: Fault[] = [];
  if (fields.draft === true || fields.permalink === false) return { faults, warnings };
  if (isUnwritten(file, frontMatter)) return { faults, warnings: [unwritten(file, frontMatter)] };
  const head = makeHead({
    file,
    fields,
    frontMatter,
    place,
    defaults,
    language: fields.lang ?? place.language ?? defaults.language,
    lineOf: (field, ...within) => at([names.get(field) ?? field, ...within]),
    // With a key misread, what seems missing may only be misspelt: say the first thing first.
    whole: keyFaults.length === 0,
    complain: (line, message) => faults.push({ file: file.source, line, message }),
    warn: (line, message) => warnings.push({ file: file.source, line, message }),
  });
  return { head, sound, faults, warnings };
}

const COMMENT = /^\s*<!--[\s\S]*?-->[ \t]*\n?/;

/** What `npm run reply` quotes above the text is for whoever writes. */
function withoutQuoted(frontMatter: FrontMatter, fields: PostFields): FrontMatter {
  const refers = REFERENCES.some((field) => fields[field] !== undefined);
  return refers ? { ...frontMatter, body: frontMatter.body.replace(COMMENT, '') } : frontMatter;
}

/** The one text that surely nobody wants to send. */
function isUnwritten({ kind }: ContentFile, { body }: FrontMatter): boolean {
  return kind !== 'page' && body.trim() === PLACEHOLDER;
}

function unwritten({ source }: ContentFile, { text, body }: FrontMatter): Fault {
  const line = lineAt(text, text.length - body.trimStart().length);
  return {
    file: source,
    line,
    message: `it says only "${PLACEHOLDER}", as npm run new wrote it, and is left out like a draft; write its text there`,
  };
}

interface Reading {
  readonly file: ContentFile;
  readonly fields: PostFields;
  readonly frontMatter: FrontMatter;
  readonly place: NamedPlace;
  readonly defaults: DocumentDefaults;
  readonly language: string;
  readonly whole: boolean;
  lineOf(field: string, ...within: readonly string[]): number;
  complain(line: number, message: string): void;
  warn(line: number, message: string): void;
}

function makeHead(reading: Reading): DocumentHead {
  const { file, fields, frontMatter, place, language, lineOf } = reading;
  const slug = nameDocument(reading);
  const { title, body: written } = titleOf(reading);
  const bodyLine = lineAt(frontMatter.text, frontMatter.text.length - written.length);
  const { body, warnings } = readForeignMarkup(written, frontMatter.data);
  for (const { line, message } of warnings) reading.warn(bodyLine + line - 1, message);
  const date = fields.date ?? place.date ?? dateOfAddress(fields);
  if (reading.whole) missOut(reading, title, date?.instant);
  const updated = fields.updated?.instant;
  for (const { field, message } of findMisfits(file.kind, fields)) reading.complain(lineOf(field), message);
  const parts = fields.thread === true ? threadParts(body) : [];
  return {
    file,
    fields,
    slug,
    // A slug in another script is a fine key too: whoever makes the object's id percent-encodes it.
    key: fields.id ?? slug,
    ...placeDocument(reading, slug, date),
    language,
    ...(title === undefined ? {} : { title }),
    ...(date === undefined ? {} : { published: date.instant, day: (place.date ?? date).instant.slice(0, 10) }),
    dateOnly: date?.dateOnly ?? false,
    // GoToSocial refuses an object whose `updated` lies before `published`.
    ...(updated !== undefined && date !== undefined && updated > date.instant ? { updated } : {}),
    body,
    bodyLine,
    ...(parts.length > 1 ? { parts } : {}),
    ...pollOf(reading, date),
    lineOf,
  };
}

function pollOf({ fields, lineOf, complain }: Reading, date: ContentDate | undefined): { pollEnds?: string } {
  if (fields.poll === undefined || date === undefined) return {};
  const end = endOfPoll(fields.poll, date);
  if ('ends' in end) return { pollEnds: end.ends };
  complain(lineOf('poll', 'ends'), end.fault);
  return {};
}

function missOut({ file, complain }: Reading, title: string | undefined, date: string | undefined): void {
  if (title === undefined && file.kind !== 'note') {
    complain(1, 'a title is missing, and the file name has no words for one; add "title: …" to the front matter');
  }
  if (date === undefined && file.kind !== 'page') {
    complain(1, 'a date is missing; add "date: 2024-05-06" (the time is optional), or begin the file name with it');
  }
}

/** Zola's blogs may keep the day in `path` alone. */
function dateOfAddress({ permalink, slug }: PostFields): ContentDate | undefined {
  return dateOfFolders(typeof permalink === 'string' ? permalink : (slug ?? ''));
}

/** A slug that is a dated address (`2024/05/06/name`) says where the page is; its last part is the name. */
function splitSlug(slug: string): { name: string; address?: string } {
  const match = DATED_ADDRESS.exec(slug);
  return match?.[1] === undefined ? { name: slug } : { name: match[1], address: slug };
}

const DATED_ADDRESS = /^\/?\d{4}\/\d{1,2}\/\d{1,2}\/([^/]+)\/?$/;

function nameDocument({ fields, place, lineOf, complain }: Reading): string {
  const slug = fields.slug === undefined ? place.slug : readSlug(splitSlug(fields.slug).name);
  if (slug === '') {
    const line = fields.slug === undefined ? 1 : lineOf('slug');
    complain(line, 'no slug can be made of this name; add "slug: …" with letters or digits');
  }
  return slug;
}

function placeDocument(
  reading: Reading,
  slug: string,
  date: ContentDate | undefined,
): Pick<DocumentHead, 'path' | 'named' | 'redirects'> {
  const { file, fields, place, lineOf, complain, warn } = reading;
  const patterned = patternedPath(reading, slug, date);
  const redirects = (fields.redirects ?? []).map(readRedirect).filter((path) => path !== undefined);
  redirects.push(...(fields.permalink === undefined ? (patterned?.redirects ?? []) : []));
  let path = patterned?.path ?? defaultPath(file.kind, slug, place.folders);
  let named = patterned === undefined;
  const permalink = fields.permalink ?? splitSlug(fields.slug ?? '').address;
  if (typeof permalink === 'string') {
    const result = readPermalink(permalink);
    if (result.ok) {
      path = result.path;
      named = false;
      redirects.push(...result.redirects);
    } else if (result.template) warn(lineOf('permalink'), `${result.message}; the page is at ${path}`);
    else complain(lineOf('permalink'), result.message);
  }
  const refusal = refusePath(path);
  if (refusal !== undefined && slug !== '') complain(lineOf('permalink'), refusal);
  return { path, named, redirects: [...new Set(redirects)].filter((old) => old !== path) };
}

/** The address that the profile's pattern gives an article. */
function patternedPath({ file, defaults }: Reading, slug: string, date: ContentDate | undefined) {
  const { permalinks, timezone = 'UTC' } = defaults;
  if (permalinks === undefined || file.kind !== 'article') return undefined;
  const filled = fillPattern(permalinks, { slug, date, timezone });
  const read = filled === undefined ? undefined : readPermalink(filled);
  return read?.ok ? read : undefined;
}

const HEADING = /^\s*(?:# +(.+?)(?: +#+)? *(?:\n|$)|(\S.*)\n=+ *(?:\n|$))/;

/**
 * A body that begins with a first-level heading names a post that has no title; the page prints the title itself. Else
 * the file name does, as in Jekyll, and the owner is told.
 */
function titleOf({ frontMatter, fields, file, place, whole, warn }: Reading): { title?: string; body: string } {
  const { body } = frontMatter;
  if (fields.title !== undefined && fields.title !== '') return { title: plainText(fields.title), body };
  if (file.kind === 'note') return { body };
  const heading = HEADING.exec(body);
  const text = plainTitle(heading?.[1] ?? heading?.[2] ?? '');
  if (heading && text !== '') return { title: text, body: body.slice(heading[0].length) };
  const title = titleOfName(place.name);
  if (title === '') return { body };
  if (whole) warn(1, `it has no title and is called "${title}" after its file; add "title: …" to call it otherwise`);
  return { title, body };
}

/** The words of a line of Markdown, without its marks. */
function plainTitle(text: string): string {
  return text
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\s*\{#[^}]*\}\s*$/, '')
    .replace(/(`+)(.+?)\1/g, '$2')
    .replace(/(?<![\p{L}\p{N}])(\*\*|__|\*|_)(\S|\S.*?\S)\1(?![\p{L}\p{N}])/gu, '$2')
    .trim();
}

function titleOfName(name: string): string {
  if (!/\p{L}/u.test(name)) return '';
  const text = name.replace(/[-_\s]+/g, ' ').trim();
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0);
  return first.toUpperCase() + text.slice(first.length);
}
