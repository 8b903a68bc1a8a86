import type { Page } from '../build/model.ts';
import { escapeHtml } from './escape.ts';
import { excerpt } from './excerpt.ts';
import { renderLayout } from './layout.ts';
import type { Theme } from './theme.ts';

/** A page that does not federate: it names no object. */
export function renderPage(theme: Theme, page: Page): string {
  return renderLayout(theme, {
    path: page.path,
    title: page.title,
    language: page.language,
    description: page.description ?? excerpt(page.html),
    type: 'website',
    section: page.path,
    main: `<article class="page">
<header class="page-header"><h1>${escapeHtml(page.title)}</h1></header>
<div class="prose">
${page.html}</div>
</article>
`,
  });
}
