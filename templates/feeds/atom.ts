import { escapeXml } from '../escape.ts';
import { absolute, type Theme } from '../theme.ts';
import type { FeedContent, FeedEntry } from './entries.ts';

/** The feed as Atom (RFC 4287). */
export function renderAtom(theme: Theme, content: FeedContent): string {
  const { profile } = theme.site;
  const home = escapeXml(absolute(theme, '/'));
  const icon = profile.avatar ? `<icon>${escapeXml(absolute(theme, profile.avatar.path))}</icon>\n` : '';
  const logo = profile.header ? `<logo>${escapeXml(absolute(theme, profile.header.path))}</logo>\n` : '';
  const subtitle = profile.description ? `<subtitle>${escapeXml(profile.description)}</subtitle>\n` : '';
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${escapeXml(profile.language)}">
<id>${home}</id>
<title>${escapeXml(profile.name)}</title>
${subtitle}<link rel="alternate" type="text/html" href="${home}"/>
<link rel="self" type="application/atom+xml" href="${escapeXml(absolute(theme, '/feed.xml'))}"/>
<updated>${escapeXml(content.updated)}</updated>
<author><name>${escapeXml(profile.name)}</name><uri>${home}</uri></author>
${icon}${logo}<generator>Postern</generator>
${content.entries.map(atomEntry).join('')}</feed>
`;
}

function atomEntry(entry: FeedEntry): string {
  const { post } = entry;
  const url = escapeXml(entry.url);
  const categories = post.tags.map(
    (tag) => `<category term="${escapeXml(tag.name)}" label="${escapeXml(tag.label)}"/>\n`,
  );
  return `<entry xml:lang="${escapeXml(post.language)}">
<id>${escapeXml(entry.id)}</id>
<title>${escapeXml(entry.title)}</title>
<link rel="alternate" type="text/html" href="${url}"/>
<published>${escapeXml(post.published)}</published>
<updated>${escapeXml(post.updated ?? post.published)}</updated>
${categories.join('')}<summary>${escapeXml(entry.summary)}</summary>
<content type="html">${escapeXml(entry.html)}</content>
</entry>
`;
}
