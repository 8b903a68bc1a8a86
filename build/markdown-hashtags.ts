import type { StateCore, Token } from 'markdown-it';
import { toTag } from './slugs.ts';

/**
 * A hashtag as Mastodon finds one: `#`, then letters, digits and underscores with at least one that is not a digit, and
 * nothing before it that would make it part of a word, an address or an entity.
 */
const HASHTAG = /(?<![\p{L}\p{N}\p{M}_/&#=){])#([\p{L}\p{N}\p{M}_]*[\p{L}_][\p{L}\p{N}\p{M}_]*)/gu;
const WORD_BEFORE = /[\p{L}\p{N}\p{M}_/&#=){]$/u;

/** HTML elements whose text is left alone. */
const QUIET = /<(\/?)(?:a|code|pre|kbd|samp|script|style|textarea|svg)(?=[\s/>])[^>]*>/gi;

/** The core rule that makes links of `#tags` in text, where the caller asks by a list in `env.hashtags`. It runs before `text_join`, while `\#` is still a token of its own. */
export function linkHashtags(state: StateCore): void {
  const found = state.env.hashtags;
  if (!Array.isArray(found) || !state.src.includes('#')) return;
  // Raw HTML may open in one block and close in another.
  const quiet = { depth: 0 };
  for (const token of state.tokens) {
    if (token.type === 'html_block') quiet.depth = changeDepth(quiet.depth, token.content);
    if (token.type === 'inline' && token.children) token.children = linkChildren(token.children, state, found, quiet);
  }
}

function linkChildren(children: Token[], state: StateCore, found: unknown[], quiet: { depth: number }): Token[] {
  let result: Token[] | undefined;
  let links = 0;
  children.forEach((child, index) => {
    if (child.type === 'link_open') links += 1;
    else if (child.type === 'link_close') links -= 1;
    else if (child.type === 'html_inline') quiet.depth = changeDepth(quiet.depth, child.content);
    if (child.type !== 'text' || links > 0 || quiet.depth > 0 || !child.content.includes('#')) result?.push(child);
    else {
      result ??= children.slice(0, index);
      result.push(...splitText(child, endsInWord(children[index - 1]), state, found));
    }
  });
  return result ?? children;
}

function changeDepth(depth: number, html: string): number {
  let now = depth;
  for (const match of html.matchAll(QUIET)) {
    if (match[1] === '/') now = Math.max(0, now - 1);
    else if (!match[0].endsWith('/>')) now += 1;
  }
  return now;
}

function endsInWord(token: Token | undefined): boolean {
  return (
    token !== undefined && (token.type === 'text' || token.type === 'text_special') && WORD_BEFORE.test(token.content)
  );
}

function splitText(token: Token, afterWord: boolean, state: StateCore, found: unknown[]): Token[] {
  const parts: Token[] = [];
  let rest = 0;
  for (const match of token.content.matchAll(HASHTAG)) {
    const label = match[1] ?? '';
    const tag = toTag(label);
    if (!tag || (match.index === 0 && afterWord)) continue;
    if (match.index > rest) parts.push(textToken(token.content.slice(rest, match.index), token.level, state));
    parts.push(...linkTokens(`/tags/${encodeURIComponent(tag.slug)}/`, match[0], token.level, state));
    found.push(label);
    rest = match.index + match[0].length;
  }
  if (rest === 0) return [token];
  if (rest < token.content.length) parts.push(textToken(token.content.slice(rest), token.level, state));
  return parts;
}

function linkTokens(href: string, text: string, level: number, state: StateCore): Token[] {
  const open = new state.Token('link_open', 'a', 1);
  open.attrs = [
    ['href', href],
    ['class', 'hashtag p-category'],
    ['rel', 'tag'],
  ];
  open.markup = 'hashtag';
  open.level = level;
  const close = new state.Token('link_close', 'a', -1);
  close.markup = 'hashtag';
  close.level = level;
  return [open, textToken(text, level + 1, state), close];
}

function textToken(content: string, level: number, state: StateCore): Token {
  const token = new state.Token('text', '', 0);
  token.content = content;
  token.level = level;
  return token;
}
