/** A backslash before ASCII punctuation makes it itself (CommonMark §2.4). */
const ALWAYS = /[\\`*[\]<|]/g;

/** Not within a word, where it is no mark (§6.2): `snake_case` stays readable. */
const UNDERSCORE = /(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** Would be read as an entity (§6.4). */
const AMPERSAND = /&(?=#|[A-Za-z])/g;

/** Two strike out, three fence; one at an end may meet another. */
const TILDE = /~(?=~|$)|(?<=^|~)~/g;

/** Would be a hashtag, which the source did not make of it. */
const HASH = /(?<![\p{L}\p{N}\p{M}_/&=)])#(?=[\p{L}\p{N}\p{M}_])/gu;

/** At the beginning of a line: headings, lists, quotes, rules, underlines of headings, definitions. */
const LINE_START = /^([ \t]*)(#{1,6}(?=[ \t]|$)|[-+=>~])/gm;
const LINE_NUMBER = /^([ \t]*\d{1,9})([.)])(?=[ \t]|$)/gm;

/** Is template code to `build/foreign-markup.ts`, which sees no backslashes; and `{#id}` names a heading. */
const BRACE = /\{(?=[{%:#])|(?<=\{)\{/g;

/** Spaces that Markdown cuts off at the ends of a paragraph, and browsers do not. */
const OUTER_SPACE = /^[^\S \t\r\n]+|[^\S \t\r\n]+$/gm;

/** Makes Markdown of text that says exactly this, marks and all. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(ALWAYS, '\\$&')
    .replace(UNDERSCORE, '\\_')
    .replace(AMPERSAND, '\\&')
    .replace(TILDE, '\\~')
    .replace(HASH, '\\#')
    .replace(LINE_START, '$1\\$2')
    .replace(LINE_NUMBER, '$1\\$2')
    .replace(BRACE, '&#123;');
}

/** Writes spaces that are not plain ones at the ends of lines so that they stay. */
export function keepOuterSpace(text: string): string {
  return text.replace(OUTER_SPACE, (spaces) => [...spaces].map((space) => `&#${space.codePointAt(0)};`).join(''));
}

/** As one line: in an attribute, a list or the words of a picture, where a line end would end it. */
export function escapeLine(text: string): string {
  return escapeMarkdown(text.replace(/\s+/g, ' ').trim());
}

/** What an address may be in a file of `media`: see `ImportedPost.markdown`. */
export function mediaAddress(name: string): string {
  return `media:${encodeURIComponent(name).replace(/[()'*!]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`;
}

/** What ends an address in Markdown, or is a mark within it. */
const NO_ADDRESS = /[^!#$%&'()*+,./0-9:;=?@A-Z_a-z~\u0080-\uffff-]/g;

/** Gives an address as it can stand in `](…)`. */
export function linkTarget(href: string): string {
  return linkAddress(href).replace(/[()]/g, '\\$&');
}

/** Gives an address as it can stand in `<…>`. */
export function linkAddress(href: string): string {
  return href
    .trim()
    .replace(NO_ADDRESS, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
