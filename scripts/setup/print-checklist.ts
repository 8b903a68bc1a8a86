import pc from 'picocolors';
import { count } from '../command.ts';
import { printable } from '../printable.ts';
import { wrapped } from '../wrap.ts';
import type { Item } from './checklist.ts';

const INDENT = '    ';
const BOXES: Readonly<Record<Item['state'], string>> = { done: '[x]', open: '[ ]', unknown: '[?]' };

/**
 * The lines of a checklist: what is done, what is not with how to do it, and what cannot be seen from here. `again` is what
 * shows it once more.
 */
export function checklistLines(items: readonly Item[], again = 'npm run setup'): string[] {
  const lines = items.flatMap(({ state, text, todo }) => {
    const head = wrapped(printable(text), `${BOXES[state]} `, INDENT).map(state === 'done' ? pc.green : pc.bold);
    return [...head, ...todo.map(printable).flatMap((line) => todoLines(line))];
  });
  return ['', ...lines, '', ...wrapped(summaryOf(items, again), '', '')];
}

/** What is typed or filled in stands as it is. */
function todoLines(line: string): string[] {
  return line.startsWith('  ') ? [INDENT + line] : wrapped(line, INDENT, INDENT);
}

function summaryOf(items: readonly Item[], again: string): string {
  const of = (state: Item['state']): number => items.filter((item) => item.state === state).length;
  const unseen = of('unknown') > 0 ? `, ${of('unknown')} that cannot be seen from here` : '';
  if (of('open') + of('unknown') === 0) return 'All done.';
  return `${count(of('open'), 'step')} to go${unseen}. Look again: ${again}`;
}
