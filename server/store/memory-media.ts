import { mediaDigest } from '../../federation/addresses.ts';
import { sha256Hex } from '../crypto.ts';
import { picturesOf, picturesOfAuthor } from './interaction-rules.ts';
import { type CachedMedia, MAX_MEDIA_BYTES, type MediaCache } from './interaction-store.ts';
import type { MemoryInteractions } from './memory-interactions.ts';

/** Pictures in memory, in the order in which they were put. What nothing names any more is dropped when it is met. */
export function memoryMedia(pictures: Map<string, CachedMedia>, interactions: MemoryInteractions): MediaCache {
  return {
    urlOf: async (digest) =>
      named(interactions, ({ state }) => state === 'shown').find((url) => mediaDigest(sha256Hex, url) === digest),
    get: async (url) => {
      dropUnnamed(pictures, interactions);
      return copyOf(pictures.get(url));
    },
    put: async (picture) => {
      dropUnnamed(pictures, interactions);
      if (!named(interactions, () => true).includes(picture.url)) return;
      pictures.delete(picture.url);
      if (picture.bytes.length > MAX_MEDIA_BYTES) return;
      pictures.set(picture.url, { ...picture, bytes: picture.bytes.slice() });
      const newestFirst = [...pictures.values()].reverse().sort((a, b) => b.fetchedAt - a.fetchedAt);
      let total = 0;
      for (const { url, bytes } of newestFirst) {
        total += bytes.length;
        if (total > MAX_MEDIA_BYTES) pictures.delete(url);
      }
    },
  };
}

/** Forgets pictures that no author and no interaction names. */
export function dropUnnamed(pictures: Map<string, CachedMedia>, interactions: MemoryInteractions): void {
  if (pictures.size === 0) return;
  const names = new Set(named(interactions, () => true));
  for (const url of pictures.keys()) if (!names.has(url)) pictures.delete(url);
}

function named(
  { entries, authors }: MemoryInteractions,
  counts: (interaction: { readonly state: string }) => boolean,
): string[] {
  const said = [...entries.values()].map(({ interaction }) => interaction).filter(counts);
  return [...[...authors.values()].flatMap(picturesOfAuthor), ...said.flatMap(picturesOf)];
}

function copyOf(picture: CachedMedia | undefined): CachedMedia | undefined {
  return picture && { ...picture, bytes: picture.bytes.slice() };
}
