import { PosternError } from '../errors.ts';

interface Explanation {
  readonly code: string;
  readonly what: string;
  readonly hint: string;
}

const NOT_A_DATABASE: Explanation = {
  code: 'store-not-a-database',
  what: 'is not a Postern store',
  hint: 'Set POSTERN_DATA to the folder of the store, or move this file away to begin with an empty one.',
};
const READ_ONLY: Explanation = {
  code: 'store-read-only',
  what: 'cannot be written',
  hint: 'Give the user that runs Postern write access to the file and to its folder (SQLite keeps two files beside it).',
};
const FULL: Explanation = {
  code: 'store-disk-full',
  what: 'cannot grow: the disk or the quota is full',
  hint: 'Free some space and start again. Nothing that was stored is lost; the change in hand was not made.',
};
/** SQLite tells a full disk only by ENOSPC; a quota (EDQUOT) and a limit on the size of files (EFBIG) come as these. */
const NOT_GROWN: Explanation = {
  ...FULL,
  what: 'cannot be written: the quota or the limit on the size of files is reached, or the disk fails',
  hint: `${FULL.hint} If there is room, look for faults of the disk in the system's log.`,
};
const DAMAGED: Explanation = {
  code: 'store-damaged',
  what: 'is damaged',
  hint: 'Stop the server, keep a copy of the file, and restore a backup or run `sqlite3 FILE .recover`.',
};
const BUSY: Explanation = {
  code: 'store-busy',
  what: 'is kept locked by another process',
  hint: 'Look for a command or a database shell that holds a transaction open on it, and end that.',
};
const UNREACHABLE: Explanation = {
  code: 'store-unreachable',
  what: 'cannot be opened or read',
  hint: 'Check that POSTERN_DATA names a folder on a local disk and that the path is not a folder itself.',
};

/** SQLite's result codes, an extended one before its primary one, and the system's error names, as far as an owner can do something about them. */
const EXPLANATIONS: ReadonlyMap<string, Explanation> = new Map([
  ['SQLITE_NOTADB', NOT_A_DATABASE],
  ['SQLITE_READONLY', READ_ONLY],
  ['SQLITE_PERM', READ_ONLY],
  ['EACCES', READ_ONLY],
  ['EPERM', READ_ONLY],
  ['EROFS', READ_ONLY],
  ['SQLITE_FULL', FULL],
  ['ENOSPC', FULL],
  ['EDQUOT', FULL],
  ['SQLITE_CORRUPT', DAMAGED],
  ['SQLITE_BUSY', BUSY],
  ['SQLITE_LOCKED', BUSY],
  ['SQLITE_CANTOPEN', UNREACHABLE],
  ['SQLITE_IOERR_WRITE', NOT_GROWN],
  ['SQLITE_IOERR_SHMSIZE', NOT_GROWN],
  ['SQLITE_IOERR', UNREACHABLE],
  ['EISDIR', UNREACHABLE],
  ['ENOTDIR', UNREACHABLE],
  ['ENOENT', UNREACHABLE],
  ['EEXIST', UNREACHABLE],
]);

/**
 * Turns what the driver or the file system threw into an error that says which file, what is wrong and what to do.
 * Extended result codes (`SQLITE_READONLY_DIRECTORY`) are read by their primary code, unless they say more. Anything else is a fault in
 * Postern itself and says so.
 */
export function explainSqlite(file: string, error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  const code = codeOf(error);
  const primary = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
  const found = EXPLANATIONS.get(code) ?? EXPLANATIONS.get(primary);
  const detail = error instanceof Error ? error.message : String(error);
  if (found === undefined) {
    return new PosternError('store-failed', `The store ${file} refused a statement: ${detail}.`, {
      hint: 'This is a fault in Postern. Please report it with this message.',
      facts: { file, sqlite: code },
      cause: error,
    });
  }
  return new PosternError(found.code, `The store ${file} ${found.what} (${detail}).`, {
    hint: found.hint,
    facts: { file, sqlite: code },
    cause: error,
  });
}

/** The store is a database, but another program's. */
export function foreignDatabase(file: string): PosternError {
  return new PosternError('store-not-a-database', `The store ${file} is a database of another program.`, {
    hint: NOT_A_DATABASE.hint,
    facts: { file },
  });
}

/** The check of a whole store found something. */
export function damagedStore(file: string, found: string): PosternError {
  return new PosternError(DAMAGED.code, `The store ${file} ${DAMAGED.what} (${found}).`, {
    hint: DAMAGED.hint,
    facts: { file },
  });
}

/** The store was written by a later Postern. */
export function newerSchema(file: string, found: number, known: number): PosternError {
  const message = `The store ${file} has schema version ${found}, and this Postern knows versions up to ${known}.`;
  return new PosternError('store-newer-schema', message, {
    hint: 'Run the Postern version that last wrote the store, or a later one. A store is never taken back to an older schema.',
    facts: { file, found, known },
  });
}

/** A method was called after `close()`. */
export function storeClosed(file: string): PosternError {
  return new PosternError('store-closed', `The store ${file} was used after it had been closed.`, {
    hint: 'This is a fault in Postern: work was still under way when the process stopped. Please report it.',
    facts: { file },
  });
}

function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code !== '')
    return error.code;
  // A failed open carries its result code only at the end of the message: `…: 14`.
  const raw = error instanceof Error ? /: (\d+)"?\)?$/.exec(error.message)?.[1] : undefined;
  return raw === '14' ? 'SQLITE_CANTOPEN' : 'unknown';
}
