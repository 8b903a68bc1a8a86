import type { Post, ProfileField } from '../build/model.ts';
import { image, webAddress } from './chrome.ts';
import { articleItem, noteItem } from './entry.ts';
import { escapeHtml } from './escape.ts';
import { renderLayout } from './layout.ts';
import { absolute, type Theme } from './theme.ts';
import { languageAttributes } from './words.ts';

const ARTICLES_SHOWN = 8;
const NOTES_SHOWN = 6;

/** The home page: who this is, how to follow, and the newest posts. */
export function renderHome(theme: Theme): string {
  const { profile } = theme.site;
  const { words } = theme;
  const articles = pinnedFirst(theme.articles)
    .slice(0, ARTICLES_SHOWN)
    .map((post) => articleItem(theme, post));
  const notes = theme.notes.slice(0, NOTES_SHOWN).map((post) => noteItem(theme, post, 'h3'));
  const nothing = articles.length + notes.length === 0 ? `<p>${escapeHtml(words.nothingYet)}</p>\n` : '';
  const main = `${profileCard(theme)}<div class="h-feed columns"${languageAttributes(theme.language)}>
<data class="p-name" value="${escapeHtml(profile.name)}" hidden></data>
${nothing}${column('articles', words.articles, articles, theme.articles.length > ARTICLES_SHOWN, '/posts/', words.allArticles)}${column('notes', words.notes, notes, theme.notes.length > NOTES_SHOWN, '/notes/', words.allNotes)}</div>
`;
  return renderLayout(theme, {
    path: '/',
    language: profile.language,
    description: profile.description,
    type: 'profile',
    activity: theme.addresses.actor,
    meta: `<meta property="profile:username" content="${escapeHtml(profile.username)}">\n`,
    main,
  });
}

function pinnedFirst(posts: readonly Post[]): Post[] {
  return [...posts.filter((post) => post.pinned), ...posts.filter((post) => !post.pinned)];
}

function column(id: string, title: string, items: string[], more: boolean, path: string, all: string): string {
  if (items.length === 0) return '';
  const link = more ? `<p class="more"><a href="${path}">${escapeHtml(all)}</a></p>\n` : '';
  return `<section class="column ${id}" aria-labelledby="${id}">
<h2 id="${id}">${escapeHtml(title)}</h2>
${items.join('')}${link}</section>
`;
}

/** The author as an h-card: whom one follows here, and how. */
function profileCard(theme: Theme): string {
  const { profile } = theme.site;
  const { words } = theme;
  const header = profile.header ? image(profile.header, 'profile-header u-featured', 'eager') : '';
  const avatar = profile.avatar ? image(profile.avatar, 'profile-avatar u-photo', 'eager') : '';
  const home = escapeHtml(absolute(theme, '/'));
  const fields = profile.fields.map(fieldRow).join('');
  return `<section class="h-card profile"${languageAttributes(profile.language)}>
${header}
<div class="profile-body">
${avatar}
<h1 class="p-name"><a class="u-url u-uid" rel="me" href="${home}">${escapeHtml(profile.name)}</a></h1>
<div class="p-note prose">
${profile.bioHtml}</div>
${fields === '' ? '' : `<dl class="fields">${fields}</dl>\n`}${followCard(theme)}${rules(profile.rules, words.rules, theme.language)}</div>
</section>
`;
}

function followCard(theme: Theme): string {
  const { words } = theme;
  return `<div class="follow"${languageAttributes(theme.language)}>
<h2>${escapeHtml(words.follow)}</h2>
<p><code class="handle p-nickname" dir="ltr" title="${escapeHtml(words.handle)}">${breakable(theme.handle)}</code></p>
<p>${escapeHtml(words.followHow)}</p>
<p>${escapeHtml(words.followFeeds)} <a href="/feed.xml">Atom</a>, <a href="/rss.xml">RSS</a>, <a href="/feed.json">JSON Feed</a></p>
</div>
`;
}

/** A long handle breaks before its host. */
function breakable(handle: string): string {
  return escapeHtml(handle).replace(/(?!^)@/, '<wbr>@');
}

function fieldRow(field: ProfileField): string {
  const address = webAddress(field.value);
  const value =
    address === undefined
      ? escapeHtml(field.value)
      : `<a class="u-url" rel="me" href="${escapeHtml(address)}">${escapeHtml(withoutScheme(address))}</a>`;
  return `<div><dt>${escapeHtml(field.name)}</dt><dd>${value}</dd></div>`;
}

function withoutScheme(address: string): string {
  return address.replace(/^https?:\/\/(www\.)?/, '').replace(/\/$/, '');
}

function rules(list: readonly string[], title: string, language: string): string {
  if (list.length === 0) return '';
  const items = list.map((rule) => `<li>${escapeHtml(rule)}</li>`).join('');
  return `<details class="rules"><summary${languageAttributes(language)}>${escapeHtml(title)}</summary><ul>${items}</ul></details>\n`;
}
