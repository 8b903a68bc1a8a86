import type { Post, TranslatedPost } from '../build/model.ts';
import { timeElement } from './dates.ts';
import { escapeHtml } from './escape.ts';
import { excerpt } from './excerpt.ts';
import { renderLayout } from './layout.ts';
import { absolute, type Theme } from './theme.ts';
import { languageAttributes } from './words.ts';

interface Language {
  readonly language: string;
  readonly path: string;
}

/** The page of a post in another language than the one that federates. */
export function renderTranslation(theme: Theme, translation: TranslatedPost): string {
  const original = theme.site.posts.find(({ path }) => path === translation.translationOf);
  const own = translation.language === theme.language ? '' : languageAttributes(theme.language);
  const title = translation.title ?? original?.title ?? excerpt(translation.html);
  const published = timeElement('dt-published', translation.published, false, theme.language);
  const url = escapeHtml(absolute(theme, translation.path));
  const languages = original === undefined ? '' : languageList(theme, original, translation.path);
  const main = `<article class="h-entry post translation">
<header>
<h1 class="p-name">${escapeHtml(title)}</h1>
<p class="meta"${own}>${theme.chrome.author} <a class="u-url u-uid" href="${url}">${published}</a></p>
${languages}</header>
<div class="e-content prose">
${translation.html}</div>
</article>
`;
  return renderLayout(theme, {
    path: translation.path,
    title,
    language: translation.language,
    description: translation.description ?? excerpt(translation.html),
    type: 'article',
    // The object carries both: what a reader pastes into the search of a server is found from either page.
    ...(original?.federate ? { activity: `${theme.addresses.origin}${objectPath(original)}` } : {}),
    section: original?.kind === 'note' ? '/notes/' : '/posts/',
    noindex: original?.visibility === 'unlisted',
    meta: original === undefined ? '' : alternates(theme, original),
    main,
  });
}

/** `<link rel="alternate" hreflang>` of a post and its translations, the same on each of their pages. */
export function alternates(theme: Theme, post: Post): string {
  const all = languagesOf(post);
  if (all.length < 2) return '';
  return all
    .map(
      ({ language, path }) =>
        `<link rel="alternate" hreflang="${escapeHtml(language)}" href="${escapeHtml(absolute(theme, path))}">\n`,
    )
    .join('');
}

/** Links to the other languages of a post. */
export function languageList(theme: Theme, post: Post, here: string): string {
  const others = languagesOf(post).filter(({ path }) => path !== here);
  if (others.length === 0) return '';
  const links = others.map(
    ({ language, path }) =>
      `<a href="${escapeHtml(path)}" hreflang="${escapeHtml(language)}"${languageAttributes(language)}>${escapeHtml(nameOfLanguage(language))}</a>`,
  );
  return `<p class="meta"${languageAttributes(theme.language)}>${escapeHtml(theme.words.otherLanguages)} ${links.join(', ')}</p>\n`;
}

function languagesOf(post: Post): Language[] {
  return [{ language: post.language, path: post.path }, ...(post.translations ?? [])];
}

function objectPath({ kind, key }: Post): string {
  return `/ap/${kind === 'article' ? 'posts' : 'notes'}/${encodeURIComponent(key)}.json`;
}

/** A language is called as its speakers call it. */
function nameOfLanguage(language: string): string {
  try {
    return new Intl.DisplayNames([language], { type: 'language' }).of(language) ?? language;
  } catch {
    return language;
  }
}
