import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * What a process puts beside the folder that it writes, ended by its id: `old` is what stood there before, and whole;
 * `next`, `layer` and `staged` are being built, `gone` is being removed.
 */
const BESIDE = /^(?:\.(?:next|layer|old|staged|gone)-\d+)*\.(?<what>next|layer|old|staged|gone)-(?<pid>\d+)$/;

/** The name of such a folder of this process. */
export function besideFolder(folder: string, what: 'next' | 'layer' | 'old' | 'staged' | 'gone'): string {
  return `${folder}.${what}-${process.pid}`;
}

/**
 * Puts a folder back that a process took away and did not replace because it was killed in between. Gives false when
 * there is none to put back. Never throws: another process may be doing the same.
 */
export function mendFolder(folder: string): boolean {
  if (existsSync(folder)) return false;
  const [old] = leftBeside(folder).filter(({ what }) => what === 'old');
  if (!old) return false;
  try {
    renameSync(old.path, folder);
    return true;
  } catch {
    return false;
  }
}

/** Removes what killed processes left beside a folder that is there; `keep` is not theirs. */
export function clearBeside(folder: string, keep: string): void {
  for (const { path } of leftBeside(folder)) if (path !== keep) rmSync(path, { recursive: true, force: true });
}

/** What lies beside a folder and has nobody who works on it. */
function leftBeside(folder: string): { readonly path: string; readonly what: string | undefined }[] {
  const name = basename(folder);
  return entriesOf(dirname(folder)).flatMap((entry) => {
    const { what, pid } = (entry.startsWith(name) && BESIDE.exec(entry.slice(name.length))?.groups) || {};
    return pid === undefined || isAtWork(Number(pid)) ? [] : [{ path: join(dirname(folder), entry), what }];
  });
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Our own id is that of an earlier process: in a container all have the same, and what is ours is gone in one go. */
function isAtWork(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}
