import type { Picture } from '../build/model.ts';
import { BLOGROLL_PATH, blogroll } from './blogroll.ts';
import { escapeHtml } from './escape.ts';
import type { ThemeBase } from './theme.ts';
import { languageAttributes } from './words.ts';

/** The parts of a page that do not depend on the page, as HTML. */
export interface Chrome {
  /** The end of `<head>`: stylesheet, icon, feeds, author. */
  readonly head: string;
  readonly skip: string;
  /** By the path of the current section; `''` where none is current. */
  readonly headers: ReadonlyMap<string, string>;
  readonly footer: string;
  /** The author of every post, as an h-card. */
  readonly author: string;
}

/** How many pages the header has room for on a telephone; the footer lists all. */
const PAGES_IN_HEADER = 3;

/** Makes the parts that all pages of a site share. */
export function chromeOf(theme: ThemeBase): Chrome {
  const links = navigation(theme);
  const headers = new Map(['', ...links.map((link) => link.path)].map((path) => [path, header(theme, links, path)]));
  const skip = `<a class="skip" href="#main"${languageAttributes(theme.language)}>${escapeHtml(theme.words.skip)}</a>`;
  return { head: head(theme), skip, headers, footer: footer(theme), author: author(theme) };
}

/** An `<img>` of known size, which the page keeps free while it loads. */
export function image(picture: Picture, className: string, loading: 'eager' | 'lazy', alt = picture.alt): string {
  const lazy = loading === 'lazy' ? ' loading="lazy" decoding="async"' : '';
  return `<img class="${className}" src="${escapeHtml(picture.path)}" alt="${escapeHtml(alt)}" width="${picture.width}" height="${picture.height}"${lazy}>`;
}

/** The address of a profile field, when it is one that may be linked. */
export function webAddress(value: string): string | undefined {
  if (!/^https?:\/\//i.test(value)) return undefined;
  return URL.canParse(value) ? new URL(value).href : undefined;
}

function head(theme: ThemeBase): string {
  const { profile } = theme.site;
  const name = escapeHtml(profile.name);
  const icon = profile.avatar
    ? `<link rel="icon" type="${escapeHtml(profile.avatar.mediaType)}" href="${escapeHtml(profile.avatar.path)}">`
    : '<link rel="icon" type="image/svg+xml" href="/assets/icon.svg">';
  const me = profile.fields
    .map((field) => webAddress(field.value))
    .filter((address) => address !== undefined)
    .map((address) => `<link rel="me" href="${escapeHtml(address)}">\n`)
    .join('');
  return `<link rel="stylesheet" href="${theme.stylesheetPath}">
${icon}
<link rel="alternate" type="application/atom+xml" title="${name} (Atom)" href="/feed.xml">
<link rel="alternate" type="application/rss+xml" title="${name} (RSS)" href="/rss.xml">
<link rel="alternate" type="application/feed+json" title="${name} (JSON Feed)" href="/feed.json">
${me}<meta name="fediverse:creator" content="${escapeHtml(theme.handle)}">
<meta name="author" content="${name}">
<meta name="generator" content="Postern">
<meta property="og:site_name" content="${name}">
`;
}

interface NavigationLink {
  readonly path: string;
  readonly label: string;
  readonly language: string;
}

function navigation(theme: ThemeBase): NavigationLink[] {
  const { words, language } = theme;
  const links: NavigationLink[] = [{ path: '/posts/', label: words.articles, language }];
  if (theme.notes.length > 0) links.push({ path: '/notes/', label: words.notes, language });
  if (theme.tags.length > 0) links.push({ path: '/tags/', label: words.tags, language });
  for (const page of theme.site.pages.slice(0, PAGES_IN_HEADER)) {
    links.push({ path: page.path, label: page.title, language: page.language });
  }
  return links;
}

function header(theme: ThemeBase, links: readonly NavigationLink[], current: string): string {
  const { profile } = theme.site;
  const mark = profile.avatar ? image(profile.avatar, 'site-mark', 'eager', '') : '';
  const items = links.map((link) => {
    const here = link.path === current ? ' aria-current="true"' : '';
    const language = link.language === theme.language ? '' : languageAttributes(link.language);
    return `<li><a href="${escapeHtml(link.path)}"${here}${language}>${escapeHtml(link.label)}</a></li>`;
  });
  return `<header class="site-header"${languageAttributes(theme.language)}>
<a class="site-name" href="/" rel="home"${languageAttributes(profile.language)}>${mark}<span>${escapeHtml(profile.name)}</span></a>
<nav aria-label="${escapeHtml(theme.words.siteNavigation)}"><ul>${items.join('')}</ul></nav>
</header>
`;
}

function footer(theme: ThemeBase): string {
  const { words } = theme;
  const more = theme.site.pages.slice(PAGES_IN_HEADER);
  const pages = more.map(
    (page) =>
      `<li><a href="${escapeHtml(page.path)}"${languageAttributes(page.language)}>${escapeHtml(page.title)}</a></li>`,
  );
  if (blogroll(theme).length > 0) pages.push(`<li><a href="${BLOGROLL_PATH}">${escapeHtml(words.following)}</a></li>`);
  const list =
    pages.length === 0 ? '' : `<nav aria-label="${escapeHtml(words.pages)}"><ul>${pages.join('')}</ul></nav>\n`;
  return `<footer class="site-footer"${languageAttributes(theme.language)}>
${list}<p>${escapeHtml(words.follow)} <code class="handle" dir="ltr">${escapeHtml(theme.handle)}</code></p>
<p>${escapeHtml(words.feeds)}: <a href="/feed.xml">Atom</a> · <a href="/rss.xml">RSS</a> · <a href="/feed.json">JSON</a></p>
</footer>
`;
}

function author(theme: ThemeBase): string {
  const { profile } = theme.site;
  const photo = profile.avatar ? image(profile.avatar, 'u-photo', 'lazy', '') : '';
  const name = `<span class="p-name">${escapeHtml(profile.name)}</span>`;
  const home = `${escapeHtml(theme.addresses.origin)}/`;
  return `<span class="p-author h-card"${languageAttributes(profile.language)}><a class="u-url" rel="author" href="${home}">${photo}${name}</a></span>`;
}
