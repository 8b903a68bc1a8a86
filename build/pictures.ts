import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { hasPlace } from './picture-exif.ts';

/** What the build knows of a picture file, whoever shows it. */
export interface PictureFacts {
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
  readonly blurhash?: string;
  /** Hex SHA-256 of the file. */
  readonly digest: string;
  /** True when its EXIF says where it was taken. */
  readonly hasPlace: boolean;
}

export type PictureResult =
  | { readonly ok: true; readonly facts: PictureFacts }
  | { readonly ok: false; readonly message: string };

/** Measures pictures, each file once as long as it does not change. */
export interface PictureReader {
  read(file: string): Promise<PictureResult>;
  /** Size and time of a file as one text, to see whether it changed; empty when it is gone. */
  stampOf(file: string): string;
  /** Writes the cache when something was learnt. */
  save(): Promise<void>;
}

const factsSchema = z.object({
  mediaType: z.string(),
  width: z.number(),
  height: z.number(),
  blurhash: z.string().optional(),
  hasPlace: z.boolean(),
});

const cacheSchema = z.object({
  version: z.literal(1),
  /** By absolute path: what the file looked like when its digest was taken. */
  files: z.record(z.string(), z.object({ stamp: z.string(), digest: z.string() })),
  /** By digest. */
  pictures: z.record(z.string(), factsSchema),
});

type Cache = z.infer<typeof cacheSchema>;

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  avif: 'image/avif',
  heif: 'image/avif',
  tiff: 'image/tiff',
};

/** Opens the cache at `<data>/cache/pictures.json`; a cache that cannot be read is begun anew. */
export async function openPictures(dataFolder: string): Promise<PictureReader> {
  const folder = join(dataFolder, 'cache');
  const path = join(folder, 'pictures.json');
  const cache = await loadCache(path);
  let changed = false;
  const running = new Map<string, Promise<PictureResult>>();

  const measure = async (file: string): Promise<PictureResult> => {
    const stamp = stampOf(file);
    const known = cache.files[file];
    const knownFacts = known?.stamp === stamp ? cache.pictures[known.digest] : undefined;
    if (known && knownFacts) return { ok: true, facts: withDigest(knownFacts, known.digest) };
    const bytes = await readFile(file);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const facts = cache.pictures[digest] ?? (await inspect(bytes));
    if ('message' in facts) return { ok: false, message: facts.message };
    cache.files[file] = { stamp, digest };
    cache.pictures[digest] = facts;
    changed = true;
    return { ok: true, facts: withDigest(facts, digest) };
  };

  return {
    read(file) {
      const key = `${file}\n${stampOf(file)}`;
      const pending = running.get(key) ?? measure(file);
      running.set(key, pending);
      return pending;
    },
    stampOf,
    async save() {
      if (!changed) return;
      changed = false;
      await mkdir(folder, { recursive: true });
      await writeFile(`${path}.new`, JSON.stringify(cache));
      await rename(`${path}.new`, path);
    },
  };
}

async function loadCache(path: string): Promise<Cache> {
  const empty: Cache = { version: 1, files: {}, pictures: {} };
  try {
    const parsed = cacheSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : empty;
  } catch {
    return empty;
  }
}

function stampOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat ? `${stat.size}:${stat.mtimeMs}` : '';
}

type Inspected = z.infer<typeof factsSchema>;

function withDigest({ blurhash, ...facts }: Inspected, digest: string): PictureFacts {
  return { ...facts, ...(blurhash === undefined ? {} : { blurhash }), digest };
}

/** sharp and blurhash are loaded here, by the first picture that is new: a build without one never pays for them. */
async function inspect(bytes: Buffer): Promise<Inspected | { message: string }> {
  const [{ default: sharp }, { encode }] = await Promise.all([import('sharp'), import('blurhash')]);
  try {
    const metadata = await sharp(bytes).metadata();
    const mediaType = MEDIA_TYPES[metadata.format ?? ''];
    const { width, height } = metadata.autoOrient;
    if (!mediaType || !width || !height)
      return { message: `its format (${metadata.format ?? 'unknown'}) is not one that pages show` };
    const small = await sharp(bytes)
      .rotate()
      .resize(32, 32, { fit: 'inside' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    // Mastodon takes at most five components each way.
    const [x, y] = width >= height ? [4, 3] : [3, 4];
    const blurhash = encode(new Uint8ClampedArray(small.data), small.info.width, small.info.height, x, y);
    return { mediaType, width, height, blurhash, hasPlace: hasPlace(metadata.exif) };
  } catch (error) {
    return { message: error instanceof Error ? (error.message.split('\n')[0] ?? 'unreadable') : 'unreadable' };
  }
}
