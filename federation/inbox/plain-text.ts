import { shortenText } from '../html-text.ts';
import type { Json } from '../vocabulary.ts';

/**
 * What has no business in text that is shown: controls but for tab and line break, which also move a terminal's cursor;
 * halves of characters; and what turns the direction of the text around it.
 */
const UNSEEMLY = /[^\P{Cc}\t\n]|\p{Cs}|[\u202a-\u202e]/gu;

/** What else has none in a name or a label: line breaks and every control of the direction. */
const UNSEEMLY_IN_A_LINE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;

/** Takes out of text what no writer means to show. Never fails. */
export function seemlyText(text: string): string {
  return text.replace(UNSEEMLY, '');
}

/**
 * Gives a value as one line of plain text of at most `limit` characters, or undefined when it is no string or nothing is
 * left of it. For names, titles and labels: whatever HTML it may hold is text (security checks: names are plain text).
 */
export function plainLine(value: Json | undefined, limit: number): string | undefined {
  if (typeof value !== 'string') return undefined;
  // Cut first: what follows then costs the same for a name of a megabyte.
  const line = value
    .slice(0, limit * 8)
    .replace(UNSEEMLY_IN_A_LINE, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return line === '' ? undefined : shortenText(line, limit);
}
