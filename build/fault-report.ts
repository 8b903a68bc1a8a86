import { join, relative } from 'node:path';
import { PosternError } from '../federation/errors.ts';
import type { Fault } from './model.ts';

/** More of one kind than this are listed together: one line elsewhere often mends them all. */
const MANY = 20;
const VARIABLE = /"[^"]*"|[^\s"]*\/[^\s"]*/g;

/** Makes the one error of all faults; its text is for people, `facts.faults` has every fault whole. */
export function contentFaults(found: readonly Fault[], contentFolder: string): PosternError {
  const faults = found.toSorted(byPlace);
  const files = new Set(faults.map(({ file }) => file)).size;
  return new PosternError(
    'content-faults',
    `${count(faults.length, 'fault')} in ${count(files, 'file')}:\n${describeFaults(faults, contentFolder)}`,
    { hint: 'Correct these lines and build again; nothing was written.', facts: { faults } },
  );
}

/**
 * Prints faults as `path:line message`, the paths as they can be opened from the working folder. A kind that occurs very
 * often gets its message once, at the head of its places; a summary then comes last, where a terminal shows it.
 */
export function describeFaults(faults: readonly Fault[], contentFolder: string): string {
  const kinds = kindsOf(faults);
  const place = ({ file, line }: Fault): string => `${shownPath(join(contentFolder, file))}:${line}`;
  const often = kinds.filter(({ members }) => members.length > MANY);
  if (often.length === 0) return faults.map((fault) => `${place(fault)} ${fault.message}`).join('\n');
  const rare = new Set(kinds.filter((kind) => !often.includes(kind)).flatMap(({ members }) => members));
  const head = ({ members, message }: Kind): string => `${String(members.length).padStart(5)} × ${message}`;
  return [
    ...faults.filter((fault) => rare.has(fault)).map((fault) => `${place(fault)} ${fault.message}`),
    ...often.flatMap((kind) => [
      '',
      head(kind),
      ...kind.members.map((fault) => ['       ', place(fault), ...ownWords(fault, kind)].join(' ').trimEnd()),
    ]),
    '',
    'In short:',
    ...kinds.toSorted((a, b) => b.members.length - a.members.length).map(head),
  ].join('\n');
}

export function byPlace(a: Fault, b: Fault): number {
  return compare(a.file, b.file) || a.line - b.line || compare(a.message, b.message);
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Kind {
  /** With "…" for what differs. */
  readonly message: string;
  readonly members: readonly Fault[];
  /** Which of the quoted words and paths of the message differ. */
  readonly differs: readonly boolean[];
}

/** Faults are of one kind when their messages differ in quoted words and paths alone. */
function kindsOf(faults: readonly Fault[]): Kind[] {
  const groups = new Map<string, Fault[]>();
  for (const fault of faults) {
    const shape = fault.message.replace(VARIABLE, '\0');
    const group = groups.get(shape);
    if (group) group.push(fault);
    else groups.set(shape, [fault]);
  }
  return [...groups.values()].map((members) => {
    const [first = [], ...others] = members.map(({ message }) => message.match(VARIABLE) ?? []);
    const differs = first.map((word, index) => others.some((words) => words[index] !== word));
    let index = -1;
    const message = (members[0]?.message ?? '').replace(VARIABLE, (word) => {
      index += 1;
      if (!differs[index]) return word;
      return word.startsWith('"') ? '"…"' : '…';
    });
    return { message, members, differs };
  });
}

function ownWords({ message }: Fault, { differs }: Kind): string[] {
  return (message.match(VARIABLE) ?? []).filter((_, index) => differs[index]);
}

/** As the person at the terminal would write it: relative inside of the working folder, absolute outside. */
function shownPath(path: string): string {
  const shown = relative('', path);
  return (shown.startsWith('..') ? path : shown).replaceAll('\\', '/');
}

function count(n: number, one: string): string {
  return `${n} ${n === 1 ? one : `${one}s`}`;
}
