import { createReadStream, lstatSync, realpathSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { FoundFile } from './blog-html.ts';
import type { ImportInput } from './source.ts';

/** Finds a file by its path below the folder of a blog's files; undefined where it is not there. */
export type FindFile = (path: string) => FoundFile | undefined;

export interface BlogFolders {
  /** The path below the folder of files that a path in an archive has. */
  readonly below: (path: string) => string | undefined;
  /** Where that folder may lie beside a single file. */
  readonly beside: readonly string[];
}

/** Finds the files of a blog in its archive, or in a folder beside the file that it was exported to. */
export function findFiles(input: ImportInput, { below, beside }: BlogFolders): FindFile {
  if (input.kind === 'file') return besideFile(input.path, beside);
  const { archive } = input;
  const byPath = new Map<string, string>();
  for (const path of archive.files.keys()) {
    const name = below(path);
    if (name !== undefined && !byPath.has(name)) byPath.set(name, path);
  }
  return (path) => {
    const file = byPath.get(path);
    return file === undefined ? undefined : { key: file, name: nameOf(file), open: () => archive.open(file) };
  };
}

function besideFile(file: string, names: readonly string[]): FindFile {
  const folder = names
    .map((name) => join(dirname(resolve(file)), name))
    .find((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (folder === undefined) return () => undefined;
  const root = realpathSync(folder) + sep;
  return (path) => {
    const full = join(folder, path);
    const stat = lstatSync(full, { throwIfNoEntry: false });
    // Whatever a link, or a folder that is one, leads to is none of the blog's files.
    if (!stat?.isFile() || !realpathSync(full).startsWith(root)) return undefined;
    return { key: full, name: nameOf(path), open: async () => createReadStream(full) };
  };
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Decodes a path of an address; undefined for one that leads elsewhere. */
export function safePath(written: string): string | undefined {
  try {
    const path = decodeURIComponent(written.replace(/[?#].*$/, ''));
    return path.split('/').some((part) => part === '..' || part === '') || /[\\\0]/.test(path) ? undefined : path;
  } catch {
    return undefined;
  }
}
