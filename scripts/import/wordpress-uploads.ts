import { createReadStream, lstatSync, realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { type BlogFiles, type FoundFile, lastOf } from './blog-html.ts';
import type { ImportInput } from './source.ts';

/** Whether a path below the uploads is there. */
type Finder = (path: string) => FoundFile | undefined;

/**
 * The files of a WordPress blog. The export has their addresses only; whoever has the folder of uploads puts it into the archive,
 * or beside the file: `uploads/2020/01/gate.jpg`.
 */
export function openUploads(input: ImportInput): BlogFiles {
  const find = input.kind === 'archive' ? inArchive(input) : besideFile(input.path);
  return {
    find(address) {
      const path = uploadPath(address);
      if (path === undefined) return undefined;
      // Pages show pictures in the size they need: the original is the best of them.
      const original = path.replace(/-\d{1,5}x\d{1,5}(\.\w{2,5})$/, '$1');
      return find(original) ?? find(path);
    },
  };
}

/** `/wp-content/uploads/2020/01/gate.jpg`, also behind WordPress.com's picture servers; `/2020/01/gate.jpg` on those of its files. */
function uploadPath(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { hostname, pathname } = new URL(address);
  const found =
    /\/(?:wp-content\/uploads|files)\/(.+)$/.exec(pathname)?.[1] ??
    (/\.files\.wordpress\.com$/.test(hostname) ? pathname.slice(1) : undefined);
  if (found === undefined) return undefined;
  try {
    const path = decodeURIComponent(found);
    return path.split('/').some((part) => part === '..' || part === '') || /[\\\0]/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
}

function inArchive({ archive }: Extract<ImportInput, { kind: 'archive' }>): Finder {
  const byPath = new Map<string, string>();
  // WordPress.com's own archive of files has the years at its root.
  for (const path of archive.files.keys()) {
    const below = /(?:^|\/)uploads\/(.+)$/.exec(path)?.[1] ?? /(?:^|\/)(\d{4}\/\d{2}\/[^/]+)$/.exec(path)?.[1];
    if (below !== undefined && !byPath.has(below)) byPath.set(below, path);
  }
  return (path) => {
    const file = byPath.get(path);
    return file === undefined
      ? undefined
      : { key: file, name: lastOf(encodeURI(file)), open: () => archive.open(file) };
  };
}

function besideFile(file: string): Finder {
  const folder = ['uploads', 'wp-content/uploads']
    .map((name) => join(dirname(resolve(file)), name))
    .find((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (folder === undefined) return () => undefined;
  const root = realpathSync(folder) + sep;
  return (path) => {
    const full = join(folder, path);
    const stat = lstatSync(full, { throwIfNoEntry: false });
    // Whatever a link or a folder that is one leads to is no upload.
    if (!stat?.isFile() || !realpathSync(full).startsWith(root)) return undefined;
    return { key: full, name: lastOf(encodeURI(path)), open: async () => createReadStream(full) };
  };
}
