import { replacePairs } from './text-pairs.ts';

/** Elements that stand for themselves: no paragraph is around them. */
const BLOCKS =
  'address|article|aside|blockquote|center|dd|details|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]|header|hr|iframe|legend|li|main|menu|nav|noscript|object|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul|video|audio';

/** Of these, such as hold paragraphs: text in them is made some, too. */
const HOLDERS = 'article|aside|blockquote|div|footer|header|main|section';

const KEPT = /<(pre|script|style|textarea)\b[^<>]*>/gi;
const OPENING = new RegExp(String.raw`<(?:${BLOCKS})\b[^<>]*>`, 'gi');
const CLOSING = new RegExp(String.raw`</(?:${BLOCKS})>|<hr\b[^<>]*>`, 'gi');
const HOLDER = new RegExp(String.raw`</?(?:${HOLDERS})\b[^<>]*>`, 'gi');
const IS_BLOCK = new RegExp(String.raw`^<(?:/?(?:${BLOCKS})\b|!--)`, 'i');

/**
 * Makes paragraphs of the text that the classic editor saved: there an empty line is one, and a line end a break. What is marked
 * up already stays as it is.
 */
export function withParagraphs(content: string): string {
  const kept: string[] = [];
  // Its lines are its own. Letters of the private use area stand for it meanwhile.
  const rest = replacePairs(
    content.replace(/\r\n?/g, '\n').replace(/[\uE000\uE001]/g, ''),
    KEPT,
    ([, name]) => `</${name}>`,
    (_, __, whole) => `\n\n\uE000${kept.push(whole) - 1}\uE001\n\n`,
  );
  const text = rest
    .replace(OPENING, '\n\n$&')
    .replace(CLOSING, '$&\n\n')
    .replace(HOLDER, '\n\n$&\n\n')
    .replace(/<br\s?\/?>[ \t]*\n/gi, '\n');
  const parts = text.split(/\n[^\S\n]*\n\s*/).map((part) => paragraphOf(part.trim()));
  return parts.join('\n').replace(/\uE000(\d+)\uE001/g, (_, index: string) => kept[Number(index)] ?? '');
}

function paragraphOf(part: string): string {
  if (part === '' || IS_BLOCK.test(part) || /^\uE000\d+\uE001$/.test(part)) return part;
  return `<p>${part.replace(/\n/g, '<br>\n')}</p>`;
}
