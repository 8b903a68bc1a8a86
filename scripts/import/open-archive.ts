import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { PosternError } from '../../server/errors.ts';
import { errorText } from '../../server/http/bodies.ts';
import { type ArchiveLimits, DEFAULT_TOTAL } from './archive-limits.ts';
import { openFolder } from './folder-archive.ts';
import type { ImportInput } from './source.ts';
import { openTar } from './tar-archive.ts';
import { openZip } from './zip-archive.ts';

export interface OpenOptions extends Partial<ArchiveLimits> {
  /** Where a tar file is unpacked meanwhile. */
  readonly temporaryFolder: string;
  /** Stops the unpacking. */
  readonly signal?: AbortSignal;
}

/** What is looked at of a single file. */
const HEAD = 4_096;

/**
 * Opens what a platform's export came as: a zip file, a tar file, packed with gzip or not, the folder that one was unpacked
 * into, or a single file. What it is is seen by its first bytes, whatever it is called. Close its `archive` afterwards.
 * Throws `file-not-read`, `archive-damaged`, `archive-refused` and `archive-too-large`; nothing is left behind then.
 */
export async function openInput(path: string, options: OpenOptions): Promise<ImportInput> {
  const limits = { total: options.total ?? DEFAULT_TOTAL };
  const full = resolve(path);
  const facts = await stat(full).catch((cause: unknown) => {
    throw notRead(path, errorText(cause), cause);
  });
  if (facts.isDirectory()) return { kind: 'archive', path, archive: await openFolder(full, limits) };
  if (!facts.isFile()) throw notRead(path, 'it is neither a file nor a folder');
  const head = await readHead(full, path);
  if (isZip(head)) return { kind: 'archive', path, archive: await openZip(full, limits) };
  const gzip = head[0] === 0x1f && head[1] === 0x8b;
  if (gzip || isTar(head))
    return { kind: 'archive', path, archive: await openTar(full, { ...options, ...limits, gzip }) };
  return { kind: 'file', path: full, head: head.toString('utf8') };
}

async function readHead(full: string, path: string): Promise<Buffer> {
  const handle = await open(full, 'r').catch((cause: unknown) => {
    throw notRead(path, errorText(cause), cause);
  });
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/** A local file, an empty archive, or one in parts (APPNOTE 4.3.7, 4.3.16, 8.5.3). */
function isZip(head: Buffer): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && [0x03, 0x05, 0x07].includes(head[2] ?? 0);
}

/** Each header of a tar file has a sum of its bytes, the sum itself counted as spaces (POSIX, pax). */
function isTar(head: Buffer): boolean {
  if (head.length < 512) return false;
  const header = head.subarray(0, 512);
  const said = Number.parseInt(header.toString('latin1', 148, 156).replace(/[\0 ]+$/, ''), 8);
  const sum = header.reduce((all, byte, at) => all + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  return sum > 8 * 0x20 && said === sum;
}

function notRead(path: string, why: string, cause?: unknown): PosternError {
  return new PosternError('file-not-read', `${path} cannot be read: ${why}.`, {
    hint: 'Name the file that you downloaded, or the folder into which you unpacked it.',
    facts: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}
