import type { ContentFile } from './content-files.ts';
import { readForeignMarkup } from './foreign-markup.ts';
import { type FrontMatter, lineAt, lineOfKey, parseFrontMatter } from './front-matter.ts';
import type { Fault } from './model.ts';
import {
  defaultPath,
  type NamedPlace,
  readPermalink,
  readPlace,
  readRedirect,
  readSlug,
  refusePath,
} from './permalinks.ts';
import { type KeyFault, type PostFields, readPostFields } from './post-schema.ts';

/** The settings of the profile that change how a document is read. */
export interface DocumentDefaults {
  readonly language: string;
  readonly otherKeys: 'refuse' | 'ignore';
  readonly teaser: boolean;
}

/** One Markdown file whose front matter is read and whose body is not rendered yet. */
export interface DocumentHead {
  readonly file: ContentFile;
  readonly fields: PostFields;
  readonly slug: string;
  readonly key: string;
  readonly path: string;
  readonly redirects: readonly string[];
  readonly language: string;
  readonly title?: string;
  readonly published?: string;
  readonly dateOnly: boolean;
  readonly updated?: string;
  readonly body: string;
  /** 1-based line of the body's first line. */
  readonly bodyLine: number;
  /** For a fault that is found later: the line where the file has this field, under whatever name. */
  lineOf(field: string): number;
}

export interface DocumentResult {
  /** Absent for a draft and for a file whose front matter cannot be split. */
  readonly head?: DocumentHead;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** Reads one file up to its body. All that is wrong with its front matter comes back at once. */
export function readHead(file: ContentFile, text: string, defaults: DocumentDefaults): DocumentResult {
  const split = parseFrontMatter(text);
  if (!split.ok) return { faults: [{ file: file.source, line: split.line, message: split.message }], warnings: [] };
  const { frontMatter } = split;
  const place = readPlace(file.source, defaults.language);
  const {
    fields,
    names,
    faults: keyFaults,
  } = readPostFields(frontMatter.data, {
    otherKeys: defaults.otherKeys,
    splitAtSpaces: place.dated,
  });
  const at = (...path: (string | number)[]): number =>
    frontMatter.format === 'none' ? 1 : lineOfKey(frontMatter, path);
  const faults: Fault[] = keyFaults.map((fault: KeyFault) => ({
    file: file.source,
    line: at(...fault.path),
    message: fault.message,
  }));
  const lineOf = (field: string): number => at(names.get(field) ?? field);
  const warnings: Fault[] = [];
  // With a key misread, what seems missing may only be misspelt: say the first thing first.
  if (faults.length > 0) return { faults, warnings };
  if (fields.draft === true || fields.permalink === false) return { faults, warnings };
  const complain = (line: number, message: string): number => faults.push({ file: file.source, line, message });
  const warn = (line: number, message: string): number => warnings.push({ file: file.source, line, message });
  const { slug, key } = nameDocument(fields, place, lineOf, complain);
  const address = placeDocument({ file, fields, place, slug }, lineOf, complain, warn);
  const { title, body: written } = titleOf(frontMatter, fields, file);
  const bodyLine = lineAt(frontMatter.text, frontMatter.text.length - written.length);
  const { body, warnings: foreign } = readForeignMarkup(written);
  for (const { line, message } of foreign) warn(bodyLine + line - 1, message);
  const date = fields.date ?? place.date;
  if (title === undefined && file.kind !== 'note')
    complain(1, `a title is missing; add "title: …" to the front matter`);
  if (date === undefined && file.kind !== 'page')
    complain(1, 'a date is missing; add "date: 2024-05-06" (the time is optional), or begin the file name with it');
  const updated = fields.updated?.instant;
  return {
    faults,
    warnings,
    head: {
      file,
      fields,
      slug,
      key,
      ...address,
      language: fields.lang ?? place.language ?? defaults.language,
      ...(title === undefined ? {} : { title }),
      ...(date === undefined ? {} : { published: date.instant }),
      dateOnly: date?.dateOnly ?? false,
      // GoToSocial refuses an object whose `updated` lies before `published`.
      ...(updated !== undefined && date !== undefined && updated > date.instant ? { updated } : {}),
      body,
      bodyLine,
      lineOf,
    },
  };
}

type Say = (line: number, message: string) => unknown;
type LineOf = (field: string) => number;

function nameDocument(fields: PostFields, place: NamedPlace, at: LineOf, complain: Say): { slug: string; key: string } {
  const slug = fields.slug === undefined ? place.slug : readSlug(fields.slug);
  if (slug === '')
    complain(
      fields.slug === undefined ? 1 : at('slug'),
      'no slug can be made of this name; add "slug: …" with letters or digits',
    );
  // A slug in another script is a fine address; an object's id is percent-encoded by its maker.
  return { slug, key: fields.id ?? slug };
}

interface Placed {
  readonly file: ContentFile;
  readonly fields: PostFields;
  readonly place: NamedPlace;
  readonly slug: string;
}

function placeDocument(
  { file, fields, place, slug }: Placed,
  at: LineOf,
  complain: Say,
  warn: Say,
): { path: string; redirects: string[] } {
  const redirects = (fields.redirects ?? []).map(readRedirect).filter((path) => path !== undefined);
  let path = defaultPath(file.kind, slug, place.folders);
  if (typeof fields.permalink === 'string') {
    const result = readPermalink(fields.permalink);
    if (result.ok) {
      path = result.path;
      redirects.push(...result.redirects);
    } else if (result.template) warn(at('permalink'), `${result.message}; the page is at ${path}`);
    else complain(at('permalink'), result.message);
  }
  const refusal = refusePath(path);
  if (refusal !== undefined && slug !== '') complain(at('permalink'), refusal);
  return { path, redirects: [...new Set(redirects)].filter((old) => old !== path) };
}

/** A body that begins with a first-level heading names a post that has no title; the page prints the title itself. */
function titleOf(frontMatter: FrontMatter, fields: PostFields, file: ContentFile): { title?: string; body: string } {
  const { body } = frontMatter;
  if (fields.title !== undefined && fields.title !== '') return { title: fields.title, body };
  const match = file.kind === 'note' ? null : /^\s*# +(.+?)(?: +#+)? *(?:\n|$)/.exec(body);
  return match?.[1] === undefined ? { body } : { title: match[1], body: body.slice(match[0].length) };
}
