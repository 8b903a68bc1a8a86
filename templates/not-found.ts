import { escapeHtml } from './escape.ts';
import { renderLayout } from './layout.ts';
import type { Theme } from './theme.ts';

/** The page for an address where nothing is. It may be shown at any depth: all its links start at the root. */
export function renderNotFound(theme: Theme): string {
  const { words, language } = theme;
  return renderLayout(theme, {
    title: words.notFound,
    language,
    description: words.notFound,
    type: 'website',
    noindex: true,
    main: `<header class="page-header"><h1>${escapeHtml(words.notFound)}</h1></header>
<div class="prose">
<p>${escapeHtml(words.notFoundHelp)}</p>
<ul>
<li><a href="/">${escapeHtml(words.home)}</a></li>
<li><a href="/posts/">${escapeHtml(words.allArticles)}</a></li>
${theme.notes.length > 0 ? `<li><a href="/notes/">${escapeHtml(words.allNotes)}</a></li>\n` : ''}</ul>
</div>
`,
  });
}
