import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Block, Blocks } from '../federation/rules.ts';
import { type BlockEntry, readBlockList } from './block-list.ts';
import { byPlace, compare } from './fault-report.ts';
import type { Fault } from './model.ts';

/** The owner's own list, and the folder of the lists of others; relative to the content folder. */
export const OWN_BLOCKS = 'blocks.csv';
export const BLOCK_LISTS = 'blocklists';

export interface ReadBlocks {
  readonly blocks: Blocks;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/** One usable line, and where it stands. */
interface Placed extends BlockEntry {
  readonly file: string;
}

/**
 * Reads `blocks.csv` and `blocklists/*.csv` of the content folder. The same name is one block: what the own file says of it
 * counts, `noop` too, and among the lists the harder word does. Whoever would block the blog's own host is stopped.
 */
export function readBlocks(contentFolder: string, origin: string): ReadBlocks {
  const faults: Fault[] = [];
  const warnings: Fault[] = [];
  const read = (file: string): Placed[] => {
    const text = readText(join(contentFolder, file));
    if (text === undefined) return [];
    const list = readBlockList(text, file);
    if (list.damage) faults.push(list.damage);
    // A list of somebody else may hold lines that are of no use here, and the blog is built all the same.
    (file === OWN_BLOCKS ? faults : warnings).push(...list.faults);
    warnings.push(...list.warnings);
    return list.entries.map((entry) => ({ ...entry, file }));
  };
  const own = read(OWN_BLOCKS);
  const lists = listFiles(contentFolder, warnings).flatMap(read);
  faults.push(...[...own, ...lists].flatMap((entry) => faultsOfOwnHost(entry, origin)));
  const merged = [...merge(own, lists).values()].sort((a, b) => compare(a.name, b.name));
  return {
    blocks: { accounts: ofKind(merged, 'account'), hosts: ofKind(merged, 'host') },
    faults: faults.sort(byPlace),
    warnings: warnings.sort(byPlace),
  };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined;
    throw error;
  }
}

/** In the order of their names. */
function listFiles(contentFolder: string, warnings: Fault[]): string[] {
  const entries = readEntries(join(contentFolder, BLOCK_LISTS)).filter((name) => !name.startsWith('.'));
  const files = entries.map((name) => `${BLOCK_LISTS}/${name}`).sort(compare);
  for (const file of files)
    if (!isList(file)) warnings.push({ file, line: 1, message: 'lists of blocks end in .csv; this file is not read' });
  return files.filter(isList);
}

function readEntries(folder: string): string[] {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
}

function isList(file: string): boolean {
  return /\.csv$/i.test(file);
}

/** A block of our own host would cover the blog itself, and whoever reads it would think that it is one. */
function faultsOfOwnHost({ kind, name, severity, file, row }: Placed, origin: string): Fault[] {
  const own = new URL(origin).hostname;
  const host = kind === 'host' ? name : hostOfAccount(name);
  const covers = host === own || (kind === 'host' && own.endsWith(`.${host}`));
  if (!covers || severity === 'none') return [];
  const what =
    kind === 'account' ? 'an account of this blog' : host === own ? 'this blog itself' : `above ${own}, this blog`;
  const message = `"${name}" is ${what}; take the line out`;
  return [{ file, line: row.line, message }];
}

/** Gives the host of an account that is named by `user@host` or by the actor's id. */
export function hostOfAccount(name: string): string {
  return URL.canParse(name) ? new URL(name).hostname : name.slice(name.indexOf('@') + 1);
}

function merge(own: readonly Placed[], lists: readonly Placed[]): Map<string, Placed> {
  const merged = mergeEqual(lists);
  for (const [key, entry] of mergeEqual(own)) merged.set(key, entry);
  return merged;
}

const HARDNESS = { none: 0, limit: 1, block: 2 } as const;

/** The harder word counts; a reason is kept whoever gave it. */
function mergeEqual(entries: readonly Placed[]): Map<string, Placed> {
  const merged = new Map<string, Placed>();
  for (const entry of entries) {
    const key = `${entry.kind} ${entry.name}`;
    const before = merged.get(key);
    if (!before) {
      merged.set(key, entry);
      continue;
    }
    const harder = HARDNESS[entry.severity] > HARDNESS[before.severity] ? entry : before;
    const reason = harder.reason ?? entry.reason ?? before.reason;
    merged.set(key, { ...harder, ...(reason === undefined ? {} : { reason }) });
  }
  return merged;
}

function ofKind(entries: readonly Placed[], kind: BlockEntry['kind']): Block[] {
  return entries.flatMap(({ name, severity, reason, file, ...entry }) =>
    entry.kind !== kind || severity === 'none'
      ? []
      : [{ name, severity, ...(reason === undefined ? {} : { reason }), source: file }],
  );
}
