import type { Picture } from '../build/model.ts';
import { escapeHtml } from './escape.ts';
import { absolute, type Theme } from './theme.ts';
import { languageAttributes } from './words.ts';

/** One page, ready to be put in the frame that all pages share. */
export interface View {
  /** Absolute path of the site; absent for the page that answers at any address. */
  readonly path?: string;
  /** Absent on the home page, which bears the name of the site. */
  readonly title?: string;
  readonly language: string;
  readonly description: string;
  readonly type: 'website' | 'article' | 'profile';
  /** The picture of link cards; the profile's header or avatar where there is none. */
  readonly image?: Picture | undefined;
  /** The id of the ActivityStreams object that this page shows. */
  readonly activity?: string | undefined;
  /** The entry of the header that is current. */
  readonly section?: string;
  readonly noindex?: boolean;
  /** Brings the replies up to date. */
  readonly withScript?: boolean;
  /** More for `<head>`, as HTML. */
  readonly meta?: string;
  /** The content of `<main>`, as HTML. */
  readonly main: string;
}

/** Gives a whole HTML document. */
export function renderLayout(theme: Theme, view: View): string {
  const { chrome } = theme;
  const name = theme.site.profile.name;
  const title = escapeHtml(view.title ?? name);
  const full = view.title === undefined ? title : `${title} · ${escapeHtml(name)}`;
  const description = escapeHtml(view.description);
  const script = view.withScript === true ? `<script type="module" src="${theme.scriptPath}"></script>\n` : '';
  return `<!doctype html>
<html${languageAttributes(view.language)}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${full}</title>
<meta name="description" content="${description}">
${addressing(theme, view)}<meta property="og:type" content="${view.type}">
<meta property="og:title" content="${title}">
<meta property="og:description" content="${description}">
${locale(view.language)}${cardImage(theme, view.image)}${view.meta ?? ''}${chrome.head}${script}</head>
<body>
${chrome.skip}
${chrome.headers.get(view.section ?? '') ?? chrome.headers.get('') ?? ''}<main id="main" tabindex="-1">
${view.main}</main>
${chrome.footer}</body>
</html>
`;
}

/** Where the page lives, and the one address of the object it shows: a second would confuse Mastodon (4.5 and before). */
function addressing(theme: Theme, view: View): string {
  const hidden = view.noindex === true ? '<meta name="robots" content="noindex">\n' : '';
  if (view.path === undefined) return hidden;
  const { pagesAt } = theme.site.profile;
  const url = escapeHtml(pagesAt === undefined ? absolute(theme, view.path) : pagesAt + view.path);
  // Readers are sent on; servers ask for the object, which stays where it is.
  const moved = pagesAt === undefined ? '' : `<meta http-equiv="refresh" content="0; url=${url}">\n`;
  const object =
    view.activity === undefined
      ? ''
      : `<link rel="alternate" type="application/activity+json" href="${escapeHtml(view.activity)}">\n`;
  return `${hidden}${moved}<link rel="canonical" href="${url}">\n${object}<meta property="og:url" content="${url}">\n`;
}

/** OpenGraph wants language and country, as in `pt_BR`; a language alone it does not know. */
function locale(language: string): string {
  const [, tongue, country] = /^([a-z]{2,3})-([A-Z]{2})$/.exec(language) ?? [];
  return country === undefined ? '' : `<meta property="og:locale" content="${tongue}_${country}">\n`;
}

/** Wide enough for the large form of a link card. */
const WIDE = 600;

function cardImage(theme: Theme, own: Picture | undefined): string {
  const { profile } = theme.site;
  const picture = own ?? profile.header ?? profile.avatar;
  if (picture === undefined) return '<meta name="twitter:card" content="summary">\n';
  const large = picture.width >= WIDE && picture.width > picture.height;
  const alt = picture.alt === '' ? '' : `<meta property="og:image:alt" content="${escapeHtml(picture.alt)}">\n`;
  return `<meta property="og:image" content="${escapeHtml(absolute(theme, picture.path))}">
<meta property="og:image:type" content="${escapeHtml(picture.mediaType)}">
<meta property="og:image:width" content="${picture.width}">
<meta property="og:image:height" content="${picture.height}">
${alt}<meta name="twitter:card" content="${large ? 'summary_large_image' : 'summary'}">
`;
}
