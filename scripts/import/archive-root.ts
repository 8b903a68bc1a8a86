import type { Archive } from './source.ts';

/** Gives the folder of an archive in which a file lies, `''` or ending in `/`: many archives have all they hold in one folder. */
export function folderOf(archive: Archive, file: string): string | undefined {
  let found: string | undefined;
  for (const path of archive.files.keys()) {
    if (path !== file && !path.endsWith(`/${file}`)) continue;
    const folder = path.slice(0, path.length - file.length);
    if (found === undefined || folder.split('/').length < found.split('/').length) found = folder;
  }
  return found;
}
