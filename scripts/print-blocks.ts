import pc from 'picocolors';
import type { BlockEntry } from '../build/block-list.ts';
import { type ReadBlocks, readBlocks } from '../build/blocks.ts';
import { describeFaults } from '../build/fault-report.ts';
import type { Fault } from '../build/model.ts';
import type { Settings } from '../build/settings.ts';
import type { Block, Blocks } from '../federation/rules.ts';
import type { Named } from './block-file.ts';
import type { ListChange } from './block-lists.ts';
import { type BlockedNow, findBlocked } from './blocked-now.ts';
import { describeGoing, effectText } from './blocked-text.ts';
import { count } from './command.ts';
import { printable } from './printable.ts';
import { lookIntoStore } from './store-file.ts';
import { widthOf, wrapped } from './wrap.ts';

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

/** Names the lines that stop the next build, and those that are of no use. */
export function printFaults(contentFolder: string, { faults, warnings }: Omit<ReadBlocks, 'blocks'>): void {
  if (faults.length > 0)
    console.error(`${pc.red('fault')} the next build stops at this:\n${shownFaults(faults, contentFolder)}`);
  if (warnings.length > 0) {
    const what = `${count(warnings.length, 'line')} cannot be used`;
    console.error(`${pc.yellow('note')}  ${what}:\n${shownFaults(warnings, contentFolder)}`);
  }
}

function shownFaults(faults: readonly Fault[], contentFolder: string): string {
  const lines = describeFaults(faults.slice(0, MOST_NAMED), contentFolder).split('\n');
  const left = faults.length - MOST_NAMED;
  return [
    ...lines.map(printable),
    ...(left > 0 ? [`… and ${count(left, 'more', 'more')}: npm run build names them`] : []),
  ].join('\n');
}

/**
 * Says what is wrong with the files, and what the blocks change: first those of `changed`, which a command has just
 * written, then the others that have not taken effect either.
 */
export async function tellEffect(
  { settings, origin }: { readonly settings: Settings; readonly origin: string },
  changed: readonly Named[],
): Promise<void> {
  const { blocks, ...wrong } = readBlocks(settings.contentFolder, origin);
  printFaults(settings.contentFolder, wrong);
  const own = { accounts: namedBy(changed, 'account', blocks), hosts: namedBy(changed, 'host', blocks) };
  // Undefined where nobody follows yet, or the store is elsewhere.
  const found = await lookIntoStore(settings, async (store) => ({
    all: await findBlocked(store, blocks),
    own: await findBlocked(store, own),
  }));
  if (found === undefined) {
    console.log(pc.dim('next  It holds from the next npm start or npm run publish.'));
    return;
  }
  for (const line of wrapped(effectText(found.own), `${pc.dim('next ')} `, ' '.repeat(6), widthOf(process.stdout)))
    console.log(line);
  printNames(found.own);
  const others = without(found.all, found.own);
  if (sumOf(others) === 0) return;
  console.log(`${pc.dim('      other blocks wait for it too:')} ${describeGoing(others)}`);
  printNames(others);
}

function namedBy(changed: readonly Named[], kind: Named['kind'], blocks: Blocks): Block[] {
  const names = new Set(changed.filter((each) => each.kind === kind).map(({ name }) => name));
  return (kind === 'account' ? blocks.accounts : blocks.hosts).filter(({ name }) => names.has(name));
}

function without(all: BlockedNow, own: BlockedNow): BlockedNow {
  const rest = (names: readonly string[], less: readonly string[]): string[] => {
    const gone = new Set(less);
    return names.filter((name) => !gone.has(name));
  };
  return {
    followers: rest(all.followers, own.followers),
    requests: rest(all.requests, own.requests),
    authors: rest(all.authors, own.authors),
    interactions: all.interactions - own.interactions,
  };
}

function printNames(found: BlockedNow): void {
  for (const [what, names] of [
    ['follower', found.followers],
    ['asked  ', found.requests],
    ['said   ', found.authors],
  ] as const) {
    for (const name of names.slice(0, MOST_NAMED)) console.log(pc.dim(`      ${what} ${printable(name)}`));
  }
}

function sumOf({ followers, requests, interactions }: BlockedNow): number {
  return followers.length + requests.length + interactions;
}
