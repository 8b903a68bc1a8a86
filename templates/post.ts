import type { Post, Tag } from '../build/model.ts';
import { commentsPath } from '../federation/addresses.ts';
import { markPart } from '../federation/live-part.ts';
import { postId } from '../federation/post-object.ts';
import { pollAt } from '../federation/question.ts';
import { isWebUrl } from '../federation/rich-text.ts';
import { buildThread } from '../federation/thread.ts';
import { image } from './chrome.ts';
import { renderComments } from './comments.ts';
import { timeElement } from './dates.ts';
import { contentElement, teaserOf, titleOf, urlOf, warningOf } from './entry.ts';
import { escapeHtml } from './escape.ts';
import { renderLayout } from './layout.ts';
import { relations } from './relation.ts';
import { replyForm } from './reply-form.ts';
import { absolute, isClosed, mediaPath, type Theme, tagPath } from './theme.ts';
import { alternates, languageList } from './translation.ts';
import { languageAttributes } from './words.ts';

/** The page of an article or a note: an h-entry that names its object. */
export function renderPost(theme: Theme, post: Post): string {
  const featured = featuredFigure(post);
  const own = post.language === theme.language ? '' : languageAttributes(theme.language);
  const main = `<article class="h-entry post ${post.kind}">
<header>
${heading(theme, post)}${metaLine(theme, post, own)}${languageList(theme, post, post.path)}${relations(theme, post)}</header>
${contentElement(theme, post, post.html, featured)}${laterParts(theme, post)}${origin(theme, post)}${postFooter(theme, post, own)}${comments(theme, post)}</article>
${neighbourLinks(theme, post, own)}`;
  return renderLayout(theme, {
    path: post.path,
    title: titleOf(theme, post),
    language: post.language,
    description: teaserOf(theme, post),
    type: 'article',
    image: warningOf(theme, post) === undefined ? (post.image ?? post.pictures[0]) : undefined,
    activity: activityOf(theme, post),
    section: post.kind === 'article' ? '/posts/' : '/notes/',
    noindex: post.visibility === 'unlisted',
    withScript: isObject(post),
    meta: articleMeta(theme, post),
    main,
  });
}

/** The id of the object that others find at the page of a post; a post that does not federate, a like and a boost have none. */
export function activityOf(theme: Theme, post: Post): string | undefined {
  return isObject(post) ? objectIdOf(theme, post) : undefined;
}

/** The id of a post's object, whether it is sent or not: feeds use it too, as it outlives a change of path. */
export function objectIdOf(theme: Theme, post: Post): string {
  return postId(post, theme.addresses);
}

function heading(theme: Theme, post: Post): string {
  if (post.title !== undefined) return `<h1 class="p-name">${escapeHtml(post.title)}</h1>\n`;
  // A page needs a heading for those who move by headings; microformats must not take it for the name of the note.
  return `<h1 class="visually-hidden"${languageAttributes(theme.language)}>${escapeHtml(theme.words.note)}</h1>\n`;
}

function metaLine(theme: Theme, post: Post, own: string): string {
  const published = timeElement('dt-published', post.published, post.dateOnly, theme.language);
  const updated =
    post.updated === undefined
      ? ''
      : ` <span>${escapeHtml(theme.words.updated)} ${timeElement('dt-updated', post.updated, false, theme.language)}</span>`;
  return `<p class="meta"${own}>${theme.chrome.author} <a class="u-url u-uid" href="${urlOf(theme, post)}">${published}</a>${updated}</p>\n`;
}

function featuredFigure(post: Post): string {
  const picture = post.image;
  if (picture === undefined || post.pictures.some((other) => other.path === picture.path)) return '';
  return `<figure class="featured">${image(picture, 'u-featured', 'eager')}</figure>\n`;
}

function postFooter(theme: Theme, post: Post, own: string): string {
  const tags = post.tags.map((tag) => `<li>${tagElement(theme, tag)}</li>`);
  const list =
    tags.length === 0
      ? ''
      : `<ul class="tags" aria-label="${escapeHtml(theme.words.tags)}"${languageAttributes(post.language)}>${tags.join('')}</ul>\n`;
  const find = isObject(post)
    ? replyForm(theme.words, {
        id: objectIdOf(theme, post),
        url: absolute(theme, post.path),
        closed: isClosed(theme, post),
      })
    : '';
  return list === '' && find === '' ? '' : `<footer class="post-footer"${own}>\n${list}${find}</footer>\n`;
}

/** What others said, which is part of the entry; a host with a store shows what they say now. */
function comments(theme: Theme, post: Post): string {
  if (!isObject(post)) return '';
  const { threads, counts, rules, tallies, now } = theme.heard;
  const id = objectIdOf(theme, post);
  const thread = threads.get(id) ?? buildThread(id, [], []);
  const html = renderComments({
    thread,
    counts: counts.get(id) ?? thread.counts,
    language: post.language,
    closed: isClosed(theme, post),
    avatars: rules.avatars,
    mediaPath,
    ...(post.poll === undefined ? {} : { poll: pollAt(now, post.poll, tallies?.get(id)) }),
  });
  return markPart(id, html);
}

/** A like or a boost has a page, and no object that anybody could answer. */
function isObject(post: Post): boolean {
  return post.federate !== false && post.likeOf === undefined && post.repostOf === undefined;
}

/** The parts of a thread after the first, each an entry with an address of its own: what answers it stands with it. */
function laterParts(theme: Theme, post: Post): string {
  const parts = theme.threads.get(post.source) ?? [];
  return parts
    .map((part) => {
      const { number = 2, of = 2 } = part.part ?? {};
      const label = escapeHtml(theme.words.threadPart(number, of));
      const answers = isObject(part)
        ? ` <a href="${escapeHtml(commentsPath(objectIdOf(theme, part)))}">${escapeHtml(theme.words.replies)}</a>`
        : '';
      return `<section class="h-entry thread-part" id="${number}">
${contentElement(theme, part, part.html)}<p class="meta"${languageAttributes(theme.language)}><a class="u-url" href="${escapeHtml(part.path)}">${label}</a>${answers}</p>
</section>
`;
    })
    .join('');
}

/** Where an imported post stood before. */
function origin({ words, language }: Theme, { originalUrl }: Post): string {
  if (originalUrl === undefined || !isWebUrl(originalUrl)) return '';
  const { host } = new URL(originalUrl);
  return `<p class="meta"${languageAttributes(language)}>${escapeHtml(words.originallyAt)} <a class="u-syndication" rel="syndication" href="${escapeHtml(originalUrl)}">${escapeHtml(host)}</a></p>\n`;
}

/** A tag that only unlisted posts bear has no page. */
function tagElement(theme: Theme, tag: Tag): string {
  const label = escapeHtml(tag.label);
  if (!theme.tagSlugs.has(tag.slug)) return `<span class="p-category">${label}</span>`;
  return `<a class="p-category" rel="tag" href="${escapeHtml(tagPath(tag))}">${label}</a>`;
}

function neighbourLinks(theme: Theme, post: Post, own: string): string {
  const { newer, older } = theme.neighbours.get(post.path) ?? {};
  if (newer === undefined && older === undefined) return '';
  const link = (other: Post | undefined, rel: string, label: string) =>
    other === undefined
      ? ''
      : `<a class="${rel}" rel="${rel}" href="${escapeHtml(other.path)}"><span>${escapeHtml(label)}</span> <b${languageAttributes(other.language)}>${escapeHtml(titleOf(theme, other))}</b></a>\n`;
  return `<nav class="neighbours" aria-label="${escapeHtml(theme.words.postNavigation)}"${own}>
${link(older, 'prev', theme.words.older)}${link(newer, 'next', theme.words.newer)}</nav>
`;
}

function articleMeta(theme: Theme, post: Post): string {
  const tags = post.tags.map((tag) => `<meta property="article:tag" content="${escapeHtml(tag.label)}">\n`);
  const updated =
    post.updated === undefined ? '' : `<meta property="article:modified_time" content="${escapeHtml(post.updated)}">\n`;
  return `${alternates(theme, post)}<meta property="article:published_time" content="${escapeHtml(post.published)}">
${updated}<meta property="article:author" content="${escapeHtml(theme.addresses.origin)}/">
${tags.join('')}`;
}
