import { escapeHtml, shortenText, textOfHtml } from './html-text.ts';

const TAG = /<(\/?)([a-z][a-z0-9]*)\b[^>]*>/gi;
const VOID_ELEMENTS: ReadonlySet<string> = new Set(['br', 'hr', 'img', 'source', 'wbr']);

/**
 * Gives the beginning of HTML, at most `limit` UTF-16 units, cut after a whole block so that every element stays closed.
 * When the first block alone is longer, gives the beginning of its text as one paragraph. Takes well-formed HTML as Postern
 * writes it for peers, `>` escaped in attributes; never fails.
 */
export function cutHtml(html: string, limit: number): string {
  if (html.length <= limit) return html;
  const end = lastBlockEnd(html, limit);
  return end > 0 ? html.slice(0, end) : firstText(html, limit);
}

function lastBlockEnd(html: string, limit: number): number {
  let depth = 0;
  let end = 0;
  for (const tag of html.matchAll(TAG)) {
    const after = tag.index + tag[0].length;
    if (after > limit) break;
    if (!VOID_ELEMENTS.has((tag[2] ?? '').toLowerCase())) depth += tag[1] === '/' ? -1 : 1;
    if (depth === 0) end = after;
  }
  return end;
}

/** What the cut has halved is left out: a tag, an entity, a surrogate pair. */
function firstText(html: string, limit: number): string {
  const room = limit - '<p></p>'.length;
  const whole = html
    .slice(0, room)
    .replace(/<[^>]*$/, '')
    .replace(/&[^;\s]{0,9}$/, '')
    .replace(/[\ud800-\udbff]$/, '');
  const text = textOfHtml(whole);
  // Escaping may lengthen it: each round takes off a fifth, counted in whole characters.
  for (let characters = text.length; characters > 0; characters = Math.floor(characters * 0.8)) {
    const paragraph = `<p>${escapeHtml(shortenText(text, characters))}</p>`;
    if (paragraph.length <= limit) return text === '' ? '' : paragraph;
  }
  return '';
}
