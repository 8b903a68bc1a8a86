import { byYear } from './archive.ts';
import { escapeHtml } from './escape.ts';
import { renderLayout } from './layout.ts';
import { type TagGroup, type Theme, tagPath } from './theme.ts';

/** The page of all tags. */
export function renderTags(theme: Theme): string {
  const { words, language } = theme;
  const items = theme.tags.map(
    ({ tag, posts }) =>
      `<li><a class="p-category" href="${escapeHtml(tagPath(tag))}">${escapeHtml(tag.label)}</a> <span class="count">${posts.length}</span></li>`,
  );
  return renderLayout(theme, {
    path: '/tags/',
    title: words.tags,
    language,
    description: theme.site.profile.description,
    type: 'website',
    section: '/tags/',
    main: `<header class="page-header"><h1>${escapeHtml(words.tags)}</h1></header>
<ul class="tags all">${items.join('\n')}</ul>
`,
  });
}

/** The page of one tag: where the `href` of a Hashtag leads. */
export function renderTag(theme: Theme, { tag, posts }: TagGroup): string {
  const { words, language } = theme;
  return renderLayout(theme, {
    path: tagPath(tag),
    title: words.tagged(tag.label),
    language,
    description: `${words.tagged(tag.label)} · ${words.posts(posts.length)}`,
    type: 'website',
    section: '/tags/',
    main: `<header class="page-header"><h1>${escapeHtml(words.tagged(tag.label))}</h1>
<p class="meta">${escapeHtml(words.posts(posts.length))}</p></header>
${byYear(theme, posts)}`,
  });
}
