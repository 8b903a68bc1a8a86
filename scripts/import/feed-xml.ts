import { type FeedHead, type FeedItem, instantOf, webAddress } from './feed-item.ts';
import { escapeHtml, plainText } from './html-nodes.ts';
import { childrenOf, textOf, type XmlElement } from './xml-elements.ts';

const CONTENT = 'http://purl.org/rss/1.0/modules/content/';
const DC = 'http://purl.org/dc/elements/1.1/';
const XHTML = 'http://www.w3.org/1999/xhtml';

/** By the name without its prefix, and the namespace; feeds that forget to declare one are read by its usual prefix. */
function find(element: XmlElement, local: string, uri: string, prefix: string): XmlElement | undefined {
  return childrenOf(element).find(
    (child) => child.local === local && (child.uri === uri || child.name === `${prefix}:${local}`),
  );
}

function words(element: XmlElement, local: string): string {
  return textOf(plain(element, local)[0]).trim();
}

/** Those of the feed's own vocabulary: not `media:title`, `itunes:summary`. */
function plain(element: XmlElement, local: string): XmlElement[] {
  return childrenOf(element).filter(
    (child) => child.local === local && (child.name === local || child.uri === element.uri),
  );
}

/** An `<item>` of RSS 0.9 to 2.0 and 1.0 (RDF). */
export function rssItem(element: XmlElement): FeedItem {
  const [guid] = plain(element, 'guid');
  const id = textOf(guid).trim();
  const isPermalink = guid?.attributes.get('isPermaLink') !== 'false';
  const link =
    webAddress(words(element, 'link')) ??
    (isPermalink ? webAddress(id) : undefined) ??
    webAddress(element.attributes.get('rdf:about'));
  const encoded = find(element, 'encoded', CONTENT, 'content');
  const description = words(element, 'description');
  const date = words(element, 'pubDate') || textOf(find(element, 'date', DC, 'dc'));
  return {
    id: id || link || '',
    link,
    title: plainText(words(element, 'title')),
    published: instantOf(date),
    updated: undefined,
    html: encoded === undefined ? description : textOf(encoded),
    summary: encoded === undefined ? '' : plainText(description),
    tags: [...plain(element, 'category'), ...childrenOf(element, 'dc:subject')].map((category) =>
      plainText(textOf(category)),
    ),
    language: '',
    isDraft: false,
    enclosures: plain(element, 'enclosure').flatMap(({ attributes }) => webAddress(attributes.get('url')) ?? []),
  };
}

export function rssHead(parts: readonly XmlElement[]): FeedHead {
  const text = (local: string): string => textOf(parts.find((part) => part.name === local)).trim();
  const language = parts.find(({ name }) => name === 'language' || name === 'dc:language');
  return {
    title: plainText(text('title')),
    description: plainText(text('description')),
    link: webAddress(text('link')),
    language: textOf(language).trim(),
  };
}

/** The whole of an Atom `<feed>` without its entries (RFC 4287 §4.1.1). */
export function atomHead(parts: readonly XmlElement[], language: string): FeedHead {
  const part = (local: string): XmlElement | undefined => parts.find((each) => each.local === local);
  return {
    title: plainText(htmlOf(part('title'))),
    description: plainText(htmlOf(part('subtitle') ?? part('tagline'))),
    link: webAddress(
      linkOf(
        parts.filter(({ local }) => local === 'link'),
        'alternate',
      ),
    ),
    language,
  };
}

/** An `<entry>` (RFC 4287 §4.1.2; Atom 0.3 had other names for its dates). */
export function atomItem(element: XmlElement): FeedItem {
  const links = plain(element, 'link');
  const id = words(element, 'id');
  const link = webAddress(linkOf(links, 'alternate'));
  const [content] = plain(element, 'content');
  const [summary] = plain(element, 'summary');
  const date =
    words(element, 'published') || words(element, 'issued') || words(element, 'updated') || words(element, 'modified');
  const categories = plain(element, 'category').map(({ attributes }) => attributes);
  const shown = htmlOf(content);
  const { isDraft, against } = bloggerState(element, categories);
  return {
    id: id || link || '',
    link: link ?? webAddress(id),
    title: plainText(htmlOf(plain(element, 'title')[0])),
    published: instantOf(date),
    updated: instantOf(words(element, 'updated') || words(element, 'modified')),
    html: shown === '' ? htmlOf(summary) : shown,
    summary: shown === '' ? '' : plainText(htmlOf(summary)),
    tags: categories
      .filter((category) => !KIND.test(category.get('scheme') ?? ''))
      .map((category) => (category.get('label') ?? category.get('term') ?? '').trim()),
    language: element.attributes.get('xml:lang') ?? '',
    isDraft,
    enclosures: links.flatMap(({ attributes }) =>
      attributes.get('rel') === 'enclosure' ? (webAddress(attributes.get('href')) ?? []) : [],
    ),
    ...(against === undefined ? {} : { against }),
  };
}

function linkOf(links: readonly XmlElement[], rel: string): string | undefined {
  // Without a relation it is this one (RFC 4287 §4.2.7.2).
  return links.find(({ attributes }) => (attributes.get('rel') ?? 'alternate') === rel)?.attributes.get('href');
}

/** A text construct as HTML (RFC 4287 §3.1, §4.1.3.3). */
function htmlOf(element: XmlElement | undefined): string {
  if (element === undefined) return '';
  const type = (element.attributes.get('type') ?? 'text').toLowerCase();
  if (type === 'xhtml' || type === 'application/xhtml+xml') return element.children.map(markup).join('');
  const text = textOf(element);
  return type === 'html' || type === 'text/html' ? text : escapeHtml(text);
}

function markup(node: XmlElement | string): string {
  if (typeof node === 'string') return escapeHtml(node);
  // What is no XHTML, such as a formula, is its text.
  if (node.uri !== XHTML && node.uri !== '') return node.children.map(markup).join('');
  const attributes = [...node.attributes].map(([name, value]) => ` ${name}="${escapeHtml(value)}"`).join('');
  if (/^(?:br|hr|img|input|source|wbr)$/.test(node.local)) return `<${node.local}${attributes}>`;
  return `<${node.local}${attributes}>${node.children.map(markup).join('')}</${node.local}>`;
}

/** Blogger's backup is a feed of posts, pages, comments and settings, told apart by a category of this scheme. */
const KIND = /^https?:\/\/schemas\.google\.com\/g\/2005#kind$/;

function bloggerState(
  element: XmlElement,
  categories: readonly ReadonlyMap<string, string>[],
): { readonly isDraft: boolean; readonly against?: string } {
  const kind = categories
    .find((category) => KIND.test(category.get('scheme') ?? ''))
    ?.get('term')
    ?.split('#')
    .at(-1);
  const type = (kind ?? textOf(childrenOf(element, 'blogger:type')[0])).trim().toLowerCase();
  const status = textOf(childrenOf(element, 'blogger:status')[0]).trim().toLowerCase();
  const control = textOf(childrenOf(element).find(({ local }) => local === 'control')).trim();
  const isDraft = control === 'yes' || status === 'draft' || status === 'scheduled';
  if (status.includes('trash')) return { isDraft, against: 'trash' };
  return type === '' || type === 'post' ? { isDraft } : { isDraft, against: type };
}
