import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { PosternError } from '../../server/errors.ts';
import { errorText } from '../../server/http/bodies.ts';
import { codeOf } from '../../server/private-files.ts';
import { type ArchiveLimits, type Budget, createBudget } from './archive-limits.ts';
import { damaged, entryName, refused } from './entry-name.ts';
import type { Archive, ArchiveFile } from './source.ts';

/** Where a file's bytes lie among the unpacked ones. */
interface Place extends ArchiveFile {
  readonly start: number;
}

export interface TarOptions extends ArchiveLimits {
  readonly gzip: boolean;
  /** Where what is unpacked may lie meanwhile; it is made when needed. */
  readonly temporaryFolder: string;
  readonly signal?: AbortSignal;
}

const KINDS: Readonly<Record<string, string>> = {
  symlink: 'it is a link to another file',
  link: 'it is a link to another file',
  'character-device': 'it is a device',
  'block-device': 'it is a device',
  fifo: 'it is a pipe',
};

/**
 * Opens a tar file. It can be read from its beginning alone, so all of its files are unpacked, one after the other, into a single
 * file, which has no name as soon as it is open: however this ends, nothing of it is left.
 */
export async function openTar(path: string, options: TarOptions): Promise<Archive> {
  await mkdir(options.temporaryFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(options.temporaryFolder, '.unpacked-'));
  const handle = await open(join(folder, 'files'), 'wx+', 0o600);
  // Windows removes no file that is open: there it goes with the close.
  await rm(folder, { recursive: true, force: true }).catch(() => {});
  const close = async (): Promise<void> => {
    await handle.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const files = await unpack(path, handle, options);
    return {
      files,
      open: async (name) => {
        const file = files.get(name);
        if (file === undefined) throw damaged(path, `it has no entry "${name}"`);
        return Readable.from(partOf(handle, file));
      },
      close,
    };
  } catch (error) {
    await close();
    throw ownError(path, error);
  }
}

async function unpack(path: string, handle: FileHandle, options: TarOptions): Promise<ReadonlyMap<string, Place>> {
  const budget = createBudget(path, options);
  const files = new Map<string, Place>();
  const mark = watchEnd();
  const entries = extract();
  const source = createReadStream(path);
  const stages = options.gzip ? [createGunzip(), watchRatio(budget, source, options.total)] : [];
  const read = pipeline([source, ...stages, mark.stage, entries], options.signal ? { signal: options.signal } : {});
  // Both promises fail when one does; this one is awaited below.
  read.catch(() => {});
  let start = 0;
  for await (const entry of entries) {
    const name = nameOf(entry.header, path, budget);
    const { size = 0 } = entry.header;
    if (name === undefined) {
      entry.resume();
      continue;
    }
    if (files.has(name)) throw refused(path, name, 'there are two of that name');
    let end = start;
    for await (const chunk of bytesOf(entry)) {
      await handle.write(chunk, 0, chunk.length, end);
      end += chunk.length;
    }
    files.set(name, { path: name, size, start });
    start = end;
  }
  await read;
  if (!mark.isFound()) throw damaged(path, 'it breaks off, for the mark at its end is missing');
  return files;
}

/** Its type says nothing of what comes: bytes. */
async function* bytesOf(entry: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const chunk of entry) if (Buffer.isBuffer(chunk)) yield chunk;
}

const STEP = 256 * 1024;

/** A stream over the handle would close it at its end, and others read from it. */
async function* partOf(handle: FileHandle, { start, size }: Place): AsyncGenerator<Buffer> {
  for (let at = 0; at < size; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(STEP, size - at)), 0, undefined, start + at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function nameOf(header: Header, archive: string, budget: Budget): string | undefined {
  const type = header.type ?? 'file';
  const fault = KINDS[type];
  if (fault !== undefined) throw refused(archive, header.name, fault);
  const name = entryName(header.name, archive);
  budget.take(header.name, header.size ?? 0);
  return (type === 'file' || type === 'contiguous-file') && !name?.endsWith('/') ? name : undefined;
}

/** A tar file ends with blocks of zeros (POSIX, pax, "ustar Interchange Format"): one that was cut between two files does not. */
function watchEnd(): { readonly stage: Transform; isFound(): boolean } {
  let last = Buffer.alloc(0);
  return {
    stage: new Transform({
      transform(chunk: Buffer, _, done) {
        last = Buffer.concat([last, chunk.subarray(-512)]).subarray(-512);
        done(null, chunk);
      },
    }),
    isFound: () => last.length === 512 && last.every((byte) => byte === 0),
  };
}

/** Stops a bomb while it goes off; what is between the entries counts too. */
function watchRatio(budget: Budget, source: { readonly bytesRead: number }, total: number): Transform {
  let unpacked = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      unpacked += chunk.length;
      try {
        budget.assertRatio(unpacked, source.bytesRead);
        if (unpacked > 2 * total) budget.take('', unpacked);
        done(null, chunk);
      } catch (error) {
        done(error instanceof Error ? error : new Error(String(error)));
      }
    },
  });
}

function ownError(path: string, error: unknown): PosternError {
  if (error instanceof PosternError) return error;
  if (error instanceof Error && error.name === 'AbortError')
    return new PosternError('stopped', `It was stopped while ${path} was unpacked; nothing was imported.`, {
      hint: 'Run the same again.',
      facts: { path },
    });
  if (codeOf(error) === 'ENOSPC')
    return new PosternError('disk-full', `There is no room to unpack ${path}.`, {
      hint: 'Make room on the disk of the data folder, or set POSTERN_DATA to a folder on another one.',
      facts: { path },
      cause: error,
    });
  return damaged(path, errorText(error), error);
}
