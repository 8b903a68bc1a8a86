import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf } from '../../server/private-files.ts';

/** Puts files into the content folder, each whole or not at all: they are written aside, where the build does not look. */
export interface Staging {
  /** A file name to write to before it is placed. */
  aside(): string;
  /** Moves what was written aside to its place, relative to the content folder. */
  place(aside: string, file: string): void;
  write(file: string, text: string): void;
  /** Removes what was left aside. */
  close(): void;
}

const PREFIX = '.import-';

/** Opens the folder aside, and removes those of imports that were killed. */
export function openStaging(contentFolder: string): Staging {
  const folder = join(contentFolder, `${PREFIX}${process.pid}`);
  removeDead(contentFolder);
  let n = 0;
  const made = new Set<string>();
  const make = (path: string): void => {
    if (made.has(path)) return;
    mkdirSync(path, { recursive: true });
    made.add(path);
  };
  const aside = (): string => {
    make(folder);
    n += 1;
    return join(folder, String(n));
  };
  const place = (from: string, file: string): void => {
    const to = join(contentFolder, file);
    make(dirname(to));
    renameSync(from, to);
  };
  return {
    aside,
    place,
    write(file, text) {
      const path = aside();
      writeFileSync(path, text);
      place(path, file);
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function removeDead(contentFolder: string): void {
  if (!existsSync(contentFolder)) return;
  for (const name of readdirSync(contentFolder)) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length) : Number.NaN);
    if (Number.isInteger(pid) && !isAlive(pid)) rmSync(join(contentFolder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}
