import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseRemoteCache, printRemoteCache, REMOTE_CACHE, type RemoteCache } from '../build/remote-cache.ts';
import { codeOf } from '../server/private-files.ts';

/** `broken`: what stands there cannot be read, so it is left as it is. `unwritable`: the folder takes no file. */
export type Added = 'written' | 'unchanged' | 'broken' | 'unwritable';

/** Another writer may come between; more often than this it is no accident. */
const MOST_TRIES = 5;

/**
 * Puts entries into `remote.json` of the content folder, whole or not at all. What is in the file by then stays, whoever
 * wrote it meanwhile; a file of no entries is not made.
 */
export function addToRemoteCache(contentFolder: string, found: RemoteCache): Added {
  const file = join(contentFolder, REMOTE_CACHE);
  const temporary = join(contentFolder, `.${REMOTE_CACHE}.${process.pid}.tmp`);
  try {
    for (let tries = 1; ; tries += 1) {
      const before = readText(file);
      const next = withEntries(before, found);
      if (next === undefined) return 'broken';
      if (next === before || (before === undefined && found.actors.size + found.objects.size === 0)) return 'unchanged';
      writeFileSync(temporary, next);
      if (tries < MOST_TRIES && readText(file) !== before) continue;
      renameSync(temporary, file);
      return 'written';
    }
  } catch (error) {
    rmSync(temporary, { force: true });
    if (['EACCES', 'EROFS', 'EPERM', 'ENOSPC'].includes(codeOf(error) ?? '')) return 'unwritable';
    throw error;
  }
}

function withEntries(before: string | undefined, found: RemoteCache): string | undefined {
  const { cache, faults } = parseRemoteCache(before ?? EMPTY);
  if (faults.length > 0) return undefined;
  return printRemoteCache({
    actors: new Map([...cache.actors, ...found.actors]),
    objects: new Map([...cache.objects, ...found.objects]),
  });
}

const EMPTY = printRemoteCache({ actors: new Map(), objects: new Map() });

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
