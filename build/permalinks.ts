import type { DocumentKind } from './content-files.ts';
import { type ContentDate, dateOfFolders, splitDatedName } from './dates.ts';
import { languageTag } from './post-schema.ts';
import { keepSlug, toSlug } from './slugs.ts';

/** What a file's name and place say. */
export interface NamedPlace {
  /** As the file or its folder is called, without date, language and ending. */
  readonly name: string;
  readonly slug: string;
  /** Folders between the kind's own and the file, as slugs: only pages keep them in their address. */
  readonly folders: readonly string[];
  readonly date?: ContentDate;
  /** From `slug.fr.md` (Hugo). */
  readonly language?: string;
  /** True for `2024-05-06-slug.md`. */
  readonly dated: boolean;
}

/** Reads `posts/2024-05-06-slug.md`, `posts/slug/index.md` and `posts/2024/05/06/slug.md`. */
export function readPlace(source: string, blogLanguage: string): NamedPlace {
  const parts = source.split('/').slice(1);
  const stem = (parts.pop() ?? '').replace(/\.[^.]+$/, '');
  const { name: own, language } = splitLanguage(stem);
  const bundle = own === 'index' && parts.length > 0;
  const name = bundle ? (parts.pop() ?? '') : own;
  const dated = splitDatedName(name);
  const base = toSlug(dated.rest);
  const foreign = language !== undefined && language !== blogLanguage;
  const date = dated.date ?? dateOfFolders(source);
  return {
    name: dated.rest,
    slug: foreign ? `${base}-${language.toLowerCase()}` : base,
    folders: parts.map(toSlug).filter((part) => part !== ''),
    ...(date === undefined ? {} : { date }),
    ...(language === undefined ? {} : { language }),
    dated: dated.date !== undefined,
  };
}

const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });

function splitLanguage(stem: string): { name: string; language?: string } {
  const match = /^(.+)\.([a-z]{2}(?:-[A-Za-z]{2,4})?)$/.exec(stem);
  const language = match?.[2] === undefined ? undefined : languageTag(match[2]);
  if (!match?.[1] || !language || languages.of(language) === undefined) return { name: stem };
  return { name: match[1], language };
}

/** The address of a page, and the older ones that lead to it. */
export type PermalinkResult =
  | { readonly ok: true; readonly path: string; readonly redirects: readonly string[] }
  | { readonly ok: false; readonly message: string; readonly template: boolean };

const RESERVED = new Set(['ap', 'media', 'tags', '.well-known', 'assets']);
// Not of a name that is nothing but dots before it: what is left must be a name.
const HTML_FILE = /(?<=[^.])\.html?$/;

// A scheme, another host, or characters that no path of a page holds.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const ELSEWHERE = /^[a-z][a-z0-9+.-]*:|^\/\/|[?#\\\0-\x1f]/i;

/** Pages that the theme makes itself. */
const TAKEN = new Set(['/posts/', '/notes/']);

/** Gives a document's own address: `/posts/<slug>/`, `/notes/<slug>/`, and a page's place in its folders. */
export function defaultPath(kind: DocumentKind, slug: string, folders: readonly string[]): string {
  const own = slug === 'index' ? folders : [...folders, slug];
  const parts = kind === 'page' ? own : [kind === 'article' ? 'posts' : 'notes', slug];
  return `/${parts.map((part) => `${encodeURI(part)}/`).join('')}`;
}

/**
 * Reads `permalink`. An address that ends in `.html` becomes one that ends in `/`, and the old one leads there. A
 * pattern for another generator to fill in (`{{ … }}`, `:title`) is no address: the caller takes the default one.
 */
export function readPermalink(value: string): PermalinkResult {
  if (/\{\{|\{%|(?:^|\/):[a-z]/.test(value))
    return { ok: false, template: true, message: `permalink "${value}" is a pattern for a template engine` };
  const plain = decode(value);
  if (ELSEWHERE.test(plain))
    return {
      ok: false,
      template: false,
      message: `permalink "${value}" must be a path on this site, such as /2024/hello/`,
    };
  const parts = plain.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..'))
    return { ok: false, template: false, message: `permalink "${value}" must not contain ".."` };
  if (/^index\.html?$/.test(parts.at(-1) ?? '')) parts.pop();
  const old = HTML_FILE.test(parts.at(-1) ?? '') ? [`/${parts.map(encodeURI).join('/')}`] : [];
  const last = parts.pop()?.replace(HTML_FILE, '');
  if (last !== undefined) parts.push(last);
  const path = `/${parts.map((part) => `${encodeURI(part)}/`).join('')}`;
  return { ok: true, path, redirects: old };
}

/** Says why an address cannot be a document's, or undefined. */
export function refusePath(path: string): string | undefined {
  if (TAKEN.has(path))
    return `its address ${path} is that of the list of posts or notes; choose another slug or permalink`;
  const first = path.split('/')[1] ?? '';
  if (first === '') return 'its address would be that of the home page; name the file or set permalink';
  if (RESERVED.has(decode(first)))
    return `its address ${path} is kept for the site's own files under /${first}/; choose another slug or permalink`;
  return undefined;
}

/** Brings an old address to a path of this site; undefined for one of another site or with a query. */
export function readRedirect(value: string): string | undefined {
  const plain = decode(value.trim());
  if (ELSEWHERE.test(plain) || plain.includes('{{')) return undefined;
  const parts = plain.split('/').filter((part) => part !== '' && part !== '.');
  // Decoded first: `%2e%2e` would lead out of the site's folder as well.
  if (parts.length === 0 || parts.includes('..')) return undefined;
  const isFile = /\.[A-Za-z0-9]{1,5}$/.test(parts.at(-1) ?? '') && !plain.endsWith('/');
  return `/${parts.map(encodeURI).join('/')}${isFile ? '' : '/'}`;
}

/** A slug as its author wrote it when it can be one; a `/` within becomes `-`. */
export function readSlug(value: string): string {
  return keepSlug(value.replace(/^\/+|\/+$/g, ''));
}

/** Percent-decodes what can be; half of a surrogate pair can be no part of a URL. */
function decode(value: string): string {
  const text = value.replace(/\p{Surrogate}/gu, '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
