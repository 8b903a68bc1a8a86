import { decodeEntities } from './html-entities.ts';

export type HtmlToken =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly type: 'close'; readonly name: string };

/** What is inside of these is no HTML: it ends at their own end tag, and nobody is to read it (HTML §13.1.2). */
const RAW: ReadonlySet<string> = new Set(
  'script style textarea title xmp iframe noembed noframes noscript plaintext'.split(' '),
);

/** The only attributes that are looked at. */
const READ: ReadonlySet<string> = new Set(['href', 'alt']);

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/**
 * Cuts HTML into text and tags. Comments, declarations and elements whose content is no HTML are left out with their
 * content; what is never closed goes on to the end. Names are in lower case, references resolved.
 *
 * Each character is looked at a bounded number of times, whatever the text is. Never fails (HTML §13.2.5, simplified;
 * Fedify CVE-2025-68475 was a regular expression over HTML).
 */
export function* htmlTokens(html: string): Generator<HtmlToken> {
  let at = 0;
  while (at < html.length) {
    const bracket = nextTag(html, at);
    if (bracket > at) yield { type: 'text', text: decodeEntities(html.slice(at, bracket)) };
    if (bracket === html.length) return;
    const tag = readTag(html, bracket);
    if (tag.token !== undefined) yield tag.token;
    at = tag.end;
  }
}

/** Where the next `<` stands that begins a tag, comment or declaration; every other one is text. */
function nextTag(html: string, from: number): number {
  for (let at = html.indexOf('<', from); at >= 0; at = html.indexOf('<', at + 1)) {
    const next = html.charCodeAt(at + 1);
    if (isLetter(next) || next === 33 || next === 63) return at;
    if (next === 47 && isLetter(html.charCodeAt(at + 2))) return at;
  }
  return html.length;
}

interface TagRead {
  readonly token?: HtmlToken;
  readonly end: number;
}

function readTag(html: string, at: number): TagRead {
  if (html.startsWith('<!--', at)) return { end: after(html, '-->', at + 2) };
  const isClose = html.charCodeAt(at + 1) === 47;
  if (!isClose && !isLetter(html.charCodeAt(at + 1))) return { end: after(html, '>', at) };
  const from = at + (isClose ? 2 : 1);
  const nameEnd = skipTo(html, from, isNameEnd);
  const name = html.slice(from, nameEnd).toLowerCase();
  const { attributes, end } = readAttributes(html, nameEnd);
  // A tag that is cut off is no tag, and what would follow it is not there.
  if (end === undefined) return { end: html.length };
  if (isClose) return { token: { type: 'close', name }, end };
  return RAW.has(name) ? { end: afterRaw(html, name, end) } : { token: { type: 'open', name, attributes }, end };
}

function readAttributes(
  html: string,
  from: number,
): { attributes: ReadonlyMap<string, string>; end: number | undefined } {
  let attributes: Map<string, string> | undefined;
  let at = from;
  for (;;) {
    at = skipTo(html, at, (code) => !isSpace(code) && code !== 47);
    if (at >= html.length) return { attributes: NO_ATTRIBUTES, end: undefined };
    if (html.charCodeAt(at) === 62) return { attributes: attributes ?? NO_ATTRIBUTES, end: at + 1 };
    // A name may begin with `=`: it is a part of it then.
    const nameEnd = skipTo(html, at + 1, (code) => isNameEnd(code) || code === 61);
    const name = html.slice(at, nameEnd).toLowerCase();
    const equals = skipTo(html, nameEnd, (code) => !isSpace(code));
    if (html.charCodeAt(equals) !== 61) {
      at = nameEnd;
      continue;
    }
    const value = readValue(
      html,
      skipTo(html, equals + 1, (code) => !isSpace(code)),
    );
    at = value.end;
    // Of two attributes with one name the first counts (HTML §13.2.5.33).
    if (READ.has(name) && !attributes?.has(name)) {
      attributes ??= new Map();
      attributes.set(name, decodeEntities(value.text));
    }
  }
}

function readValue(html: string, at: number): { text: string; end: number } {
  const quote = html[at];
  if (quote === '"' || quote === "'") {
    const close = html.indexOf(quote, at + 1);
    const end = close < 0 ? html.length : close;
    return { text: html.slice(at + 1, end), end: end + 1 };
  }
  const end = skipTo(html, at, (code) => isSpace(code) || code === 62);
  return { text: html.slice(at, end), end };
}

/** An element of this kind that never ends takes all that follows with it. */
function afterRaw(html: string, name: string, from: number): number {
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    const end = at + 2 + name.length;
    const isSame = html.slice(at + 2, end).toLowerCase() === name;
    if (isSame && (end >= html.length || isNameEnd(html.charCodeAt(end)))) return after(html, '>', end);
  }
  return html.length;
}

function after(html: string, mark: string, from: number): number {
  const at = html.indexOf(mark, from);
  return at < 0 ? html.length : at + mark.length;
}

function skipTo(html: string, from: number, isEnd: (code: number) => boolean): number {
  let at = from;
  while (at < html.length && !isEnd(html.charCodeAt(at))) at += 1;
  return at;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isNameEnd(code: number): boolean {
  return isSpace(code) || code === 47 || code === 62;
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}
