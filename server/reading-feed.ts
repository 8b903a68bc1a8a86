import { createHmac } from 'node:crypto';
import { addressesOf } from '../federation/addresses.ts';
import type { ReadingItem } from '../federation/heard.ts';
import { escapeHtml, escapeXml } from '../federation/html-text.ts';
import type { Author, InteractionContent } from '../federation/interaction.ts';
import { isWebUrl, plainRichText, renderRichText } from '../federation/rich-text.ts';

/** Something that is read, with who brought it. */
export interface FeedItem {
  readonly item: ReadingItem;
  /** Of a boost, who boosted: `@user@host` where it is known. */
  readonly booster?: string;
}

export const READING_FORMATS = ['atom', 'json'] as const;

export type ReadingFormat = (typeof READING_FORMATS)[number];

/**
 * Gives the secret part of the reading feeds' addresses: made of that of the notifications, so that one word of the owner
 * renews both; who has one address cannot find the other.
 */
export function readingSecret(secret: string): string {
  return createHmac('sha256', secret).update('reading').digest('hex');
}

/** Gives the address of a reading feed. `secret` is that of the notifications. */
export function readingAddress(origin: string, secret: string, format: ReadingFormat): string {
  return `${origin}/ap/reading/${readingSecret(secret)}.${format}`;
}

/** Longer titles are cut: what has none is named by its first words. */
const MAX_TITLE = 80;

/**
 * Writes what followed accounts posted as an Atom feed (RFC 4287). Remote text comes out of its tree of known elements or is
 * escaped; nothing in it is fetched but by a click. Ids are those of posts and boosts. The feed's own address is not in it.
 */
export function readingAtom(origin: string, items: readonly FeedItem[]): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${escapeXml(`${origin}/ap/reading`)}</id>
<title>${escapeXml(titleOf(origin))}</title>
<link rel="alternate" type="text/html" href="${escapeXml(`${origin}/`)}"/>
<updated>${escapeXml(items.map(changedAt).reduce(later, '1970-01-01T00:00:00Z'))}</updated>
<generator>Postern</generator>
${items.map(atomEntry).join('')}</feed>
`;
}

function atomEntry(read: FeedItem): string {
  const { item } = read;
  const { author, content } = item;
  const language = content.language === undefined ? '' : ` xml:lang="${escapeXml(content.language)}"`;
  const uri = isWebUrl(author.url) ? `<uri>${escapeXml(author.url)}</uri>` : '';
  const enclosures = linked(content).map(({ url, type }) => {
    const typed = type === undefined ? '' : ` type="${type}"`;
    return `<link rel="enclosure"${typed} href="${escapeXml(url)}"/>\n`;
  });
  return `<entry${language}>
<id>${escapeXml(item.id)}</id>
<title>${escapeXml(entryTitle(read))}</title>
<link rel="alternate" type="text/html" href="${escapeXml(addressOf(item))}"/>
${enclosures.join('')}<author><name>${escapeXml(nameOf(author))}</name>${uri}</author>
<published>${escapeXml(item.kind === 'boost' ? item.at : content.published)}</published>
<updated>${escapeXml(changedAt(read))}</updated>
<content type="html">${escapeXml(htmlOf(read))}</content>
</entry>
`;
}

/** Writes the same as JSON Feed 1.1. An attachment whose type its address does not tell is a link in the text alone. */
export function readingJson(origin: string, items: readonly FeedItem[]): string {
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title: titleOf(origin),
    home_page_url: `${origin}/`,
    items: items.map(jsonItem),
  };
  return `${JSON.stringify(feed, undefined, 1)}\n`;
}

function jsonItem(read: FeedItem) {
  const { item } = read;
  const { author, content } = item;
  const attachments = linked(content).flatMap(({ url, alt, type }) =>
    type === undefined ? [] : [{ url, mime_type: type, ...(alt === '' ? {} : { title: alt }) }],
  );
  return {
    id: item.id,
    url: addressOf(item),
    title: entryTitle(read),
    content_html: htmlOf(read),
    ...(content.contentWarning === undefined ? {} : { summary: content.contentWarning }),
    date_published: item.kind === 'boost' ? item.at : content.published,
    date_modified: changedAt(read),
    authors: [{ name: nameOf(author), ...(isWebUrl(author.url) ? { url: author.url } : {}) }],
    ...(content.language === undefined ? {} : { language: content.language }),
    ...(attachments.length === 0 ? {} : { attachments }),
  };
}

/** Says who, and what it is about, in a line: what is warned of stays behind its warning. */
export function entryTitle({ item, booster }: FeedItem): string {
  const { author, content, kind } = item;
  const said = content.title ?? content.contentWarning ?? plainRichText(content.text);
  const line = said.replace(/\s+/g, ' ').trim();
  const short = line.length > MAX_TITLE ? `${[...line].slice(0, MAX_TITLE).join('').trimEnd()}…` : line;
  const who = kind === 'boost' ? `${booster ?? item.actor} boosted ${author.handle}` : author.handle;
  return short === '' ? who : `${who}: ${short}`;
}

function htmlOf({ item, booster }: FeedItem): string {
  const { content, kind, inReplyTo } = item;
  const boosted = kind === 'boost' ? `<p>${escapeHtml(`Boosted by ${booster ?? item.actor}`)}</p>\n` : '';
  const answers = isWebUrl(inReplyTo) ? `<p>In reply to ${link(inReplyTo, inReplyTo)}</p>\n` : '';
  const title = content.title === undefined ? '' : `<p><strong>${escapeHtml(content.title)}</strong></p>\n`;
  const body = `${title}${renderRichText(content.text)}${attachments(content)}`;
  if (content.contentWarning === undefined) return boosted + answers + body;
  const warning = `<summary>${escapeHtml(`Content warning: ${content.contentWarning}`)}</summary>`;
  return `${boosted}${answers}<details>${warning}\n${body}</details>`;
}

/** As below a post: media stay where they are, and whoever wants to see them follows the link. */
function attachments(content: InteractionContent): string {
  const items = linked(content).map(({ url, alt }, index) => `<li>${link(url, alt || `Attachment ${index + 1}`)}</li>`);
  return items.length === 0 ? '' : `\n<ul>${items.join('')}</ul>`;
}

function link(url: string, text: string): string {
  return `<a href="${escapeHtml(url)}" rel="nofollow noopener ugc">${escapeHtml(text)}</a>`;
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ...(['png', 'gif', 'webp', 'avif'] as const).map((type): [string, string] => [type, `image/${type}`]),
  ...(['jpg', 'jpeg'] as const).map((type): [string, string] => [type, 'image/jpeg']),
  ...([
    ['mp4', 'video/mp4'],
    ['webm', 'video/webm'],
    ['mp3', 'audio/mpeg'],
    ['ogg', 'audio/ogg'],
  ] as const),
]);

function linked({ attachments: list }: InteractionContent) {
  return list
    .filter(({ url }) => isWebUrl(url))
    .map(({ url, alt }) => {
      const extension = /\.([a-z0-9]{1,5})$/i.exec(new URL(url).pathname)?.[1] ?? '';
      return { url, alt: alt.trim(), type: TYPES.get(extension.toLowerCase()) };
    });
}

function titleOf(origin: string): string {
  return `Whom ${addressesOf(origin).host} follows`;
}

function nameOf({ name, handle }: Author): string {
  return name === undefined ? handle : `${name} (${handle})`;
}

function addressOf({ id, object, content }: ReadingItem): string {
  return [content.url, object, id].find(isWebUrl) ?? id;
}

/** Of a boost when it came: what it brings may be years old. */
function changedAt({ item: { kind, at, content } }: FeedItem): string {
  return kind === 'boost' ? at : (content.updated ?? content.published);
}

function later(one: string, other: string): string {
  return Date.parse(other) > Date.parse(one) ? other : one;
}
