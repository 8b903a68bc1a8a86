import type { StateCore, Token } from 'markdown-it';
import { type FoundText, linkTokens, replaceTexts, textToken } from './markdown-text.ts';
import { toTag } from './slugs.ts';

/**
 * A hashtag as Mastodon finds one: `#`, then letters, digits and underscores with at least one that is not a digit, and
 * nothing before it that would make it part of a word, an address or an entity.
 */
const HASHTAG = /(?<![\p{L}\p{N}\p{M}_/&#=){])#([\p{L}\p{N}\p{M}_]*[\p{L}_][\p{L}\p{N}\p{M}_]*)/gu;
const WORD_BEFORE = /[\p{L}\p{N}\p{M}_/&#=){]$/u;

/** The core rule that makes links of `#tags` in text, where the caller asks by a list in `env.hashtags`. It runs before `text_join`, while `\#` is still a token of its own. */
export function linkHashtags(state: StateCore): void {
  const found = state.env.hashtags;
  if (!Array.isArray(found) || !state.src.includes('#')) return;
  replaceTexts(state, '#', (text) => splitText(text, state, found));
}

function splitText({ token, before }: FoundText, state: StateCore, found: unknown[]): Token[] {
  const parts: Token[] = [];
  const { level } = token;
  let rest = 0;
  for (const match of token.content.matchAll(HASHTAG)) {
    const label = match[1] ?? '';
    const tag = toTag(label);
    if (!tag || (match.index === 0 && WORD_BEFORE.test(before))) continue;
    if (match.index > rest) parts.push(textToken(token.content.slice(rest, match.index), level, state));
    const attributes: [string, string][] = [
      ['href', `/tags/${encodeURIComponent(tag.slug)}/`],
      ['class', 'hashtag p-category'],
      ['rel', 'tag'],
    ];
    const inside = [textToken(match[0], level + 1, state)];
    parts.push(...linkTokens(attributes, inside, { markup: 'hashtag', level }, state));
    found.push(label);
    rest = match.index + match[0].length;
  }
  if (rest === 0) return [token];
  if (rest < token.content.length) parts.push(textToken(token.content.slice(rest), level, state));
  return parts;
}
