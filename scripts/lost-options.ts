import type { Command, Option } from 'commander';
import { PosternError } from '../server/errors.ts';

/**
 * Names that npm has a setting for: people and build machines set these for good, in .npmrc or the environment, so that
 * they tell nothing about what was typed. (npm 10 and 11 hand down whatever differs from their defaults.)
 */
const SETTINGS_OF_NPM: ReadonlySet<string> = new Set(['all', 'json', 'offline', 'yes']);

/**
 * Throws `options-without-dashes` when npm took options of the program for its own: of `npm run new --note "A few words"`
 * the program would get the words alone, and npm_config_note=true.
 */
export function assertNoLostOptions(program: Command, environment: NodeJS.ProcessEnv): void {
  const name = environment.npm_lifecycle_event;
  // Of another script, such as one that calls this one, they are that one's.
  if (name === undefined || program.name() !== `npm run ${name} --`) return;
  const lost = optionsOf(program).filter((option) => isTaken(option, environment));
  const own = (option: Option): boolean => SETTINGS_OF_NPM.has(npmName(option));
  if (lost.every(own)) return;
  const flags = [...new Set(lost.map(({ long, required, optional }) => `${long}${required || optional ? ' …' : ''}`))];
  const names = [...new Set(lost.map(({ long }) => long))].join(', ');
  throw new PosternError('options-without-dashes', `npm took ${names} for itself; nothing was done.`, {
    hint: `Write \`--\` before the options: npm run ${name} -- ${flags.join(' ')}`,
    facts: { flags },
  });
}

function optionsOf(program: Command): Option[] {
  return [...program.options, ...program.commands.flatMap(optionsOf)].filter(({ long }) => long !== undefined);
}

/** `--no-x` is the setting `x` without a value. */
function isTaken(option: Option, environment: NodeJS.ProcessEnv): boolean {
  const value = environment[`npm_config_${npmName(option).replaceAll('-', '_')}`];
  return value !== undefined && (value === '') === option.negate;
}

function npmName({ long = '', negate }: Option): string {
  return long.replace(negate ? /^--no-/ : /^--/, '');
}
