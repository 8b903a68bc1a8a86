import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PosternError } from '../server/errors.ts';
import { backupSqlite, checkSqlite } from '../server/store/sqlite-backup.ts';
import { shownPath } from './command.ts';
import { storeFile } from './store-file.ts';

/** The private halves of the blog's keys and of the owner's, as they lie in the data folder. */
const KEY_FILES = ['keys.json', 'owner.json'] as const;

export interface CopiedFile {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Copies what a data folder holds that no build can make again, the store as of one moment and the private keys, into a
 * folder that is not there yet: whole or not at all. A server may be running. Gives what was copied.
 *
 * @throws PosternError `backup-exists`, `backup-not-written`, or what is wrong with the store (`store-…`).
 */
export function backUp(dataFolder: string, folder: string): CopiedFile[] {
  if (existsSync(folder)) {
    throw new PosternError('backup-exists', `${shownPath(folder)} is there already.`, {
      hint: 'Name a folder that is new, such as one with the date; nothing is ever written over a backup.',
      facts: { folder },
    });
  }
  const draft = `${resolve(folder)}.part-${process.pid}`;
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    const store = storeFile({ dataFolder });
    backupSqlite(store, join(draft, 'postern.db'));
    for (const name of KEY_FILES) copyIfThere(join(dataFolder, name), join(draft, name));
    renameSync(draft, folder);
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    throw cause instanceof PosternError ? cause : notWritten(folder, cause);
  }
  return listed(folder);
}

/**
 * Puts a backup where a data folder is to be. What stood there is kept beside it, and its name given.
 *
 * @throws PosternError `no-backup`, `backup-not-written`, or what is wrong with its store (`store-…`), before anything is changed.
 */
export function restore(folder: string, dataFolder: string): { files: CopiedFile[]; former?: string } {
  const store = join(folder, 'postern.db');
  if (!existsSync(store)) {
    throw new PosternError('no-backup', `${shownPath(folder)} holds no backup: there is no postern.db.`, {
      hint: 'Name the folder that npm run backup wrote.',
      facts: { folder },
    });
  }
  const draft = `${resolve(dataFolder)}.part-${process.pid}`;
  const former = freeName(`${resolve(dataFolder)}.before-${new Date().toISOString().slice(0, 10)}`);
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    for (const name of ['postern.db', ...KEY_FILES]) copyIfThere(join(folder, name), join(draft, name));
    checkSqlite(join(draft, 'postern.db'));
    const isReplaced = existsSync(dataFolder);
    if (isReplaced) renameSync(dataFolder, former);
    else mkdirSync(dirname(resolve(dataFolder)), { recursive: true });
    renameSync(draft, dataFolder);
    return { files: listed(dataFolder), ...(isReplaced ? { former } : {}) };
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    throw cause instanceof PosternError ? cause : notWritten(dataFolder, cause);
  }
}

function copyIfThere(from: string, to: string): void {
  if (existsSync(from)) copyFileSync(from, to);
}

/** Two restores on a day keep two. */
function freeName(name: string): string {
  for (let n = 1; ; n += 1) {
    const tried = n === 1 ? name : `${name}-${n}`;
    if (!existsSync(tried)) return tried;
  }
}

function listed(folder: string): CopiedFile[] {
  return readdirSync(folder)
    .filter((name) => !/-(wal|shm)$/.test(name))
    .map((name) => ({ name, bytes: statSync(join(folder, name)).size }));
}

function notWritten(folder: string, cause: unknown): PosternError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new PosternError('backup-not-written', `${shownPath(folder)} could not be written: ${why}.`, {
    hint: 'Check that there is room, and that this user may write there; nothing was changed.',
    facts: { folder },
    cause,
  });
}
