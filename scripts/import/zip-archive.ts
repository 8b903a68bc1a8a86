import { type Readable, Transform } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl';
import { PosternError } from '../../server/errors.ts';
import { errorText } from '../../server/http/bodies.ts';
import { type ArchiveLimits, type Budget, createBudget } from './archive-limits.ts';
import { damaged, entryName, refused } from './entry-name.ts';
import type { Archive, ArchiveFile } from './source.ts';

/** File types of Unix, in the upper half of the external attributes (APPNOTE 4.4.15). */
const TYPE = 0o170000;
const TYPES: ReadonlyMap<number, string> = new Map([
  [0o120000, 'it is a link to another file'],
  [0o020000, 'it is a device'],
  [0o060000, 'it is a device'],
  [0o010000, 'it is a pipe'],
  [0o140000, 'it is a socket'],
]);
const MADE_ON_UNIX = 3;

/** Opens a zip file: what is in it by its directory, and each entry where it lies. */
export async function openZip(path: string, limits: ArchiveLimits): Promise<Archive> {
  const zip = await openPromise(path, { autoClose: false, lazyEntries: true, decodeStrings: false }).catch(
    (cause: unknown) => {
      throw damaged(path, errorText(cause), cause);
    },
  );
  const entries = new Map<string, Entry>();
  const files = new Map<string, ArchiveFile>();
  try {
    const budget = createBudget(path, limits);
    let unpacked = 0;
    for await (const entry of zip.eachEntry()) {
      const name = nameOf(entry, path, budget);
      if (name === undefined) continue;
      if (files.has(name)) throw refused(path, name, 'there are two of that name');
      entries.set(name, entry);
      files.set(name, { path: name, size: entry.uncompressedSize });
      unpacked += entry.uncompressedSize;
    }
    // Entries that lie over one another each have an honest ratio.
    budget.assertRatio(unpacked, zip.fileSize);
  } catch (error) {
    zip.close();
    throw error instanceof PosternError ? error : damaged(path, errorText(error), error);
  }
  return {
    files,
    open: (name) => openEntry(zip, path, name, entries.get(name)),
    close: async () => zip.close(),
  };
}

/** The name of an entry that is a file and may be read. */
function nameOf(entry: Entry, archive: string, budget: Budget): string | undefined {
  const written = decodeName(entry);
  const name = entryName(written, archive);
  const mode = entry.versionMadeBy >>> 8 === MADE_ON_UNIX ? (entry.externalFileAttributes >>> 16) & TYPE : 0;
  const fault = TYPES.get(mode);
  if (fault !== undefined) throw refused(archive, written, fault);
  if (name === undefined || name.endsWith('/')) return undefined;
  if (entry.isEncrypted())
    throw refused(archive, written, 'it is encrypted; unpack the archive with its password first');
  budget.take(written, entry.uncompressedSize, entry.compressedSize);
  return name;
}

/** Many programs write UTF-8 and do not say so; what is none is in the letters of DOS (APPNOTE, appendix D). */
function decodeName({ fileNameRaw, generalPurposeBitFlag, extraFields }: Entry): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(fileNameRaw);
  } catch {
    return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields ?? [], true);
  }
}

async function openEntry(zip: ZipFile, archive: string, name: string, entry: Entry | undefined): Promise<Readable> {
  if (entry === undefined) throw damaged(archive, `it has no entry "${name}"`);
  const fault = (what: string, cause?: unknown) =>
    damaged(archive, `its entry "${name}" cannot be read: ${what}`, cause);
  const stream = await zip.openReadStreamPromise(entry).catch((cause: unknown) => {
    throw fault(errorText(cause), cause);
  });
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
    flush(done) {
      done(sum === entry.crc32 ? null : fault('its checksum is not that of its contents'));
    },
  });
  stream.on('error', (cause) => check.destroy(cause instanceof PosternError ? cause : fault(errorText(cause), cause)));
  check.on('close', () => stream.destroy());
  return stream.pipe(check);
}
