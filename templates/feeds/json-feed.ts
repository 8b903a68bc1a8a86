import { absolute, type Theme } from '../theme.ts';
import type { FeedContent, FeedEntry } from './entries.ts';

/** The feed as JSON Feed 1.1. */
export function renderJsonFeed(theme: Theme, content: FeedContent): string {
  const { profile } = theme.site;
  const avatar = profile.avatar && absolute(theme, profile.avatar.path);
  const feed = {
    version: 'https://jsonfeed.org/version/1.1',
    title: profile.name,
    home_page_url: absolute(theme, '/'),
    feed_url: absolute(theme, '/feed.json'),
    ...(profile.description && { description: profile.description }),
    ...(avatar && { icon: avatar }),
    authors: [{ name: profile.name, url: absolute(theme, '/'), ...(avatar && { avatar }) }],
    language: profile.language,
    items: content.entries.map(jsonItem),
  };
  return `${JSON.stringify(feed, null, 2)}\n`;
}

function jsonItem(entry: FeedEntry): object {
  const { post } = entry;
  return {
    id: entry.id,
    url: entry.url,
    ...(post.title !== undefined && { title: post.title }),
    content_html: entry.html,
    summary: entry.summary,
    ...(entry.image !== undefined && { image: entry.image }),
    date_published: post.published,
    ...(post.updated !== undefined && { date_modified: post.updated }),
    ...(post.tags.length > 0 && { tags: post.tags.map((tag) => tag.label) }),
    language: post.language,
  };
}
