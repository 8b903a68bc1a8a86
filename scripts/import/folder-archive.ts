import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { errorText } from '../../server/http/bodies.ts';
import { type ArchiveLimits, createBudget, exactly } from './archive-limits.ts';
import { damaged, entryName, refused } from './entry-name.ts';
import type { Archive, ArchiveFile } from './source.ts';

/** Opens a folder into which somebody unpacked an archive. */
export async function openFolder(root: string, limits: ArchiveLimits): Promise<Archive> {
  const budget = createBudget(root, limits);
  const files = new Map<string, ArchiveFile>();
  const waiting = [''];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const names = (await readdir(join(root, folder))).sort();
    for (const each of names) {
      const name = entryName(`${folder}${each}`, root);
      if (name === undefined) continue;
      const stat = await lstat(join(root, name));
      if (stat.isDirectory()) waiting.push(`${name}/`);
      else if (stat.isSymbolicLink()) throw refused(root, name, 'it is a link to another file');
      else if (!stat.isFile()) throw refused(root, name, 'it is no file');
      else {
        budget.take(name, stat.size);
        files.set(name, { path: name, size: stat.size });
      }
    }
  }
  return {
    files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))),
    open: async (name) => {
      const file = files.get(name);
      if (file === undefined) throw damaged(root, `it has no file "${name}"`);
      // What became a link since is not followed.
      const handle = await open(join(root, name), constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(
        (cause: unknown) => {
          throw damaged(root, `its file "${name}" cannot be read: ${errorText(cause)}`, cause);
        },
      );
      return pipeline(handle.createReadStream(), exactly(file.size, root, name), () => {});
    },
    close: async () => {},
  };
}
