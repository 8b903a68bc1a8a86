import type { Post } from '../build/model.ts';
import { lineItem } from './entry.ts';
import { escapeHtml } from './escape.ts';
import { renderLayout } from './layout.ts';
import type { Theme } from './theme.ts';

/** The page of all articles, by year. */
export function renderArchive(theme: Theme): string {
  const { words, language } = theme;
  const main = `<header class="page-header"><h1>${escapeHtml(words.articles)}</h1>
<p class="meta">${escapeHtml(words.posts(theme.articles.length))}</p></header>
${byYear(theme, theme.articles)}`;
  return renderLayout(theme, {
    path: '/posts/',
    title: words.articles,
    language,
    description: theme.site.profile.description,
    type: 'website',
    section: '/posts/',
    main,
  });
}

/** Posts that come newest first, as one h-feed with a heading for each year. */
export function byYear(theme: Theme, posts: readonly Post[]): string {
  if (posts.length === 0) return `<p>${escapeHtml(theme.words.nothingYet)}</p>\n`;
  let list = '';
  let year = '';
  for (const post of posts) {
    const its = post.published.slice(0, 4);
    if (its !== year) {
      list += `${year === '' ? '' : '</ul>\n'}<h2>${escapeHtml(its)}</h2>\n<ul class="lines">\n`;
      year = its;
    }
    list += lineItem(theme, post);
  }
  return `<div class="h-feed">\n${list}</ul>\n</div>\n`;
}
