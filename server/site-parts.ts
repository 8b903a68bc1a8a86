import type { Manifest, ManifestObject } from '../federation/manifest.ts';
import {
  bucketPath,
  HEAD_PATH,
  type ManifestHead,
  type ManifestParts,
  newestFirst,
  partsOf,
} from '../federation/manifest-parts.ts';
import { sha256Hex } from './crypto.ts';
import { PosternError } from './errors.ts';
import { makeRoom } from './make-room.ts';
import { parseBucket, parseManifestHead } from './parse-manifest.ts';
import { type Finder, type Reader, withoutManifest } from './site-reader.ts';

/** A manifest, and the file it was read from. */
export interface KnownManifest {
  readonly version: string;
  readonly manifest: Manifest;
}

/** The parts of a manifest, and the file that its head, or all of it, was read from. */
export interface KnownParts {
  readonly version: string;
  readonly parts: ManifestParts;
  /** Where the build has no parts. */
  readonly whole?: KnownManifest;
}

/** Buckets of one build and some layers; what is dropped is read again. */
const MOST_KEPT = 1024;

/**
 * Reads manifests by their parts. A bucket is kept by the digest of its file, so that builds and layers that have it in
 * common read it once. A site that was built before there were parts is read whole, by `readWhole`.
 */
export function createPartsReader(
  folder: string,
  read: Reader,
  readWhole: (find: Finder, before: KnownManifest | undefined) => Promise<KnownManifest>,
): (find: Finder, before: KnownParts | undefined) => Promise<KnownParts> {
  const kept = new Map<string, readonly ManifestObject[]>();

  const readBucket = async (find: Finder, head: ManifestHead, name: string): Promise<readonly ManifestObject[]> => {
    const digest = head.buckets[name]?.file;
    if (digest === undefined) return [];
    const before = kept.get(digest);
    if (before) return before;
    const found = await read(bucketPath(name), find);
    // Head and bucket are two files: between the two another build may have come.
    if (typeof found !== 'object' || sha256Hex(found.text) !== digest) throw buildChanged(folder, bucketPath(name));
    const objects = parseBucket(found.json);
    if (!objects) throw withoutManifest(folder, false);
    makeRoom(kept, MOST_KEPT);
    kept.set(digest, objects);
    return objects;
  };
  return async (find, before) => {
    const found = await read(HEAD_PATH, find, before?.version);
    if (found === 'unchanged' && before) return before;
    if (found === undefined) {
      const whole = await readWhole(find, before?.whole);
      if (before && whole === before.whole) return before;
      return { version: '', parts: partsOf({ sha256: sha256Hex }, whole.manifest), whole };
    }
    const head = typeof found === 'object' ? parseManifestHead(found.json) : undefined;
    if (typeof found !== 'object' || !head) throw withoutManifest(folder, false);
    const objects = async (names: ReadonlySet<string>) =>
      (await Promise.all([...names].map((name) => readBucket(find, head, name)))).flat().sort(newestFirst);
    return { version: found.version, parts: { head, objects } };
  };
}

function buildChanged(folder: string, path: string): PosternError {
  return new PosternError(
    'build-changed',
    `The site was built anew while it was read: ${folder}${path} is another now.`,
    {
      hint: 'Run it again. If that does not help, build the site again, completely.',
      facts: { folder, path },
    },
  );
}
