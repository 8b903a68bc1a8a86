import { createWriteStream, existsSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { PosternError } from '../../server/errors.ts';
import { shownPath } from '../command.ts';
import { openInput } from '../import/open-archive.ts';
import type { Archive } from '../import/source.ts';
import { KEY_FILES, STORE_IN_ARCHIVE } from './export-blog.ts';

/** Where a store comes from, as a backup lies on the disk: `postern.db`, and the private keys beside it. */
export interface Restorable {
  readonly folder: string;
  /** Of an export, what was written; a backup has none of it. */
  readonly content?: RestorableContent;
  /** Takes away what was unpacked. */
  close(): Promise<void>;
}

export interface RestorableContent {
  readonly files: number;
  /** Writes it into a folder that is not there yet or empty: all of it or nothing. False where there is something. */
  writeTo(folder: string): Promise<boolean>;
}

export interface UnpackOptions {
  /** Where it may be unpacked meanwhile: it holds private keys. */
  readonly temporaryFolder: string;
  readonly signal?: AbortSignal;
}

/**
 * Opens what `npm run backup` or `npm run export` wrote: a folder, an archive, or the folder that one was unpacked into. Throws
 * `no-backup`, and what is wrong with an archive.
 */
export async function openRestorable(source: string, options: UnpackOptions): Promise<Restorable> {
  const full = resolve(source);
  const isFolder = existsSync(full) && statSync(full).isDirectory();
  if (isFolder && existsSync(join(full, 'postern.db'))) return { folder: full, close: async () => {} };
  // However large a blog is, what was exported of it comes back.
  const input = await openInput(source, { ...options, total: Number.POSITIVE_INFINITY });
  if (input.kind === 'file') throw noBackup(source);
  const { archive } = input;
  const root = rootOf(archive);
  if (root === undefined) {
    await archive.close();
    throw noBackup(source);
  }
  await mkdir(options.temporaryFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(options.temporaryFolder, '.restore-'));
  const close = async (): Promise<void> => {
    await archive.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await write(archive, root + STORE_IN_ARCHIVE, join(folder, 'postern.db'), 0o600);
    for (const name of KEY_FILES)
      if (archive.files.has(`${root}keys/${name}`))
        await write(archive, `${root}keys/${name}`, join(folder, name), 0o600);
    return { folder, ...contentIn(archive, `${root}content/`), close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

/** Whoever packed an unpacked export again may have put a folder around it. */
function rootOf({ files }: Archive): string | undefined {
  if (files.has(STORE_IN_ARCHIVE)) return '';
  const inside = [...files.keys()].find((path) => /^[^/]+\/store\/postern\.db$/.test(path));
  return inside?.slice(0, -STORE_IN_ARCHIVE.length);
}

function contentIn(archive: Archive, below: string): { content?: RestorableContent } {
  const paths = [...archive.files.keys()].filter((path) => path.startsWith(below));
  if (paths.length === 0) return {};
  return {
    content: {
      files: paths.length,
      writeTo: async (target) => {
        if (await hasSomething(target)) return false;
        await mkdir(dirname(target), { recursive: true });
        const draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
        try {
          for (const path of paths) await write(archive, path, join(draft, path.slice(below.length)), 0o644);
          await chmod(draft, 0o755);
          // An empty folder is replaced; one that got something meanwhile is not.
          await rename(draft, target);
          return true;
        } finally {
          await rm(draft, { recursive: true, force: true });
        }
      },
    },
  };
}

async function hasSomething(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') return [];
    throw fault;
  });
  return names.length > 0;
}

async function write(archive: Archive, path: string, file: string, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await pipeline(await archive.open(path), createWriteStream(file, { flags: 'wx', mode }));
}

function noBackup(source: string): PosternError {
  return new PosternError('no-backup', `${shownPath(source)} is neither a backup nor an export of a blog.`, {
    hint: 'Name the folder that npm run backup wrote, or the archive that npm run export wrote.',
    facts: { source },
  });
}
