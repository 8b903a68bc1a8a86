import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PosternError } from '../server/errors.ts';
import { backupSqlite, checkSqlite } from '../server/store/sqlite-backup.ts';
import { shownPath } from './command.ts';
import { storeFile } from './store-file.ts';

/** The private halves of the blog's keys and of the owner's, as they lie in the data folder. */
const KEY_FILES = ['keys.json', 'owner.json'] as const;

const STORE_FILE = 'postern.db';

/** What a backup takes the place of: SQLite's log belongs to the store that it lies beside. */
const OWN_FILES = [STORE_FILE, `${STORE_FILE}-wal`, `${STORE_FILE}-shm`, ...KEY_FILES];

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
    backupSqlite(store, join(draft, STORE_FILE));
    for (const name of KEY_FILES) copyIfThere(join(dataFolder, name), join(draft, name));
    renameSync(draft, folder);
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    throw cause instanceof PosternError ? cause : notWritten(folder, cause);
  }
  return listed(folder);
}

/**
 * Puts what a backup holds into a data folder. What it takes the place of is kept in a folder in there, whose name is given:
 * the data folder itself may be a mount, which cannot be renamed.
 *
 * @throws PosternError `no-backup`, `backup-not-written`, or what is wrong with its store (`store-…`); then nothing was changed.
 */
export function restore(
  folder: string,
  dataFolder: string,
  { rename = renameSync }: { readonly rename?: typeof renameSync } = {},
): { files: CopiedFile[]; former?: string } {
  if (!existsSync(join(folder, STORE_FILE))) {
    throw new PosternError('no-backup', `${shownPath(folder)} holds no backup: there is no ${STORE_FILE}.`, {
      hint: 'Name the folder that npm run backup wrote.',
      facts: { folder },
    });
  }
  const draft = join(resolve(dataFolder), `restore-${process.pid}`);
  const former = freeName(join(resolve(dataFolder), `before-${new Date().toISOString().slice(0, 10)}`));
  try {
    mkdirSync(draft, { recursive: true, mode: 0o700 });
    copyStoreFile(folder, draft);
    for (const name of KEY_FILES) copyIfThere(join(folder, name), join(draft, name));
    const isReplaced = exchange({ draft, dataFolder, former, rename });
    return { files: listed(dataFolder), ...(isReplaced ? { former } : {}) };
  } catch (cause) {
    throw cause instanceof PosternError ? cause : notWritten(dataFolder, cause);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Moves files aside and others into their place; back again when one cannot be moved. False when there were none. */
function exchange(of: { draft: string; dataFolder: string; former: string; rename: typeof renameSync }): boolean {
  const { draft, dataFolder, former, rename } = of;
  const old = OWN_FILES.filter((name) => existsSync(join(dataFolder, name)));
  const made = readdirSync(draft);
  const moves = [
    ...old.map((name) => [join(dataFolder, name), join(former, name)] as const),
    ...made.map((name) => [join(draft, name), join(dataFolder, name)] as const),
  ];
  if (old.length > 0) mkdirSync(former, { mode: 0o700 });
  const done: (readonly [string, string])[] = [];
  try {
    for (const move of moves) {
      rename(...move);
      done.unshift(move);
    }
    return old.length > 0;
  } catch (error) {
    for (const [from, to] of done) renameSync(to, from);
    if (old.length > 0) rmSync(former, { recursive: true });
    throw error;
  }
}

/**
 * Copies a store that nobody works on, and sees that it is whole. What was copied from a data folder by hand may have the newest of
 * it in SQLite's log alone (https://www.sqlite.org/wal.html): it is read from there, and is in the file then.
 *
 * @throws PosternError what is wrong with the store (`store-…`).
 */
export function copyStoreFile(from: string, to: string): string {
  const file = join(to, STORE_FILE);
  copyFileSync(join(from, STORE_FILE), file);
  copyIfThere(join(from, `${STORE_FILE}-wal`), `${file}-wal`);
  checkSqlite(file);
  return file;
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
  return [STORE_FILE, ...KEY_FILES]
    .filter((name) => existsSync(join(folder, name)))
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
