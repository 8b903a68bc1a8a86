import { existsSync, renameSync, rmSync } from 'node:fs';
import { besideFolder, clearBeside, mendFolder } from '../server/mend-folder.ts';

/**
 * Puts a finished site where readers meet it, in one step: a half-built site would answer 404 for live objects, and
 * Mastodon deletes its copy of such. There is no way to exchange two folders at once, so between the two renames there is
 * none: whoever is killed there is mended by the next reader (`mendFolder`). Removes what killed processes left.
 */
export function putLive(built: string, folder: string): void {
  mendFolder(folder);
  clearBeside(folder, built);
  const old = besideFolder(folder, 'old');
  const had = existsSync(folder);
  if (had) renameSync(folder, old);
  try {
    renameSync(built, folder);
  } catch (error) {
    if (had) renameSync(old, folder);
    throw error;
  }
  if (!had) return;
  // What is half removed must not be taken for a site.
  const gone = besideFolder(folder, 'gone');
  renameSync(old, gone);
  rmSync(gone, { recursive: true, force: true });
}
