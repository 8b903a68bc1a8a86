import MarkdownIt, { type Env, type Token } from 'markdown-it';
import footnotes from 'markdown-it-footnote';
import { highlight } from './highlight.ts';
import { linkHashtags } from './markdown-hashtags.ts';
import { type FindPerson, type FoundMention, keepHandles, linkMentions, Mentions } from './markdown-mentions.ts';
import { captionFigures, nameHeadings } from './markdown-structure.ts';

/** A body after parsing and before rendering: its addresses can still be set. */
export interface ParsedMarkdown {
  readonly tokens: readonly Token[];
  readonly env: Env;
  /** As written, without `#`, in order. */
  readonly hashtags: readonly string[];
  /** In order. */
  readonly mentions: readonly FoundMention[];
  readonly pictures: readonly PictureReference[];
  readonly links: readonly LinkReference[];
}

/** A picture of the body. */
export interface PictureReference {
  /** The address as written, percent-decoding left to the reader. */
  readonly src: string;
  readonly alt: string;
  /** 1-based, within the body. */
  readonly line: number;
  /** Sets address and size; without a size only the address (a picture of another site keeps its own). */
  show(place: { readonly src: string; readonly width?: number; readonly height?: number }): void;
}

/** A link of the body. */
export interface LinkReference {
  readonly href: string;
  readonly line: number;
  point(href: string): void;
}

export interface ParseOptions {
  /** Makes the anchors of footnotes unique where several posts share a page. */
  readonly name: string;
  readonly hashtags: boolean;
  /** Makes links of mentions, when it is there. */
  readonly people?: FindPerson;
}

/** The one Markdown renderer: what it gives is the page, and what peers get is made from that. */
export interface Markdown {
  parse(body: string, options: ParseOptions): ParsedMarkdown;
  render(parsed: ParsedMarkdown): string;
}

/** Addresses that encoding would leave as they are; most are, and parsing each costs more than the rest of its line. */
const PLAIN_URL = /^(?:https?:\/\/[a-z0-9.-]+(?::\d+)?(?=[/?#]|$))?[A-Za-z0-9\-._~!$&'()*+,;=@/?#]*$/;

/** Makes the renderer: CommonMark with tables, strikethrough, footnotes, bare URLs, raw HTML, hashtags and heading ids. */
export function createMarkdown(): Markdown {
  const md = new MarkdownIt({ html: true, linkify: true, typographer: false, highlight });
  md.use(footnotes);
  // `example.com` in prose is a name more often than a link; a scheme or www says which.
  md.linkify.set({ fuzzyEmail: false, fuzzyLink: false });
  const { normalizeLink } = md;
  md.normalizeLink = (url) => (PLAIN_URL.test(url) ? url : normalizeLink.call(md, url));
  md.core.ruler.before('text_join', 'hashtags', linkHashtags);
  md.core.ruler.before('hashtags', 'mentions', linkMentions);
  md.inline.ruler.before('emphasis', 'handles', keepHandles);
  md.core.ruler.push('heading_ids', nameHeadings);
  md.core.ruler.push('figures', captionFigures);
  return {
    parse(body, { name, hashtags, people }) {
      const mentions = people && new Mentions(people);
      const env: Env = { docId: name, ...(hashtags ? { hashtags: [] } : {}), ...(mentions ? { mentions } : {}) };
      const tokens = md.parse(body, env);
      const found = { hashtags: asTexts(env.hashtags), mentions: mentions?.found ?? [] };
      return { tokens, env, ...found, ...collectReferences(tokens) };
    },
    render: ({ tokens, env }) => md.renderer.render([...tokens], md.options, env),
  };
}

function asTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

interface References {
  readonly pictures: PictureReference[];
  readonly links: LinkReference[];
}

function collectReferences(tokens: readonly Token[]): References {
  const found: References = { pictures: [], links: [] };
  let line = 1;
  for (const token of tokens) {
    if (token.map) line = token.map[0] + 1;
    if (token.type === 'html_block') collectHtml(token, line, found);
    if (token.type !== 'inline' || !token.children) continue;
    let breaks = 0;
    for (const child of token.children) {
      if (child.type === 'softbreak' || child.type === 'hardbreak') breaks += 1;
      else if (child.type === 'image') found.pictures.push(pictureOf(child, line + breaks));
      else if (child.type === 'link_open') found.links.push(linkOf(child, line + breaks));
      else if (child.type === 'html_inline') collectHtml(child, line + breaks, found);
    }
  }
  return found;
}

function pictureOf(token: Token, line: number): PictureReference {
  return {
    src: String(token.attrGet('src') ?? ''),
    alt: token.children?.map((child) => (child.type === 'softbreak' ? ' ' : child.content)).join('') ?? '',
    line,
    show({ src, width, height }) {
      token.attrSet('src', src);
      if (width !== undefined) token.attrSet('width', width);
      if (height !== undefined) token.attrSet('height', height);
      token.attrSet('loading', 'lazy');
    },
  };
}

function linkOf(token: Token, line: number): LinkReference {
  return { href: String(token.attrGet('href') ?? ''), line, point: (href) => token.attrSet('href', href) };
}

const HTML_PICTURE = /<img\b[^>]*>/gi;

const HTML_LINK =
  /(<(?:a|audio|embed|iframe|source|video)\b[^>]*?\s(?:href|src)\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)[^>]*>/gi;

/** What raw HTML shows and leads to; players count as links: a file of theirs is copied likewise. */
function collectHtml(token: Token, line: number, found: References): void {
  collectHtmlPictures(token, line, found);
  if (!/\s(?:href|src)\s*=/i.test(token.content)) return;
  for (const match of token.content.matchAll(HTML_LINK)) {
    const [tag, before = '', written = ''] = match;
    found.links.push({
      href: decodeAttribute(written.replace(/^["']|["']$/g, '')),
      line: line + countBreaks(token.content.slice(0, match.index)),
      point(href) {
        token.content = token.content.replace(
          tag,
          () => `${before}"${escapeAttribute(href)}"${tag.slice(before.length + written.length)}`,
        );
      },
    });
  }
}

function countBreaks(text: string): number {
  return text.match(/\n/g)?.length ?? 0;
}

function collectHtmlPictures(token: Token, line: number, found: References): void {
  if (!/<img\b/i.test(token.content)) return;
  for (const match of token.content.matchAll(HTML_PICTURE)) {
    const tag = match[0];
    const src = attributeOf(tag, 'src');
    if (!src) continue;
    found.pictures.push({
      src,
      alt: attributeOf(tag, 'alt') ?? '',
      line: line + countBreaks(token.content.slice(0, match.index)),
      show(place) {
        token.content = token.content.replace(tag, () => rewriteTag(tag, src, place));
      },
    });
  }
}

function rewriteTag(tag: string, src: string, place: { src: string; width?: number; height?: number }): string {
  let written = tag.replace(
    /(\ssrc\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)/i,
    (_, name: string) => `${name}"${escapeAttribute(place.src)}"`,
  );
  const add = (name: string, value: string | number | undefined): void => {
    if (value === undefined || attributeOf(tag, name) !== undefined) return;
    written = written.replace(/\s*\/?>$/, (end) => ` ${name}="${value}"${end.trim()}`);
  };
  if (src !== place.src && attributeOf(tag, 'width') === undefined && attributeOf(tag, 'height') === undefined) {
    add('width', place.width);
    add('height', place.height);
  }
  add('loading', 'lazy');
  return written;
}

function attributeOf(tag: string, name: string): string | undefined {
  const match = new RegExp(String.raw`\s${name}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`, 'i').exec(tag);
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? undefined : decodeAttribute(value);
}

function decodeAttribute(value: string): string {
  return value
    .replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>');
}

function escapeAttribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
