import type { BigIntStats } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** One file of the built site as it was when it was found. */
export interface SiteFile {
  readonly path: string;
  readonly size: number;
  /** Changes whenever the file does: its place on disk, length and time of change. */
  readonly version: string;
}

/** While a new build takes the place of the old one, the folder is missing for an instant. */
const SWAP_MS = 50;

/**
 * Finds the file of the site at a URL path, or gives undefined when there is none. Refuses what would leave the folder, by
 * `..`, by a link, by an encoded slash or a null byte, and names that begin with a dot, but for `.well-known`.
 */
export async function findSiteFile(folder: string, urlPath: string): Promise<SiteFile | undefined> {
  const segments = segmentsOf(urlPath);
  if (!segments) return undefined;
  const before = await identity(folder);
  const found = await look(folder, segments);
  // A miss counts only when the same folder stood there all the time.
  if (found || (before !== undefined && before === (await identity(folder)))) return found;
  await wait(SWAP_MS);
  return look(folder, segments);
}

function segmentsOf(urlPath: string): string[] | undefined {
  if (!urlPath.startsWith('/')) return undefined;
  const segments: string[] = [];
  for (const encoded of urlPath.slice(1).split('/')) {
    const segment = decode(encoded);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (!segment || /[\u0000-\u001f/\\]/.test(segment)) return undefined;
    if (segment.startsWith('.') && segment !== '.well-known') return undefined;
    segments.push(segment);
  }
  return segments;
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

async function look(folder: string, segments: readonly string[]): Promise<SiteFile | undefined> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...segments));
    if (!path.startsWith(root + sep)) return undefined;
    const stats = await stat(path, { bigint: true });
    return stats.isFile() ? { path, size: Number(stats.size), version: versionOf(stats) } : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function versionOf({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs].join('-');
}

async function identity(folder: string): Promise<string | undefined> {
  return stat(folder, { bigint: true }).then(
    ({ dev, ino }) => `${dev}-${ino}`,
    () => undefined,
  );
}

/** What the file system says when a name leads nowhere; anything else is a fault of ours. */
function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP' || code === 'EISDIR';
}
