import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, rmSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openPictures, type PictureReader } from '../../build/pictures.ts';
import type { Staging } from './place-file.ts';
import type { ImportedMedia } from './source.ts';

/** What became of a file. */
export type PlacedMedia =
  | {
      readonly kind: 'picture' | 'video' | 'audio' | 'file';
      readonly path: string;
      readonly isNew: boolean;
      readonly bytes: number;
    }
  | { readonly kind: 'none'; readonly reason: string };

export interface MediaWriter {
  /**
   * Copies a file into `media/import/<name>/`; the same contents are one file. Those of drafts go into `drafts/import/<name>/`: of
   * what lies outside of `media/` a site has only what its documents show.
   */
  place(media: ImportedMedia, options?: { readonly isDraft?: boolean | undefined }): Promise<PlacedMedia>;
  close(): Promise<void>;
}

/** What pages may show or offer; anything else, such as HTML, would be run on the blog's own address. */
const KINDS: Readonly<Record<string, 'picture' | 'video' | 'audio' | 'file'>> = {
  ...Object.fromEntries(['avif', 'gif', 'jpg', 'jpeg', 'png', 'svg', 'webp'].map((end) => [end, 'picture' as const])),
  ...Object.fromEntries(['m4v', 'mov', 'mp4', 'ogv', 'webm'].map((end) => [end, 'video' as const])),
  ...Object.fromEntries(
    ['aac', 'flac', 'm4a', 'mp3', 'oga', 'ogg', 'opus', 'wav'].map((end) => [end, 'audio' as const]),
  ),
  ...Object.fromEntries(['epub', 'pdf', 'txt', 'zip'].map((end) => [end, 'file' as const])),
};

export interface MediaOptions {
  readonly contentFolder: string;
  readonly dataFolder: string;
  /** The format: the folder below `import/`. */
  readonly name: string;
  /** Undefined in a dry run: nothing is read or written. */
  readonly staging: Staging | undefined;
}

export function openMedia(options: MediaOptions): MediaWriter {
  let pictures: Promise<PictureReader> | undefined;
  return {
    async place(media, { isDraft = false } = {}) {
      const end = extname(media.name).slice(1).toLowerCase();
      const kind = KINDS[end];
      if (media.open === undefined) return { kind: 'none', reason: 'the archive does not have its file' };
      if (kind === undefined) return { kind: 'none', reason: `files of the kind "${end}" are not taken` };
      if (options.staging === undefined)
        return { kind, path: `${folderOf(options.name, isDraft)}/${end}`, isNew: true, bytes: 0 };
      const placed = await copy(media.open, end, { ...options, isDraft }, options.staging);
      if (kind !== 'picture' || !placed.isNew) return { kind, ...placed };
      pictures ??= openPictures(options.dataFolder);
      const file = join(options.contentFolder, placed.path);
      const read = await (await pictures).read(file);
      if (read.ok) return { kind, ...placed };
      // A picture that cannot be read would stop every build.
      rmSync(file);
      return { kind: 'none', reason: 'the picture is damaged' };
    },
    // The build need not measure them again.
    close: async () => (await pictures)?.save(),
  };
}

function folderOf(name: string, isDraft: boolean): string {
  return `${isDraft ? 'drafts' : 'media'}/import/${name}`;
}

async function copy(
  open: NonNullable<ImportedMedia['open']>,
  end: string,
  { contentFolder, name, isDraft }: MediaOptions & { readonly isDraft: boolean },
  staging: Staging,
): Promise<{ path: string; isNew: boolean; bytes: number }> {
  const aside = staging.aside();
  const hash = createHash('sha256');
  let bytes = 0;
  const measure = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  await pipeline(await open(), measure, createWriteStream(aside));
  const file = `${hash.digest('hex').slice(0, 20)}.${end === 'jpeg' ? 'jpg' : end}`;
  const isPublic = existsSync(join(contentFolder, folderOf(name, false), file));
  const path = `${folderOf(name, isDraft && !isPublic)}/${file}`;
  const isNew = !existsSync(join(contentFolder, path));
  if (isNew) staging.place(aside, path);
  else rmSync(aside);
  return { path, isNew, bytes };
}
