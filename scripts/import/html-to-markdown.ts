import { gfm } from '@joplin/turndown-plugin-gfm';
import TurndownService from 'turndown';
import { readHandle } from '../../build/handles.ts';
import { EMPHASISED, emphasisText, INLINE } from './emphasis.ts';
import {
  escapeLine,
  escapeMarkdown,
  keepOuterSpace,
  linkAddress,
  linkTarget,
  mediaAddress,
} from './escape-markdown.ts';
import { addBlockTables } from './html-tables.ts';
import { simpleMarkdown } from './simple-html.ts';

export interface HtmlOptions {
  /** What relative addresses are relative to. */
  readonly baseUrl?: string;
  /** The `name` of a picture among the post's media, by its absolute address; undefined leaves the address as it is. */
  readonly picture?: (src: string) => string | undefined;
  /** The whole handle `@user@host` of somebody mentioned: by the words shown and the address they lead to. */
  readonly mention?: (shown: string, href: string) => string | undefined;
}

/** Elements whose text is nothing that anybody wrote for readers. */
const DROPPED = [
  'script',
  'style',
  'noscript',
  'template',
  'title',
  'head',
  'form',
  'button',
  'input',
  'select',
  'textarea',
  'svg',
  'object',
] as const;

const HASHTAG = /^#[\p{L}\p{N}\p{M}_]*[\p{L}_][\p{L}\p{N}\p{M}_]*$/u;
const WEB = /^(?:https?|mailto|gemini|xmpp|matrix|tel|geo):/i;

interface Link {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
}

interface Element extends Link {
  readonly nodeName: string;
}

/**
 * Turns the HTML of a post into Markdown that shows the same. The same HTML gives the same Markdown. Addresses that
 * Mastodon and Twitter show shortened stand whole; links that are hashtags are `#tag` again, those that are mentions a handle.
 */
export function htmlToMarkdown(html: string, options: HtmlOptions = {}): string {
  return finished(simple(html, options) ?? serviceOf(options).turndown(html));
}

/** The same for any HTML, by a tree of it. */
export function treeToMarkdown(html: string, options: HtmlOptions = {}): string {
  return finished(serviceOf(options).turndown(html));
}

function simple(html: string, options: HtmlOptions): string | undefined {
  const address: Address = (written) => absolute(written ?? '', options.baseUrl);
  return simpleMarkdown(html, {
    text: escapeMarkdown,
    link: (content, link) => linkText(content, link, address, options),
  });
}

function finished(text: string): string {
  const whole = text
    .replace(/^[ \t\n]+|[ \t\n]+$/g, '')
    .replace(BEGIN, (_, before: string) => (before === '' ? '[' : `\\${before}[`));
  // In code an entity is no space.
  return whole.includes('```') ? whole : keepOuterSpace(whole);
}

/** Stands where a link begins: behind these letters its bracket would begin a picture or a footnote. No text has it before a bare bracket. */
const LINK_BEGIN = '\ue000';
const BEGIN = new RegExp(`([!^]?)${LINK_BEGIN}\\[`, 'g');

/** Making one takes longer than using it; posts of one import share their options. */
const services = new WeakMap<HtmlOptions, TurndownService>();

function serviceOf(options: HtmlOptions): TurndownService {
  const known = services.get(options);
  if (known) return known;
  const made = createService(options);
  services.set(options, made);
  return made;
}

function createService(options: HtmlOptions): TurndownService {
  const service = new TurndownService({
    headingStyle: 'atx',
    hr: '---',
    bulletListMarker: '-',
    codeBlockStyle: 'fenced',
    emDelimiter: '*',
    br: '\\',
  });
  service.use(gfm);
  addBlockTables(service);
  service.escape = escapeMarkdown;
  service.remove([...DROPPED] as never);
  const address = (written: string | null): string => absolute(written ?? '', options.baseUrl);
  service.addRule('picture', {
    filter: 'img',
    replacement: (_, node) => pictureText(node as unknown as Element, address, options),
  });
  service.addRule('link', {
    filter: (node) => node.nodeName === 'A',
    replacement: (content, node) => linkText(content, node as unknown as Element, address, options),
  });
  service.addRule('emphasis', {
    filter: (node) => EMPHASISED.includes(node.nodeName),
    replacement: (content, node) => emphasisText(content, node),
  });
  service.addRule('break', {
    filter: 'br',
    replacement: (_, node) => (endsBlock(node) ? '' : '\\\n'),
  });
  service.addRule('item', {
    filter: 'li',
    replacement: (content, node) => itemText(content, node as unknown as Item),
  });
  service.addRule('player', {
    filter: ['iframe', 'video', 'audio', 'embed'] as never,
    replacement: (_, node) => playerText(node as unknown as Element, address),
  });
  return service;
}

function absolute(written: string, baseUrl: string | undefined): string {
  const trimmed = written.trim();
  if (trimmed === '' || trimmed.startsWith('#')) return trimmed;
  return URL.canParse(trimmed, baseUrl) ? (URL.canParse(trimmed) ? trimmed : new URL(trimmed, baseUrl).href) : trimmed;
}

type Address = (written: string | null) => string;

function pictureText(node: Element, address: Address, { picture }: HtmlOptions): string {
  const alt = escapeLine(node.getAttribute('alt') ?? '');
  // Emoji of a server are pictures that stand for a word.
  if (/\b(?:custom-emoji|emoji|wp-smiley)\b/.test(node.getAttribute('class') ?? '')) return alt;
  const src = address(node.getAttribute('src') ?? '');
  if (src === '' || src.startsWith('data:')) return alt;
  const name = picture?.(src);
  return `![${alt}](${name === undefined ? linkTarget(src) : mediaAddress(name)})`;
}

function linkText(content: string, node: Link, address: Address, options: HtmlOptions): string {
  const classes = (node.getAttribute('class') ?? '').split(/\s+/);
  const href = address(node.getAttribute('href'));
  const shown = (node.textContent ?? '').trim();
  if (classes.includes('mention') || node.getAttribute('rel') === 'tag') {
    if (HASHTAG.test(shown)) return shown;
    const handle = shown.startsWith('@') ? options.mention?.(shown, href) : undefined;
    // Whatever is no name would be Markdown, or HTML.
    if (handle !== undefined && readHandle(handle) !== undefined)
      return handle.replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\_');
  }
  if (content.trim() === '') return '';
  if (!WEB.test(href) && !href.startsWith('#') && !href.startsWith('/')) return content;
  if (isAddressOf(shown, href)) return `<${linkAddress(href)}>`;
  return `${/^\s*/.exec(content)?.[0] ?? ''}${LINK_BEGIN}[${content.trim()}](${linkTarget(href)})${/\s*$/.exec(content)?.[0] ?? ''}`;
}

/** True for a link that shows where it leads, whole or shortened. */
function isAddressOf(shown: string, href: string): boolean {
  if (!/^https?:/i.test(href)) return false;
  const bare = (text: string): string => text.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  if (bare(shown) === bare(href)) return true;
  return shown.endsWith('…') && shown.length > 8 && bare(href).startsWith(bare(shown.slice(0, -1)));
}

/** A backslash at the end of a paragraph is one: nothing comes after the line that it would end. */
function endsBlock(node: Node): boolean {
  for (let at: Node | null = node; at !== null; at = at.parentNode) {
    for (let next = at.nextSibling; next !== null; next = next.nextSibling) {
      if (next.nodeName === 'BR' || next.nodeType === 8) continue;
      if ((next.textContent ?? '').trim() !== '' || next.nodeName === 'IMG') return false;
    }
    if (at.parentNode !== null && !INLINE.has(at.parentNode.nodeName)) return true;
  }
  return true;
}

interface Item extends Element {
  readonly nextSibling: unknown;
  readonly parentNode: (Element & Siblings & { readonly children: ArrayLike<unknown> }) | null;
}

/** Two lists of a kind, one after the other, would be one: every other one has another mark (CommonMark §5.3). */
function followsSuch(list: Siblings): boolean {
  let isOther = false;
  for (let at = list.previousSibling; at !== null; at = at.previousSibling) {
    if (at.nodeName === list.nodeName) isOther = !isOther;
    else if ((at.textContent ?? '').trim() !== '') break;
  }
  return isOther;
}

interface Siblings {
  readonly nodeName: string;
  readonly textContent: string | null;
  readonly previousSibling: Siblings | null;
}

/** A list item as people write one: `- a`, `1. a`; what is below it in it is moved in as far as its own text. */
function itemText(content: string, node: Item): string {
  const list = node.parentNode;
  const start = Number(list?.getAttribute('start') ?? '1');
  const index = list ? Array.prototype.indexOf.call(list.children, node) : 0;
  const isOther = list !== null && followsSuch(list);
  const number = (Number.isInteger(start) && start >= 0 ? start : 1) + index;
  const mark = list?.nodeName === 'OL' ? `${number}${isOther ? ')' : '.'} ` : isOther ? '* ' : '- ';
  const text = content
    .replace(/^\n+/, '')
    .replace(/\n+$/, '')
    .replace(/\n(?=[^\n])/g, `\n${' '.repeat(mark.length)}`);
  return `${mark}${text}${node.nextSibling === null ? '' : '\n'}`;
}

function playerText(node: Element, address: Address): string {
  const src = address(node.getAttribute('src'));
  return WEB.test(src) ? `\n\n<${linkAddress(src)}>\n\n` : '';
}
