import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { constants, copyFile, link, mkdir, open, readFile, rename, unlink } from 'node:fs/promises';
import path from 'node:path';

/** File systems without hard links (FAT, some network mounts) answer with one of these. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** Reads a text file, or gives undefined when there is none. */
export async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT') return undefined;
    throw fault;
  }
}

/** The same at once, for whoever signs and cannot wait. */
export function readNow(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (fault) {
    if (codeOf(fault) === 'ENOENT') return undefined;
    throw fault;
  }
}

/**
 * Creates a file that only its owner can read, whole or not at all. False when the file is there already: of two
 * processes that start at once, one wins and the other reads what it wrote.
 */
export async function createPrivateFile(file: string, text: string): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  return withTemporary(file, text, 0o600, async (temporary) => {
    try {
      await link(temporary, file).catch((fault: unknown) => {
        if (!NO_LINKS.has(codeOf(fault) ?? '')) throw fault;
        return copyFile(temporary, file, constants.COPYFILE_EXCL);
      });
      return true;
    } catch (fault) {
      if (codeOf(fault) === 'EEXIST') return false;
      throw fault;
    } finally {
      await unlink(temporary);
    }
  });
}

/** Writes a file whole or not at all, replacing what was there; with `mode` 0o600 only its owner can read it. */
export async function replaceFile(file: string, text: string, mode = 0o644): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await withTemporary(file, text, mode, async (temporary) => {
    try {
      await rename(temporary, file);
    } catch (fault) {
      await unlink(temporary);
      throw fault;
    }
  });
}

/** The `code` of a system error. */
export function codeOf(fault: unknown): string | undefined {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined;
}

async function withTemporary<T>(
  file: string,
  text: string,
  mode: number,
  use: (temporary: string) => Promise<T>,
): Promise<T> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString('hex')}.tmp`);
  const handle = await open(temporary, 'wx', mode);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return use(temporary);
}
