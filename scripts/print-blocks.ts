import pc from 'picocolors';
import type { BlockEntry } from '../build/block-list.ts';
import { readBlocks } from '../build/blocks.ts';
import { describeFaults } from '../build/fault-report.ts';
import type { Settings } from '../build/settings.ts';
import type { Block } from '../federation/rules.ts';
import type { ListChange } from './block-lists.ts';
import { type BlockedNow, findBlocked } from './blocked-now.ts';
import { count } from './command.ts';
import { printable } from './printable.ts';
import { lookIntoStore } from './store-file.ts';

/** As many names as are read; the rest is a number. */
const MOST_NAMED = 20;

export function shownBlock({ name, severity, reason, source }: Block): string {
  const why = reason === undefined ? '' : `  ${pc.dim(printable(reason))}`;
  return `${severity.padEnd(5)} ${printable(name)}${why}  ${pc.dim(source)}`;
}

/** What an update brought and took. */
export function printChange({ came, went }: ListChange): void {
  printEntries(pc.red('+'), came);
  printEntries(pc.green('-'), went);
  if (came.length + went.length === 0) console.log(pc.dim('      nothing changed'));
}

function printEntries(mark: string, entries: readonly BlockEntry[]): void {
  for (const { name, severity, reason } of entries.slice(0, MOST_NAMED)) {
    const word = severity === 'none' ? 'noop' : severity;
    console.log(`${mark} ${word.padEnd(5)} ${printable(name)}${reason === undefined ? '' : `  ${printable(reason)}`}`);
  }
  if (entries.length > MOST_NAMED) console.log(`${mark} … and ${count(entries.length - MOST_NAMED, 'more', 'more')}`);
}

/** Says what the blocks as they are now will change, and what is wrong with the files. */
export async function tellEffect(settings: Settings, origin: string): Promise<void> {
  const { blocks, faults, warnings } = readBlocks(settings.contentFolder, origin);
  if (faults.length > 0) {
    console.error(
      `${pc.red('fault')} the next build stops at this:\n${describeFaults(faults, settings.contentFolder)}`,
    );
  }
  if (warnings.length > 0)
    console.log(pc.dim(`note  ${count(warnings.length, 'line')} cannot be used: npm run build names them`));
  // Undefined where nobody follows yet, or the store is elsewhere.
  const found = await lookIntoStore(settings, (store) => findBlocked(store, blocks));
  if (found === undefined) {
    console.log(pc.dim('next  this takes effect with the next npm start or npm run publish'));
    return;
  }
  console.log(`${pc.dim('next ')} with the next npm start or npm run publish ${describe(found)}; nobody is told`);
  for (const [what, names] of [
    ['follower', found.followers],
    ['asked  ', found.requests],
    ['said   ', found.authors],
  ] as const)
    for (const name of names.slice(0, MOST_NAMED)) console.log(pc.dim(`      ${what} ${printable(name)}`));
}

function describe({ followers, requests, authors, interactions }: BlockedNow): string {
  const parts = [
    ...(followers.length > 0 ? [count(followers.length, 'follower')] : []),
    ...(requests.length > 0 ? [count(requests.length, 'request to follow', 'requests to follow')] : []),
    ...(interactions > 0
      ? [
          `${count(interactions, 'reply or reaction', 'replies and reactions')} of ${count(authors.length, 'person', 'people')}`,
        ]
      : []),
  ];
  if (parts.length === 0) return 'nobody who is there now goes';
  const last = parts.length > 1 ? ` and ${parts.splice(-1)[0]}` : '';
  const sum = followers.length + requests.length + interactions;
  return `${parts.join(', ')}${last} ${sum === 1 ? 'goes' : 'go'}`;
}
