import { type CommentsView, renderComments } from './comments.ts';
import { escapeHtml } from './escape.ts';
import { languageAttributes, wordsFor } from './words.ts';

/**
 * The answer of `/ap/comments/`: a page by itself, for a reader without script who follows the link in the post; a script
 * takes the comments out of it. `url` is the post's page.
 */
export function renderCommentsPage(view: CommentsView, url: string): string {
  const { words, language } = wordsFor(view.language);
  return `<!doctype html>
<html${languageAttributes(language)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escapeHtml(words.replies)}</title>
<link rel="canonical" href="${escapeHtml(url)}">
<link rel="stylesheet" href="/assets/style.css">
<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">
</head>
<body>
<main>
<div class="post">
<p><a href="${escapeHtml(url)}">${escapeHtml(words.backToPost)}</a></p>
${renderComments(view)}</div>
</main>
</body>
</html>
`;
}
