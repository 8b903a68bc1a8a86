import { noteItem } from './entry.ts';
import { escapeHtml } from './escape.ts';
import { renderLayout } from './layout.ts';
import type { Theme } from './theme.ts';

/** Notes are shown in full, so a page of them has an end. */
export const NOTES_ON_A_PAGE = 30;

/** How many pages the notes fill; none when there are no notes. */
export function notePages(theme: Theme): number {
  return Math.ceil(theme.notes.length / NOTES_ON_A_PAGE);
}

/** The path of one page of notes, counted from 1. */
export function notesPath(page: number): string {
  return page === 1 ? '/notes/' : `/notes/page/${page}/`;
}

/** One page of notes, newest first. */
export function renderNotes(theme: Theme, page: number): string {
  const { words, language } = theme;
  const pages = notePages(theme);
  const shown = theme.notes.slice((page - 1) * NOTES_ON_A_PAGE, page * NOTES_ON_A_PAGE);
  const count = pages > 1 ? words.pageOf(page, pages) : words.posts(theme.notes.length);
  const main = `<header class="page-header"><h1>${escapeHtml(words.notes)}</h1>
<p class="meta">${escapeHtml(count)}</p></header>
<div class="h-feed notes">
${shown.map((post) => noteItem(theme, post, 'h2')).join('')}</div>
${turn(theme, page, pages)}`;
  return renderLayout(theme, {
    path: notesPath(page),
    title: page === 1 ? words.notes : `${words.notes}, ${words.pageOf(page, pages)}`,
    language,
    description: theme.site.profile.description,
    type: 'website',
    section: '/notes/',
    main,
  });
}

function turn(theme: Theme, page: number, pages: number): string {
  if (pages <= 1) return '';
  const { words } = theme;
  const older =
    page < pages
      ? `<a class="prev" rel="next" href="${notesPath(page + 1)}"><b>${escapeHtml(words.older)}</b></a>\n`
      : '';
  const newer =
    page > 1 ? `<a class="next" rel="prev" href="${notesPath(page - 1)}"><b>${escapeHtml(words.newer)}</b></a>\n` : '';
  return `<nav class="neighbours" aria-label="${escapeHtml(words.pages)}">\n${older}${newer}</nav>\n`;
}
