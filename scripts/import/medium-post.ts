import render from 'dom-serializer';
import { DomUtils, type parseDocument } from 'htmlparser2';
import { parseDate } from '../../build/dates.ts';
import { readRedirect } from '../../build/permalinks.ts';
import { readTree } from './html-nodes.ts';

/** What a file of `posts/` says: an entry as microformats have one (h-entry), with Medium's own classes in its text. */
export interface MediumPost {
  readonly id: string;
  readonly isDraft: boolean;
  readonly title: string;
  /** True where the text begins with a heading, which is its title. Answers to others have none. */
  readonly hasHeading: boolean;
  readonly description: string;
  readonly published: string | undefined;
  /** Where it stands: at Medium, or where it was before. */
  readonly canonical: string | undefined;
  readonly html: string;
}

type Document = ReturnType<typeof parseDocument>;
type Element = Extract<Document['children'][number], { attribs: unknown }>;

/** `2019-01-09_Chewing-the-Twitter-feed-4fce463790f9.html`, `draft_A-title-e32a27b7855.html` */
const NAME = /(?:^|\/)(draft_|\d{4}-\d{2}-\d{2}_)?([^/]*?)-*([0-9a-f]{6,14})\.html$/;

/** Reads one. Undefined for what is none. */
export function readMedium(html: string, file: string): MediumPost | undefined {
  const [, kind = '', , id = ''] = NAME.exec(file) ?? [];
  const document = readTree(html);
  const body = document && byClass(document, 'e-content');
  if (document === undefined || body === undefined || id === '') return undefined;
  const title = wordsOf(byClass(document, 'p-name'));
  const heading = takeHeading(body, title);
  const subtitle = takeSubtitle(body);
  return {
    id,
    isDraft: kind === 'draft_',
    title,
    hasHeading: heading,
    description: subtitle || summaryOf(document, body),
    published: publishedIn(document, kind),
    canonical: addressOf(byClass(document, 'p-canonical')),
    html: render(body.children, { encodeEntities: 'utf8' }),
  };
}

function byClass(parent: Document | Element, name: string): Element | undefined {
  return allByClass(parent, name)[0];
}

function allByClass(parent: Document | Element, name: string): Element[] {
  return DomUtils.findAll(({ attribs }) => (attribs.class ?? '').split(/\s+/).includes(name), parent.children);
}

function wordsOf(node: Element | undefined): string {
  return node === undefined ? '' : DomUtils.textContent(node).replace(/\s+/g, ' ').trim();
}

/** The text repeats its title, below a line that parts nothing. */
function takeHeading(body: Element, title: string): boolean {
  const [divider] = allByClass(body, 'section-divider');
  if (divider !== undefined) DomUtils.removeElement(divider);
  const said = byClass(body, 'graf--title');
  const first = DomUtils.findOne(({ name }) => /^(?:h[1-6]|p|blockquote|pre|ul|ol)$/.test(name), body.children);
  const heading =
    said ?? (first !== null && /^h[1-6]$/.test(first.name) && same(wordsOf(first), title) ? first : undefined);
  if (heading === undefined) return false;
  if (same(wordsOf(heading), title)) DomUtils.removeElement(heading);
  return true;
}

/** A long title is cut in the head of the page. */
function same(heading: string, title: string): boolean {
  return heading === title || (title.endsWith('…') && heading.startsWith(title.slice(0, -1)));
}

function takeSubtitle(body: Element): string {
  const subtitle = byClass(body, 'graf--subtitle');
  if (subtitle === undefined) return '';
  DomUtils.removeElement(subtitle);
  return wordsOf(subtitle);
}

/** Where there is no subtitle, Medium takes the beginning of the text, which says nothing new. */
function summaryOf(document: Document, body: Element): string {
  const summary = wordsOf(byClass(document, 'p-summary'));
  return wordsOf(body).startsWith(summary.replace(/…$/, '').trim()) ? '' : summary;
}

function publishedIn(document: Document, kind: string): string | undefined {
  const said = byClass(document, 'dt-published')?.attribs.datetime;
  // A draft has no date but that of the export, nor has a file that somebody made by hand.
  const exported = /Exported from Medium on ([A-Z][a-z]+ \d{1,2}, \d{4})/.exec(footerOf(document))?.[1];
  for (const date of [said, /^\d/.test(kind) ? kind.slice(0, 10) : undefined, exported]) {
    const read = parseDate(date ?? '');
    if (read.ok) return read.date.instant;
  }
  return undefined;
}

function footerOf(document: Document): string {
  return DomUtils.getElementsByTagName('footer', document).map(wordsOf).join(' ');
}

function addressOf(link: Element | undefined): string | undefined {
  const href = link?.attribs.href?.trim() ?? '';
  return /^https?:\/\/\S+$/i.test(href) && URL.canParse(href) ? href : undefined;
}

/** The path of a post that stood under a domain of its author's, who may bring it along. */
export function redirectsOf(canonical: string): string[] {
  const { hostname, pathname } = new URL(canonical);
  if (/(?:^|\.)medium\.com$/.test(hostname) || pathname === '/' || readRedirect(pathname) === undefined) return [];
  return [pathname];
}

/** What the file is called, as the address has it. */
export function slugOf(file: string): string {
  return NAME.exec(file)?.[2] ?? '';
}
