import { escapeHtml } from './html-text.ts';

/**
 * The text of a remote post: a tree of a dozen elements. Remote HTML is read into it once (`readRichText`), stored as it,
 * and written out of it again, so that no other element or attribute can reach a page, whatever the reader made of the HTML.
 */
export type RichText = readonly RichNode[];

/** Text as a person reads it, not escaped; or an element. */
export type RichNode = string | RichElement;

export interface RichElement {
  readonly tag: RichTag;
  /** On `a` alone: an absolute http or https URL. */
  readonly href?: string;
  readonly children: readonly RichNode[];
}

export const RICH_TAGS = [
  'p',
  'br',
  'em',
  'strong',
  'del',
  'code',
  'pre',
  'blockquote',
  'ul',
  'ol',
  'li',
  'a',
] as const;

export type RichTag = (typeof RICH_TAGS)[number];

const KNOWN: ReadonlySet<string> = new Set(RICH_TAGS);

export interface RichTextOptions {
  /** Writes one piece of text as HTML; custom emoji are put in here. Escapes alone unless given. */
  readonly text?: (text: string) => string;
}

/**
 * Writes rich text as HTML: known elements, escaped text, links to http(s) alone with `rel="nofollow noopener ugc"`.
 *
 * It checks what it writes again, for a store can be changed by other hands: an element or address it does not know is
 * written as its text. Nesting ends at 32 levels. Never fails. (Security checks: HTML of remote comments; invariant 10)
 */
export function renderRichText(nodes: RichText, options: RichTextOptions = {}): string {
  return write(nodes, options.text ?? escapeHtml, 0);
}

/** Gives the text alone, one line for each block: for terminals, feeds and logs. Never fails. */
export function plainRichText(nodes: RichText): string {
  return flat(nodes, 0)
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}

const MAX_DEPTH = 32;
const BLOCKS: ReadonlySet<string> = new Set(['p', 'br', 'pre', 'blockquote', 'ul', 'ol', 'li']);

function write(nodes: RichText, text: (text: string) => string, depth: number): string {
  if (depth > MAX_DEPTH) return '';
  let html = '';
  for (const node of nodes) html += typeof node === 'string' ? text(node) : writeElement(node, text, depth);
  return html;
}

function writeElement({ tag, href, children }: RichElement, text: (text: string) => string, depth: number): string {
  if (tag === 'br') return '<br>';
  const inner = write(children, text, depth + 1);
  if (tag === 'a')
    return isWebUrl(href) ? `<a href="${escapeHtml(href)}" rel="nofollow noopener ugc">${inner}</a>` : inner;
  return KNOWN.has(tag) ? `<${tag}>${inner}</${tag}>` : inner;
}

function flat(nodes: RichText, depth: number): string {
  if (depth > MAX_DEPTH) return '';
  let text = '';
  for (const node of nodes) {
    if (typeof node === 'string') text += node;
    else text += BLOCKS.has(node.tag) ? `\n${flat(node.children, depth + 1)}\n` : flat(node.children, depth + 1);
  }
  return text;
}

/**
 * An address as nearly all are written: https, a host of plain labels in lower case, no port, no user, seven-bit characters.
 * It is its own normal form up to the third slash. An activity names a dozen, and each takes the URL parser microseconds.
 */
const PLAIN = /^https:\/\/(?:(?!xn--)[a-z0-9-]+\.)+(?!xn--)[a-z][a-z0-9-]*\/[\x21-\x7e]*$/;

/** Says whether an address is written so plainly that no parser has to look at it: then its text up to the third slash is its origin. */
export function isPlainWebUrl(value: string): boolean {
  return value.length <= MAX_URL && PLAIN.test(value);
}

const MAX_URL = 2_048;

/** Says whether an address may stand in a link: absolute, http or https, without a user. */
export function isWebUrl(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_URL) return false;
  if (isPlainWebUrl(value)) return true;
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}
