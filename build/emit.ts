import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
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

/** Copies files into `folder`; gives their paths there. */
export function copyFiles(folder: string, copies: readonly FileCopy[]): string[] {
  const made = new Set<string>();
  for (const { from, to } of copies) {
    const file = join(folder, to);
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
