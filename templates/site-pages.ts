import { renderArchive } from './archive.ts';
import { BLOGROLL_PATH, blogroll, OPML_PATH } from './blogroll.ts';
import { renderAtom } from './feeds/atom.ts';
import { type FeedContent, feedContent } from './feeds/entries.ts';
import { renderJsonFeed } from './feeds/json-feed.ts';
import { renderRss } from './feeds/rss.ts';
import { renderFollowing, renderOpml } from './following.ts';
import { renderHome } from './home.ts';
import { renderIcon } from './icon.ts';
import { renderNotFound } from './not-found.ts';
import { notePages, notesPath, renderNotes } from './notes.ts';
import { renderRobots } from './robots.ts';
import { renderSitemap } from './sitemap.ts';
import { renderTag, renderTags } from './tags.ts';
import { type Theme, tagPath } from './theme.ts';

/** One file of the built site that is neither a post nor a page of the author's. */
export interface SitePage {
  /** Absolute path on the site; one that ends in `/` is its `index.html`. */
  readonly path: string;
  readonly render: () => string;
}

/** Everything the theme adds to the posts and pages. */
export function sitePages(theme: Theme): SitePage[] {
  let content: FeedContent | undefined;
  const feed = (): FeedContent => {
    content ??= feedContent(theme);
    return content;
  };
  const pages: SitePage[] = [
    { path: '/', render: () => renderHome(theme) },
    { path: '/posts/', render: () => renderArchive(theme) },
    { path: '/404.html', render: () => renderNotFound(theme) },
    { path: '/feed.xml', render: () => renderAtom(theme, feed()) },
    { path: '/rss.xml', render: () => renderRss(theme, feed()) },
    { path: '/feed.json', render: () => renderJsonFeed(theme, feed()) },
    { path: '/sitemap.xml', render: () => renderSitemap(theme) },
    { path: '/robots.txt', render: () => renderRobots(theme) },
    { path: '/assets/style.css', render: () => theme.stylesheet },
    { path: '/assets/icon.svg', render: () => renderIcon(theme.site.profile.name) },
  ];
  if (theme.site.posts.some((post) => post.federate))
    pages.push({ path: '/assets/replies.js', render: () => theme.script });
  for (let page = 1; page <= notePages(theme); page++) {
    pages.push({ path: notesPath(page), render: () => renderNotes(theme, page) });
  }
  if (blogroll(theme).length > 0) {
    pages.push({ path: BLOGROLL_PATH, render: () => renderFollowing(theme) });
    pages.push({ path: OPML_PATH, render: () => renderOpml(theme) });
  }
  if (theme.tags.length > 0) pages.push({ path: '/tags/', render: () => renderTags(theme) });
  for (const group of theme.tags) pages.push({ path: tagPath(group.tag), render: () => renderTag(theme, group) });
  return pages;
}
