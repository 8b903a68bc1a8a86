import { mediaDigest } from '../../federation/addresses.ts';
import { sha256Hex } from '../crypto.ts';
import { picturesOf, picturesOfAuthor } from './interaction-rules.ts';
import { type CachedMedia, MAX_MEDIA_BYTES, type MediaCache } from './interaction-store.ts';
import type { MemoryInteractions } from './memory-interactions.ts';

/** Pictures in memory, in the order in which they were put. What nothing names any more is dropped when it is met. */
export function memoryMedia(pictures: Map<string, CachedMedia>, interactions: MemoryInteractions): MediaCache {
  return {
    urlOf: async (digest) => named(shownOf(interactions)).find((url) => mediaDigest(sha256Hex, url) === digest),
    get: async (url) => {
      dropUnnamed(pictures, interactions);
      return copyOf(pictures.get(url));
    },
    put: async (picture) => {
      dropUnnamed(pictures, interactions);
      if (!named(interactions).includes(picture.url)) return;
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
  const names = new Set(named(interactions));
  for (const url of pictures.keys()) if (!names.has(url)) pictures.delete(url);
}

/** What is shown, and who said it: nobody puts a picture on the blog by what the owner holds or hid. */
function shownOf({ entries, authors }: MemoryInteractions): MemoryInteractions {
  const shown = [...entries].filter(([, { interaction }]) => interaction.state === 'shown');
  const actors = new Set(shown.map(([, { interaction }]) => interaction.actor));
  return { entries: new Map(shown), authors: new Map([...authors].filter(([actor]) => actors.has(actor))) };
}

function named({ entries, authors }: MemoryInteractions): string[] {
  const said = [...entries.values()].flatMap(({ interaction }) => picturesOf(interaction));
  return [...[...authors.values()].flatMap(picturesOfAuthor), ...said];
}

function copyOf(picture: CachedMedia | undefined): CachedMedia | undefined {
  return picture && { ...picture, bytes: picture.bytes.slice() };
}
