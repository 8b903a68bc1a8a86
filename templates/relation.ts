import type { Post } from '../build/model.ts';
import type { KnownObject, Reference } from '../federation/reference.ts';
import { escapeHtml } from './escape.ts';
import { strangerLink } from './people.ts';
import type { Theme } from './theme.ts';

/** What a post answers, likes, boosts or quotes, each as an h-cite under the name that IndieWeb gives it. */
export function relations(theme: Theme, post: Post): string {
  const { words } = theme;
  return [
    relation(words.inReplyTo, 'u-in-reply-to', post.inReplyTo, words.ownPost),
    relation(words.likeOf, 'u-like-of', post.likeOf, words.ownPost),
    relation(words.repostOf, 'u-repost-of', post.repostOf, words.ownPost),
    relation(words.quotationOf, 'u-quotation-of', post.quotationOf, words.ownPost),
  ].join('');
}

/** What stands in for the text of a like or boost, which mostly has none: “Liked a post by @ann@social.example”. Plain text. */
export function deedTitle({ words }: Theme, { likeOf, repostOf }: Post): string | undefined {
  if (likeOf !== undefined) return `${words.likeOf} ${nameOf(likeOf)}`;
  return repostOf === undefined ? undefined : `${words.repostOf} ${nameOf(repostOf)}`;
}

function relation(label: string, name: string, reference: Reference | undefined, ownPost: string): string {
  if (reference === undefined) return '';
  const lead = `<p class="relation meta">${escapeHtml(label)} `;
  if (reference.kind === 'own') {
    const title = escapeHtml(reference.title ?? ownPost);
    return `${lead}<a class="${name}" href="${escapeHtml(reference.path)}">${title}</a></p>\n`;
  }
  if (reference.kind === 'unresolved') {
    return `${lead}${strangerLink(name, reference.url, `<bdi>${escapeHtml(shortAddress(reference.url))}</bdi>`)}</p>\n`;
  }
  const { object } = reference;
  const link = strangerLink('u-url p-name', object.url, `<bdi>${escapeHtml(nameOf(reference))}</bdi>`);
  return `<div class="${name} h-cite relation">\n<p class="meta">${escapeHtml(label)} ${link}</p>\n${authorData(object)}${excerptOf(object)}</div>\n`;
}

/** Who wrote it, for programs: people read it in the name already. */
function authorData({ author }: KnownObject): string {
  const name = escapeHtml(author.name ?? author.handle);
  return `<data class="p-author h-card" value="${name}"><data class="u-url" value="${escapeHtml(author.url)}"></data></data>\n`;
}

function excerptOf({ excerpt }: KnownObject): string {
  if (excerpt === undefined || excerpt === '') return '';
  return `<blockquote class="p-content" dir="auto"><p>${escapeHtml(excerpt)}</p></blockquote>\n`;
}

function nameOf(reference: Reference): string {
  if (reference.kind === 'own') return reference.title ?? shortAddress(reference.url);
  if (reference.kind === 'unresolved') return shortAddress(reference.url);
  const { name, author } = reference.object;
  return name === undefined ? author.handle : `${name} (${author.handle})`;
}

/** An address as people read it: without its scheme, and not longer than a line. */
function shortAddress(url: string): string {
  const text = url.replace(/^https?:\/\//, '').replace(/\/$/, '');
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
