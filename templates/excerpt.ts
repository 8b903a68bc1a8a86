import type { Post } from '../build/model.ts';
import { shortenText, textOfHtml } from '../federation/html-text.ts';

/** Enough HTML to hold the first paragraph; a bound keeps long posts cheap. */
const LOOK_AT = 2500;
const NOT_PROSE = /<(sup|figure|pre|details|table|script|style|svg)\b[^>]*>[\s\S]*?<\/\1>/gi;
const PARAGRAPH = /<p\b[^>]*>([\s\S]*?)<\/p>/gi;
const LENGTH = 200;

/** One character beyond Latin-1 would make every page a string of two bytes a letter, in memory and on its way out. */
const MARK = '...';

const cache = new WeakMap<Post, string>();

/** The first words of a post as plain text, for lists and link cards: the author's description where there is one. */
export function summaryOf(post: Post): string {
  if (post.description !== undefined) return post.description;
  let text = cache.get(post);
  if (text === undefined) {
    text = excerpt(post.html);
    cache.set(post, text);
  }
  return text;
}

/** The first paragraph of HTML as plain text (not escaped), cut at a word to 200 characters. */
export function excerpt(html: string): string {
  const start = wholeTags(html.slice(0, LOOK_AT)).replace(NOT_PROSE, '');
  for (const match of start.matchAll(PARAGRAPH)) {
    const text = textOfHtml(match[1] ?? '');
    if (text !== '') return shortenText(text, LENGTH, MARK);
  }
  return shortenText(textOfHtml(start), LENGTH, MARK);
}

/** Leaves out a tag that the cut went through. */
function wholeTags(html: string): string {
  const open = html.lastIndexOf('<');
  return open > html.lastIndexOf('>') ? html.slice(0, open) : html;
}
