import { readFile } from 'node:fs/promises';
import { findPart } from '../../federation/live-part.ts';
import { PosternError } from '../errors.ts';
import type { Deps } from '../ports.ts';
import { etagOf } from '../routes/respond.ts';
import type { SiteFile } from '../site-folder.ts';

/** What a page says of an object that changes without a build. */
export interface LivePart {
  /** What it is written from: values that stay the same for as long as it would be written the same. */
  basis(id: string): Promise<readonly (string | number | undefined)[]>;
  /** Writes it as HTML, which stays true until a time in milliseconds since the epoch, if nothing of its basis changes. */
  write(id: string): Promise<{ readonly html: string; readonly until?: number }>;
}

/** A page as it is now. */
export interface LivePage {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

interface KeptPage {
  readonly basis: readonly unknown[];
  readonly page: Promise<LivePage>;
  /** 0 while it is written. */
  size: number;
  until: number;
}

/** Gives a page whose live part is about the object of this id; undefined when its file is to be served as it is. */
export type LivePages = (file: SiteFile, id: string) => Promise<LivePage | undefined>;

export interface LivePagesOptions extends Pick<Deps, 'clock' | 'log'> {
  readonly maxBytes?: number;
}

/** Some hundreds of pages with long threads, and thousands of others. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A fault that lasts is told again after so long. */
const TOLD_AGAIN_MS = 10 * 60_000;

/**
 * Gives pages with their live part as it is now. Each is written once for all who ask, and kept for as long as its file
 * and what the part is written from stay the same. Undefined when the part cannot be had: what was built is served then.
 */
export function createLivePages(part: LivePart, { clock, log, maxBytes = MAX_BYTES }: LivePagesOptions): LivePages {
  const kept = keptPages(clock, maxBytes);
  let toldAt = Number.NEGATIVE_INFINITY;
  const tell = (id: string, error: unknown): void => {
    if (clock() - toldAt < TOLD_AGAIN_MS) return;
    toldAt = clock();
    const code = error instanceof PosternError ? error.code : 'unexpected';
    const message = error instanceof Error ? error.message : String(error);
    log({ event: 'page.as-built', level: 'error', object: id, code, error: message });
  };
  return async (file, id) => {
    try {
      // Asked for before the part is written: a change meanwhile makes the next one write it again.
      const basis = [file.version, ...(await part.basis(id))];
      return await kept(file.path, basis, () => writePage(part, file));
    } catch (error) {
      tell(id, error);
      return undefined;
    }
  };
}

async function writePage(part: LivePart, file: SiteFile): Promise<LivePage & { readonly until: number }> {
  const built = await readFile(file.path, 'utf8');
  // A new build may have come since.
  const marked = findPart(built);
  const { html, until = Number.POSITIVE_INFINITY } = marked ? await part.write(marked.id) : { html: '' };
  const text = marked ? built.slice(0, marked.from) + html + built.slice(marked.to) : built;
  const bytes = Buffer.from(text);
  return { bytes, etag: etagOf(bytes), until };
}

type Write = () => Promise<LivePage & { readonly until: number }>;

/** Pages by their file; beyond `maxBytes` those go that nobody asked for the longest. */
function keptPages(clock: () => number, maxBytes: number) {
  const pages = new Map<string, KeptPage>();
  let bytes = 0;
  const drop = (path: string): void => {
    bytes -= pages.get(path)?.size ?? 0;
    pages.delete(path);
  };
  const add = (path: string, basis: readonly unknown[], write: Write): KeptPage => {
    const written = write();
    const added: KeptPage = { basis, page: written, size: 0, until: Number.POSITIVE_INFINITY };
    drop(path);
    pages.set(path, added);
    written.then(
      (page) => {
        if (pages.get(path) !== added) return;
        Object.assign(added, { size: page.bytes.length, until: page.until });
        bytes += added.size;
        for (const [other, { size }] of pages) {
          if (bytes <= maxBytes) break;
          // One that is still written weighs nothing, and is waited for.
          if (size > 0) drop(other);
        }
      },
      () => {
        if (pages.get(path) === added) drop(path);
      },
    );
    return added;
  };
  return (path: string, basis: readonly unknown[], write: Write): Promise<LivePage> => {
    const known = pages.get(path);
    if (!known || clock() > known.until || !isSame(known.basis, basis)) return add(path, basis, write).page;
    pages.delete(path);
    pages.set(path, known);
    return known.page;
  };
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}
