import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { PosternError } from '../server/errors.ts';

/** What a command's process ends with. */
export const EXIT = { done: 0, failed: 1, usage: 2, held: 3 } as const;

/** A command with the habits that all of Postern's share: `--help`, a suggestion for a mistyped flag, exit code 2. */
export function command(name: string, summary: string): Command {
  return new Command(`npm run ${name} --`)
    .description(summary)
    .helpOption('-h, --help', 'show this help')
    .showHelpAfterError('(npm run ' + name + ' -- --help tells more)')
    .exitOverride();
}

/**
 * Runs a command to its end and sets the exit code. An error is printed as what, which one and what to do next; a
 * stack only when it is a fault of the program itself.
 */
export async function run(program: Command): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
      return;
    }
    printError(error);
    process.exitCode = EXIT.failed;
  }
}

export function printError(error: unknown): void {
  if (error instanceof PosternError) {
    console.error(`${pc.red('error')} ${error.message}`);
    console.error(`${pc.dim('next ')} ${error.hint}`);
    return;
  }
  console.error(error);
}

/** Prints a value for machines: one JSON document on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** `1 post`, `2 posts`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}
