import pc from 'picocolors';
import { count } from '../command.ts';
import { printable } from '../printable.ts';
import type { Item } from './checklist.ts';

const BOXES: Readonly<Record<Item['state'], string>> = { done: '[x]', open: '[ ]', unknown: '[?]' };

/** The lines of a checklist: what is done, what is not with how to do it, and what cannot be seen from here. */
export function checklistLines(items: readonly Item[]): string[] {
  const lines = items.flatMap(({ state, text, todo }) => {
    const head = `${BOXES[state]} ${printable(text)}`;
    return [state === 'done' ? pc.green(head) : pc.bold(head), ...todo.map((line) => `    ${printable(line)}`)];
  });
  return ['', ...lines, '', summaryOf(items)];
}

function summaryOf(items: readonly Item[]): string {
  const of = (state: Item['state']): number => items.filter((item) => item.state === state).length;
  const unseen = of('unknown') > 0 ? `, ${of('unknown')} that cannot be seen from here` : '';
  if (of('open') + of('unknown') === 0) return 'All done.';
  return `${count(of('open'), 'step')} to go${unseen}. Look again: npm run setup`;
}
