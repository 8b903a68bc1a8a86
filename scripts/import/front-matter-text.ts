/** A value of front matter: absent ones leave no line. */
export type FrontMatterValue = string | boolean | readonly string[] | undefined;

/** What needs no quotes anywhere in YAML, not even between brackets (YAML 1.2.2 §7.3.3). */
const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N} _./()+'@-]*$/u;

/** Outside of brackets addresses need none either: a colon and a number sign mean something beside a space alone. */
const PLAIN_LINE = /^(?:[\p{L}\p{N}]|\.{1,2}\/)(?:[\p{L}\p{N} _./()+'@?&=%~,;!-]|:(?=[^\s])|(?<=\S)#)*$/u;

/** Would be read as something that is no text, here or by a reader of YAML 1.1. */
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n|~)$/i;

/** Numbers stay text here, and are none in other programs when they are quoted. */
const NUMBER = /^[\d.+_-]+$/;

// What a reader of YAML refuses outside of escapes, or takes for a line end (§5.1, §5.4).
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** Writes front matter as YAML between its fences, a key a line, in the order given; our own reader gives back the same values. */
export function frontMatterText(values: Readonly<Record<string, FrontMatterValue>>): string {
  const lines: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) continue;
    lines.push(`${key}: ${valueText(value)}`);
  }
  return `---\n${lines.join('\n')}\n---\n`;
}

function valueText(value: Exclude<FrontMatterValue, undefined>): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return scalarText(value, PLAIN_LINE);
  return `[${value.map((item) => scalarText(item, PLAIN)).join(', ')}]`;
}

/** Text as one line of YAML: as it stands where that is safe, else between double quotes. */
export function scalarText(text: string, plain: RegExp = PLAIN_LINE): string {
  if (plain.test(text) && !/\s$| {2}/.test(text) && !WORDS.test(text) && (!NUMBER.test(text) || isDate(text)))
    return text;
  return JSON.stringify(text).replace(
    UNPRINTABLE,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text);
}
