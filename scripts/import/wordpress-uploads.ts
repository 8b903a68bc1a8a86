import { findFiles, safePath } from './blog-files.ts';
import type { BlogFiles } from './blog-html.ts';
import type { ImportInput } from './source.ts';

/**
 * The files of a WordPress blog. The export has their addresses only; whoever has the folder of uploads puts it into the archive,
 * or beside the file: `uploads/2020/01/gate.jpg`.
 */
export function openUploads(input: ImportInput): BlogFiles {
  const find = findFiles(input, { below: belowUploads, beside: ['uploads', 'wp-content/uploads'] });
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

/** WordPress.com's own archive of files has the years at its root. */
function belowUploads(path: string): string | undefined {
  return /(?:^|\/)uploads\/(.+)$/.exec(path)?.[1] ?? /(?:^|\/)(\d{4}\/\d{2}\/[^/]+)$/.exec(path)?.[1];
}

/** `/wp-content/uploads/2020/01/gate.jpg`, also behind WordPress.com's picture servers; `/2020/01/gate.jpg` on those of its files. */
function uploadPath(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { hostname, pathname } = new URL(address);
  const found =
    /\/(?:wp-content\/uploads|files)\/(.+)$/.exec(pathname)?.[1] ??
    (/\.files\.wordpress\.com$/.test(hostname) ? pathname.slice(1) : undefined);
  return found === undefined ? undefined : safePath(found);
}
