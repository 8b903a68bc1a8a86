import { copyFileSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileCopy } from './model.ts';

/** A text file of the built site. */
export interface TextFile {
  /** Absolute path on the site, decoded: `/ap/actor.json`. */
  readonly path: string;
  readonly text: string;
}

/** Writes files under `folder`, which is made where it is missing; gives the paths written, relative to it. */
export function writeFiles(folder: string, files: Iterable<TextFile>): string[] {
  const written: string[] = [];
  const made = new Set<string>();
  for (const { path, text } of files) {
    const file = join(folder, path);
    makeFolder(dirname(file), made);
    writeFileSync(file, text);
    written.push(path.slice(1));
  }
  return written;
}

/** Copies files that changed, by size and time; gives the paths that are now there, relative to `folder`. */
export function copyFiles(folder: string, copies: readonly FileCopy[]): string[] {
  const made = new Set<string>();
  for (const { from, to } of copies) {
    const file = join(folder, to);
    const source = statSync(from);
    const target = statSync(file, { throwIfNoEntry: false });
    if (target && target.size === source.size && target.mtimeMs >= source.mtimeMs) continue;
    makeFolder(dirname(file), made);
    copyFileSync(from, file);
  }
  return copies.map(({ to }) => to);
}

function makeFolder(folder: string, made: Set<string>): void {
  if (made.has(folder)) return;
  mkdirSync(folder, { recursive: true });
  made.add(folder);
}

/** Removes what an earlier build left in `folder` and this one did not write; `keep` holds paths relative to it. */
export function prune(folder: string, keep: ReadonlySet<string>): number {
  let removed = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    if (keep.has(path.slice(folder.length).replaceAll('\\', '/').replace(/^\//, ''))) continue;
    rmSync(path);
    removed += 1;
    removeEmpty(dirname(path), folder);
  }
  return removed;
}

function removeEmpty(folder: string, root: string): void {
  for (let at = folder; at.length > root.length && readdirSync(at).length === 0; at = dirname(at)) rmdirSync(at);
}
