import { relative, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { isTypo, nearestName } from '../build/front-matter-keys.ts';
import { PosternError } from '../server/errors.ts';
import { assertNoLostOptions } from './lost-options.ts';
import { printable, quoted } from './printable.ts';
import { widthOf, wrapped } from './wrap.ts';

/** What a command's process ends with. `waiting`: there is something to send, and `--exit-code` asked. */
export const EXIT = { done: 0, failed: 1, usage: 2, held: 3, waiting: 4 } as const;

/** Faults of what was typed, not of what was done. */
const USAGE_CODES: ReadonlySet<string> = new Set([
  'nothing-to-write',
  'not-a-language',
  'unknown-hold',
  'future-without-watch',
  'unknown-post',
  'ambiguous-post',
  'not-an-origin',
  'not-a-host',
  'not-confirmed',
  'unknown-reply',
  'ambiguous-reply',
  'not-a-block',
  'not-blocked',
  'own-host',
  'not-a-list-url',
  'missing-answers',
  'not-an-answer',
  'options-without-dashes',
  'not-an-address',
  'not-a-handle',
  'not-followed',
]);

/** The child that failed has said why. */
const TOLD_ALREADY = 'build-failed';

/** A command with the habits that all of Postern's share: `--help`, a suggestion for a mistyped flag, exit code 2. */
export function command(name: string, summary: string): Command {
  return new Command(`npm run ${name} --`)
    .description(summary)
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError(`(npm run ${name} -- --help tells more)`)
    .exitOverride();
}

/**
 * Runs a command to its end and sets the exit code. An error is printed as what, which one and what to do next; a
 * stack only when it is a fault of the program itself.
 */
export async function run(program: Command): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', unlessUnread);
  try {
    assertNoLostOptions(program, process.env);
    assertKnownCommand(program);
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
      return;
    }
    const code = error instanceof PosternError ? error.code : '';
    if (code !== TOLD_ALREADY) printError(error);
    process.exitCode = USAGE_CODES.has(code) ? EXIT.usage : EXIT.failed;
  }
}

/** Who reads no further, as `head` does, has read enough; what is being done goes on. */
function unlessUnread(fault: NodeJS.ErrnoException): void {
  if (fault.code !== 'EPIPE') throw fault;
}

/** Where there is a default command, a misspelt one would be its argument, and the error would be about that. */
function assertKnownCommand(program: Command): void {
  const names = program.commands.map((each) => each.name());
  if (names.length === 0) return;
  program.helpCommand(true);
  const { operands, unknown } = program.parseOptions(process.argv.slice(2));
  const typed = operands[0] ?? unknown[0];
  if (typed === undefined || typed.startsWith('-') || typed === 'help' || names.includes(typed)) return;
  const nearest = nearestName(typed, names);
  const isNear = nearest && (nearest.edits === 1 || isTypo(typed, nearest.edits));
  const hint = isNear ? `did you mean ${nearest.name}?` : `there is ${names.join(', ')}.`;
  program.error(`error: There is no command ${quoted(typed)}; ${hint}`, { code: 'commander.unknownCommand' });
}

export function printError(error: unknown): void {
  if (error instanceof PosternError) for (const line of errorLines(error)) console.error(line);
  else console.error(error);
}

/** What went wrong, and what to do next, as wide as the terminal. */
export function errorLines({ message, hint }: PosternError): string[] {
  return [paragraph(`${pc.red('error')} `, message), paragraph(`${pc.dim('next ')} `, hint)];
}

const INDENT = ' '.repeat('error '.length);

/**
 * An error may quote a title or what a server answered; its line ends are our own. What is set off by spaces stands as it is
 * typed or listed; lists of faults are read by programs too, which want a fault a line.
 */
function paragraph(head: string, text: string): string {
  const { isTTY } = process.stderr;
  const width = widthOf(process.stderr);
  const lines = text.split('\n').flatMap((line, index) => {
    const shown = printable(line);
    if (index > 0) return /^\s|^$/.test(shown) || !isTTY ? [shown] : wrapped(shown, '', '  ', width);
    return wrapped(shown, head, INDENT, width);
  });
  return lines.join('\n');
}

/** Prints a value for machines: one JSON document on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** `1 post`, `2 posts`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

/** A path as the person at the terminal would write it: relative inside of the working folder, absolute outside. */
export function shownPath(path: string): string {
  const shown = relative(process.cwd(), resolve(path)) || '.';
  return shown.startsWith('..') ? resolve(path) : shown;
}
