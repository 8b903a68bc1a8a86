import { once } from 'node:events';
import { constants, createWriteStream } from 'node:fs';
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Pack, pack } from 'tar-stream';
import { PosternError } from '../../server/errors.ts';
import { errorText } from '../../server/http/bodies.ts';
import { shownPath } from '../command.ts';

/** A file on its way into an archive: a file of the disk, or its bytes. */
export type Packed = { readonly name: string; readonly mode?: number; readonly mtime?: Date } & (
  | { readonly file: string }
  | { readonly data: string | Buffer }
);

export interface PackOptions {
  /** How many files are in it so far. */
  readonly onProgress?: (files: number) => void;
  readonly signal?: AbortSignal;
}

export interface PackedArchive {
  readonly files: number;
  /** Of the archive. */
  readonly bytes: number;
}

/**
 * Writes a tar file, packed with gzip, in the order in which its files come: whole or not at all, for its owner alone. Nothing is
 * held in memory but what is just being written. Throws `export-exists` and `export-not-written`.
 */
export async function packArchive(
  target: string,
  files: AsyncIterable<Packed> | Iterable<Packed>,
  options: PackOptions = {},
): Promise<PackedArchive> {
  await assertFree(target);
  const { signal, onProgress } = options;
  const draft = join(dirname(resolve(target)), `.${basename(target)}.part-${process.pid}`);
  const tar = pack();
  const out = createWriteStream(draft, { flags: 'wx', mode: 0o600 });
  const written = pipeline(Readable.from(tar), createGzip(), out, ...(signal ? [{ signal }] : []));
  // It is awaited below; a fault of what goes in comes first.
  written.catch(() => {});
  let count = 0;
  try {
    for await (const each of files) {
      signal?.throwIfAborted();
      await Promise.race([addFile(tar, each), written]);
      count += 1;
      onProgress?.(count);
    }
    tar.finalize();
    await written;
    const { size } = await stat(draft);
    await assertFree(target);
    await rename(draft, resolve(target));
    return { files: count, bytes: size };
  } catch (cause) {
    tar.destroy();
    await written.catch(() => {});
    await rm(draft, { force: true });
    throw ownFault(target, cause, signal);
  }
}

/** Says before anything is made whether a file can be written there. Nothing is ever written over an export. */
export async function assertFree(target: string): Promise<void> {
  const file = resolve(target);
  const folder = dirname(file);
  if (!(await stat(folder).catch(() => undefined))?.isDirectory())
    throw new PosternError('export-not-written', `There is no folder ${shownPath(folder)}.`, {
      hint: 'Check its name; make it first if it is meant.',
      facts: { file },
    });
  if (await stat(file).catch(() => undefined))
    throw new PosternError('export-exists', `${shownPath(file)} is there already.`, {
      hint: 'Name a file that is new; nothing is ever written over an export.',
      facts: { file },
    });
}

async function addFile(tar: Pack, each: Packed): Promise<void> {
  const { name, mode = 0o600 } = each;
  if ('data' in each) {
    await new Promise<void>((done, fail) => {
      const { mtime = new Date() } = each;
      tar.entry({ name, mode, mtime }, each.data, (fault) => (fault ? fail(fault) : done()));
    });
    return;
  }
  const handle = await open(each.file, constants.O_RDONLY);
  try {
    const { size, mtime } = await handle.stat();
    await new Promise<void>((done, fail) => {
      const entry = tar.entry({ name, mode, mtime: each.mtime ?? mtime, size }, (fault) =>
        fault ? fail(fault) : done(),
      );
      writeParts(entry, handle, size).catch(fail);
    });
  } finally {
    await handle.close();
  }
}

const STEP = 256 * 1024;

/** What is being appended to has the length that it had when it was opened. */
async function writeParts(entry: ReturnType<Pack['entry']>, handle: FileHandle, size: number): Promise<void> {
  for (let at = 0; at < size; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(STEP, size - at)), 0, undefined, at);
    if (bytesRead === 0) throw new Error('a file became shorter while it was read');
    at += bytesRead;
    if (!entry.write(buffer.subarray(0, bytesRead))) await once(entry, 'drain');
  }
  entry.end(undefined);
}

function ownFault(target: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (cause instanceof PosternError) return cause;
  if (signal?.aborted)
    return new PosternError('stopped', 'It was stopped; nothing is left of the archive.', {
      hint: 'Run the same again.',
      cause,
    });
  return new PosternError('export-not-written', `${shownPath(target)} could not be written: ${errorText(cause)}.`, {
    hint: 'See that there is room, and that nothing in the content folder changes meanwhile; then run it again.',
    facts: { file: target },
    cause,
  });
}
