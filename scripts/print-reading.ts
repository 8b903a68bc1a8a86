import pc from 'picocolors';
import type { ReadingView } from '../server/owner-access.ts';
import { oneLine, printable } from './printable.ts';
import { shownTime } from './times.ts';
import { widthOf, wrapped } from './wrap.ts';

/** As much of a post as a list shows. */
const MOST_LETTERS = 400;
const INDENT = '      ';

/** Lines for a list: who, when, how it begins, and where it is. What is warned of stays unsaid. `now` in milliseconds. */
export function readingLines(item: ReadingView, now: number, width = widthOf(process.stdout)): string[] {
  const { handle, name, booster, at, url, title, contentWarning, text } = item;
  const who = name === undefined ? printable(handle) : `${oneLine(name)} ${printable(handle)}`;
  const boosted = booster === undefined ? '' : `${printable(booster)} boosted `;
  const said = contentWarning === undefined ? [title, text].filter(Boolean).join(': ') : `[${contentWarning}]`;
  const line = oneLine(said.replace(/\s+/g, ' '));
  const cut = line.length > MOST_LETTERS ? `${[...line].slice(0, MOST_LETTERS).join('')}…` : line;
  const [first = '', ...rest] = wrapped(`${boosted}${who}, ${shownTime(Date.parse(at), now)}`, '', INDENT, width);
  const body = cut === '' ? [] : wrapped(cut, INDENT, INDENT, width);
  return [pc.bold(first), ...rest, ...body, pc.dim(`${INDENT}${printable(url)}`)];
}
