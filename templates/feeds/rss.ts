import { escapeXml } from '../escape.ts';
import { absolute, type Theme } from '../theme.ts';
import type { FeedContent, FeedEntry } from './entries.ts';

/** The feed as RSS 2.0, with the full text in `content:encoded`. */
export function renderRss(theme: Theme, content: FeedContent): string {
  const { profile } = theme.site;
  const home = escapeXml(absolute(theme, '/'));
  const name = escapeXml(profile.name);
  const image = profile.avatar
    ? `<image><url>${escapeXml(absolute(theme, profile.avatar.path))}</url><title>${name}</title><link>${home}</link></image>\n`
    : '';
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel>
<title>${name}</title>
<link>${home}</link>
<description>${escapeXml(profile.description || profile.name)}</description>
<language>${escapeXml(profile.language)}</language>
<lastBuildDate>${rfc822(content.updated)}</lastBuildDate>
<generator>Postern</generator>
<atom:link rel="self" type="application/rss+xml" href="${escapeXml(absolute(theme, '/rss.xml'))}"/>
${image}${content.entries.map((entry) => rssItem(entry, name)).join('')}</channel>
</rss>
`;
}

function rssItem(entry: FeedEntry, author: string): string {
  const { post } = entry;
  // A note has no title of its own, and RSS asks for a title or a description only.
  const title = post.title === undefined ? '' : `<title>${escapeXml(post.title)}</title>\n`;
  const categories = post.tags.map((tag) => `<category>${escapeXml(tag.label)}</category>\n`);
  return `<item>
${title}<link>${escapeXml(entry.url)}</link>
<guid isPermaLink="false">${escapeXml(entry.id)}</guid>
<pubDate>${rfc822(post.published)}</pubDate>
<dc:creator>${author}</dc:creator>
<dc:language>${escapeXml(post.language)}</dc:language>
${categories.join('')}<description>${escapeXml(escapeXml(entry.summary))}</description>
<content:encoded>${escapeXml(entry.html)}</content:encoded>
</item>
`;
}

/** RSS dates are those of RFC 822, with a year of four digits. */
function rfc822(when: string): string {
  return new Date(when).toUTCString();
}
