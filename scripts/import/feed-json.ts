import { z } from 'zod';
import { type FeedHead, type FeedItem, instantOf, webAddress } from './feed-item.ts';
import { escapeHtml, plainText } from './html-nodes.ts';

const text = z.string().nullish().catch(undefined);

/** An item of a JSON Feed (jsonfeed.org/version/1.1). */
const itemSchema = z.object({
  id: z.union([z.string(), z.number()]).transform(String).catch('').default(''),
  url: text,
  title: text,
  content_html: text,
  content_text: text,
  summary: text,
  date_published: text,
  date_modified: text,
  tags: z.array(z.string()).catch([]).default([]),
  language: text,
  attachments: z
    .array(z.object({ url: z.string() }))
    .catch([])
    .default([]),
});

export function jsonItem(value: unknown): FeedItem | undefined {
  const read = itemSchema.safeParse(value);
  if (!read.success) return undefined;
  const { id, url, content_html: html, content_text: words, summary, attachments, ...item } = read.data;
  const link = webAddress(url ?? undefined) ?? webAddress(id);
  const published = instantOf(item.date_published ?? '') ?? instantOf(item.date_modified ?? '');
  return {
    id: id || link || '',
    link,
    title: plainText(escapeHtml(item.title ?? '')),
    published,
    updated: instantOf(item.date_modified ?? ''),
    html: html ?? (words ? paragraphs(words) : escapeHtml(summary ?? '')),
    summary: html || words ? plainText(escapeHtml(summary ?? '')) : '',
    tags: item.tags,
    language: item.language ?? '',
    isDraft: false,
    enclosures: attachments.flatMap((attachment) => webAddress(attachment.url) ?? []),
  };
}

function paragraphs(words: string): string {
  return words
    .split(/\n[^\S\n]*\n\s*/)
    .map((part) => `<p>${escapeHtml(part.trim()).replaceAll('\n', '<br>')}</p>`)
    .join('');
}

/** What stands before the items, which is all of it in most feeds. */
export function jsonHead(head: string): FeedHead {
  const [before = ''] = head.split(/"items"\s*:/);
  const value = (key: string): string => {
    const found = new RegExp(String.raw`"${key}"\s*:\s*("(?:[^"\\]|\\.)*")`).exec(before)?.[1];
    const read: unknown = found === undefined ? '' : parsed(found);
    return typeof read === 'string' ? read : '';
  };
  return {
    title: plainText(escapeHtml(value('title'))),
    description: plainText(escapeHtml(value('description'))),
    link: webAddress(value('home_page_url')),
    language: value('language'),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
