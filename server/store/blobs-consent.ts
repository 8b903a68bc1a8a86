import type { Stamp } from '../../federation/interaction.ts';
import type { BlobStore } from './blobs-client.ts';
import { openPlaced, type PlacedOptions } from './blobs-placed.ts';
import type { StampStore } from './interaction-store.ts';
import { memoryStamps } from './memory-consent.ts';
import { hasTexts } from './stored-texts.ts';

const BUCKETS = 16;

/** Consents to quotes in Blobs. */
export function blobsStamps(blobs: BlobStore, options: PlacedOptions): BlobsStamps {
  const isValue = (json: unknown): json is Stamp =>
    hasTexts(json, ['id', 'quote', 'target', 'actor', 'at'], ['revoked']);
  const kind = { folder: 'stamps', buckets: BUCKETS, keyOf: ({ id }: Stamp) => id, isValue };
  const stamps = openPlaced(blobs, kind, options);
  return {
    put: async (stamp) => stamps.change(stamp.id, (map) => memoryStamps(map).put(stamp)),
    get: async (id) => (await stamps.read(id)).get(id),
    ofQuote: async (quote) => memoryStamps(await stamps.all()).ofQuote(quote),
    revoke: async (id, at) => stamps.change(id, (map) => memoryStamps(map).revoke(id, at)),
    all: async () => [...(await stamps.all()).values()],
  };
}

/** For those who count. */
export interface BlobsStamps extends StampStore {
  all(): Promise<Stamp[]>;
}
