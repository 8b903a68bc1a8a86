import pc from 'picocolors';
import { printable } from '../printable.ts';
import { widthOf, wrapped } from '../wrap.ts';

const INDENT = ' '.repeat(6);

/** Prints what was done or seen, as wide as the terminal: a word of up to five letters, and a sentence below each other. */
export function say(word: string, text: string, paint: (text: string) => string = pc.green): void {
  const [first = '', ...rest] = wrapped(printable(text), `${word.padEnd(5)} `, INDENT, widthOf(process.stdout));
  console.log([paint(first.slice(0, word.length)) + first.slice(word.length), ...rest].join('\n'));
}

/** What to do now. */
export function next(text: string): void {
  say('next', text, pc.dim);
}

/** More about what was said last. */
export function more(text: string): void {
  for (const line of wrapped(printable(text), INDENT, INDENT, widthOf(process.stdout))) console.log(line);
}

/** Steps for a person, numbered. What is to be typed stands as it is. */
export function steps(lines: readonly string[]): void {
  lines.forEach((line, index) => {
    const head = `  ${index + 1}. `;
    for (const each of wrapped(printable(line), head, ' '.repeat(head.length), widthOf(process.stdout)))
      console.log(each);
  });
}
