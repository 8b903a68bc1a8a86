// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/**
 * What a terminal takes for one command (ECMA-48 §5.4 and §5.6): CSI with its parameters, or OSC up to its end. One that is
 * not ended hides nothing of what follows it.
 */
const SEQUENCES = new RegExp(
  [
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]',
    '(?:\\u001b\\]|\\u009d)[^\\u0000-\\u001f\\u007f-\\u009f]*(?:\\u0007|\\u001b\\\\|\\u009c)',
  ].join('|'),
  'g',
);

/**
 * Makes foreign text safe to print: what moves the cursor, turns the direction of writing or ends the line becomes a
 * visible escape, so that different names stay different. Titles of another server's ledger, handles and peers' words are
 * printed only like this.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** For prose of several words: each such letter is a space, and whole commands to the terminal are left out. */
export function oneLine(text: string): string {
  return text.replace(SEQUENCES, '').replace(CONTROLS, ' ').replace(/ {2,}/g, ' ').trim();
}

/** A title between quotes. */
export function quoted(text: string): string {
  return `"${printable(text).replaceAll('"', '\\"')}"`;
}
