import pc from 'picocolors';
import { count } from '../command.ts';
import { oneLine } from '../printable.ts';
import { wrapped } from '../wrap.ts';
import type { Group, Half, Mark } from './finding.ts';
import type { HalfState, Report } from './report.ts';

const MOST_STEPS = 3;

const SIGNS: Readonly<Record<Mark, string>> = {
  ok: pc.green('✓'),
  warning: pc.yellow('!'),
  broken: pc.red('✗'),
  skipped: pc.dim('–'),
};

const HALVES: readonly (readonly [Half, string])[] = [
  ['read', 'Being found and read'],
  ['heard', 'Hearing what others send'],
  ['sent', 'Sending what the blog says'],
];

const STATES: Readonly<Record<HalfState, string>> = {
  working: `${SIGNS.ok} works`,
  warning: `${SIGNS.warning} works, with something to mend`,
  broken: `${SIGNS.broken} broken`,
  unknown: `${SIGNS.skipped} cannot be told from outside`,
};

/**
 * The lines of one group: what was seen, and below it what to do. What is in order is named by its path; what is not, by
 * an address that can be copied.
 */
export function groupLines({ title, findings }: Group, origin: string): string[] {
  const lines = findings.flatMap(({ mark, saw, next }, n) => [
    ...wrapped(oneLine(mark === 'ok' ? saw.replaceAll(`${origin}/`, '/') : saw), `  ${SIGNS[mark]} `, '    '),
    // Said once, below the last that it mends.
    ...(next === undefined || next === findings[n + 1]?.next
      ? []
      : wrapped(next, `    ${pc.dim('next')} `, '         ')),
  ]);
  return [pc.bold(title), ...lines, ''];
}

/** The end of it: which half is broken, and what to do first. */
export function summaryLines({ counts, halves, todo }: Report): string[] {
  const parts = [
    `${counts.ok} in order`,
    ...(counts.warning > 0 ? [count(counts.warning, 'warning')] : []),
    ...(counts.broken > 0 ? [`${counts.broken} broken`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} not looked at`] : []),
  ];
  const table = HALVES.map(([half, name]) => `  ${name.padEnd(28)}${STATES[halves[half]]}`);
  const steps = todo
    .slice(0, MOST_STEPS)
    .flatMap(({ saw, next, checks }, n) => [
      ...wrapped(
        oneLine(saw) + (checks.length > 1 ? `, and ${checks.length - 1} more like it` : ''),
        `  ${n + 1}. `,
        '     ',
      ),
      ...wrapped(`→ ${next}`, '     ', '       '),
    ]);
  const more = todo.length - MOST_STEPS;
  const first = counts.broken > 0 ? 'What to do first' : 'What could be better';
  return [
    pc.bold('In short'),
    ...table,
    `  ${parts.join(', ')}`,
    ...(todo.length === 0 ? [] : ['', pc.bold(first), ...steps]),
    ...(more > 0 ? [pc.dim(`     then ${more} more, above; run doctor again after each`)] : []),
  ];
}
