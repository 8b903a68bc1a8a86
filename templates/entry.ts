import type { Post } from '../build/model.ts';
import { shortenText } from '../federation/html-text.ts';
import { timeElement } from './dates.ts';
import { escapeHtml } from './escape.ts';
import { summaryOf } from './excerpt.ts';
import { pollOptions } from './poll.ts';
import { deedTitle, relations } from './relation.ts';
import { absolute, type Theme } from './theme.ts';
import { languageAttributes } from './words.ts';

/** What to call a post: its title, its warning, or its first words. Plain text. */
export function titleOf(theme: Theme, post: Post): string {
  if (post.title !== undefined) return post.title;
  const warning = warningOf(theme, post);
  if (warning !== undefined) return warning;
  const deed = deedTitle(theme, post);
  if (deed !== undefined) return shortenText(deed, 70);
  return shortenText(summaryOf(post), 70) || theme.words.note;
}

/** The line a post is folded behind, as plain text; undefined where nothing is folded. */
export function warningOf(theme: Theme, post: Post): string | undefined {
  if (post.contentWarning !== undefined) return `${theme.words.contentWarning} ${post.contentWarning}`;
  return post.sensitive ? theme.words.sensitive : undefined;
}

/** What link cards and lists may say of a post: nothing of what its warning hides. Plain text. */
export function teaserOf(theme: Theme, post: Post): string {
  return post.description ?? warningOf(theme, post) ?? summaryOf(post);
}

/** The body of a post, behind its warning where it has one. `extra` is HTML that is hidden with it. */
export function contentElement(theme: Theme, post: Post, html: string, extra = ''): string {
  // A like or a boost mostly says nothing of its own.
  const said = html + pollOptions(post);
  const words = said.trim() === '' ? '' : `<div class="e-content prose">\n${said}</div>\n`;
  const content = `${extra}${words}`;
  const warning = warningOf(theme, post);
  if (warning === undefined) return content;
  return `<details class="warning">\n<summary>${escapeHtml(warning)}</summary>\n${content}</details>\n`;
}

/** A post in a list of many: one line. */
export function lineItem(theme: Theme, post: Post): string {
  return `<li class="h-entry">${dateOf(theme, post)} <a class="u-url p-name" href="${escapeHtml(post.path)}"${foreign(theme, post)}>${escapeHtml(titleOf(theme, post))}</a></li>\n`;
}

/** An article on the home page: its title, date and first words. */
export function articleItem(theme: Theme, post: Post): string {
  const pinned = post.pinned ? ` <span class="badge">${escapeHtml(theme.words.pinned)}</span>` : '';
  const path = escapeHtml(post.path);
  return `<article class="h-entry entry">
<p class="meta">${dateOf(theme, post)}${pinned}</p>
<h3${foreign(theme, post)}><a class="u-url p-name" href="${path}">${escapeHtml(titleOf(theme, post))}</a></h3>
<p class="p-summary"${foreign(theme, post)}>${escapeHtml(teaserOf(theme, post))}</p>
</article>
`;
}

/** A note in full, as the home page and the page of notes show it. */
export function noteItem(theme: Theme, post: Post, heading: 'h2' | 'h3'): string {
  const language = foreign(theme, post);
  const path = escapeHtml(post.path);
  const title =
    post.title === undefined
      ? ''
      : `<${heading} class="p-name"${language}><a href="${path}">${escapeHtml(post.title)}</a></${heading}>\n`;
  return `<article class="h-entry note">
${title}${relations(theme, post)}<div${language}>${contentElement(theme, post, withoutIds(post))}</div>
<p class="meta"><a class="u-url" href="${path}">${dateOf(theme, post)}</a></p>
</article>
`;
}

/** `lang` and `dir` of a post whose language is not the theme's. */
export function foreign(theme: Theme, post: Post): string {
  return post.language === theme.language ? '' : languageAttributes(post.language);
}

/** The address of a post in full, escaped. */
export function urlOf(theme: Theme, post: Post): string {
  return escapeHtml(absolute(theme, post.path));
}

function dateOf(theme: Theme, post: Post): string {
  return timeElement('dt-published', post.published, post.dateOnly, theme.language);
}

/** Two posts on one page may both have a footnote 1: ids go, and links to them lead to the post's own page. */
function withoutIds(post: Post): string {
  if (!post.html.includes(' id="')) return post.html;
  const path = escapeHtml(post.path).replaceAll('$', '$$$$');
  return post.html.replace(/(<[^<>]*?) id="[^"]*"/g, '$1').replaceAll(' href="#', ` href="${path}#`);
}
