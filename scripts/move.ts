import type { Command } from 'commander';
import { command, run } from './command.ts';
import { changeHandle } from './move/change-handle.ts';
import { moveDomain } from './move/move-domain.ts';
import { moveIn } from './move/move-in.ts';
import { moveOut, undoMove } from './move/move-out.ts';
import { showMove } from './move/move-state.ts';
import { AT_OPTION } from './owner-access.ts';

const program = command('move', 'Move an account in or out, or change the handle or the domain.')
  .enablePositionalOptions()
  .option(...AT_OPTION)
  .option('--json', 'print it as JSON')
  .addHelpText(
    'after',
    `
Examples:
  npm run move
  npm run move -- in @mara@social.example
  npm run move -- in @mara@social.example --check
  npm run move -- out @mara@social.example
  npm run move -- undo
  npm run move -- handle mara
  npm run move -- domain https://new.example

Nobody is told by this command: npm run plan shows what the next publish tells.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 the live site lacks it yet.
`,
  )
  .action(showMove);
program
  .command('show')
  .description('Show where a move stands, as without a command.')
  .option(...AT_OPTION)
  .option('--json', 'print it as JSON')
  .action((_: unknown, own: Command) => showMove(own.optsWithGlobals()));
program
  .command('in')
  .description('Bring the followers of an account elsewhere to this blog.')
  .argument('<old>', 'the account that you leave, such as @mara@social.example')
  .option('--check', 'only look: write nothing')
  .option('--watch', 'show the followers as they come (on a terminal it does)')
  .option('--no-watch', 'do not')
  .option('--for <time>', 'watch no longer than this: 30s, 10m, 2h')
  .option(...AT_OPTION)
  .option('--json', 'print what was found as JSON')
  .action((old: string, _: unknown, own: Command) => moveIn(old, own.optsWithGlobals()));
program
  .command('out')
  .description('Send the followers of this blog to an account elsewhere.')
  .argument('<new>', 'the account that you go to, such as @mara@social.example')
  .option('--anyway', 'also within 7 days of the last move')
  .option(...AT_OPTION)
  .action((target: string, _: unknown, own: Command) => moveOut(target, own.optsWithGlobals()));
program
  .command('undo')
  .description('Take movedTo out of the profile again.')
  .option(...AT_OPTION)
  .action((_: unknown, own: Command) => undoMove(own.optsWithGlobals()));
program
  .command('handle')
  .description('Give the blog another name; the old one still leads to it.')
  .argument('<name>', 'what stands before the @: a-z, 0-9 and _')
  .action((name: string) => changeHandle(name));
program
  .command('domain')
  .description('Move the blog to another domain, step by step; run it again to see what is done.')
  .argument('<origin>', 'where it will be: https://new.example')
  .option('--from <origin>', 'where it was, once the profile has the new one')
  .option('--json', 'print the checklist as JSON')
  .action((origin: string, _: unknown, own: Command) => moveDomain(origin, own.optsWithGlobals()));

await run(program);
