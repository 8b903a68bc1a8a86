import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives the files below a folder in the order of their names, folder after folder, by their paths with `/`. Links are left out:
 * what they lead to is in the folder too, or is not of it.
 */
export async function* filesBelow(folder: string, below = ''): AsyncGenerator<string> {
  const entries = await readdir(join(folder, below), { withFileTypes: true }).catch(() => []);
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const entry of sorted) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(folder, path);
    else if (entry.isFile()) yield path;
  }
}
