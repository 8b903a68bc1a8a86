import type { FollowingRecord, FollowingStore } from './account-store.ts';
import type { BlobStore } from './blobs-client.ts';
import { openPlaced, type PlacedOptions } from './blobs-placed.ts';
import { memoryFollowing } from './memory-following.ts';
import { hasTexts } from './stored-texts.ts';

const BUCKETS = 16;
const STATES: ReadonlySet<string> = new Set<FollowingRecord['state']>(['accepted', 'rejected']);

/** The answers to our Follows in Blobs. */
export function blobsFollowing(blobs: BlobStore, options: PlacedOptions): FollowingStore {
  const kind = {
    folder: 'following',
    buckets: BUCKETS,
    keyOf: ({ actor }: FollowingRecord) => actor,
    isValue: (json: unknown): json is FollowingRecord =>
      hasTexts(json, ['actor', 'state', 'activity', 'at']) && STATES.has(json.state),
  };
  const records = openPlaced(blobs, kind, options);
  return {
    put: async (record) => records.change(record.actor, (map) => memoryFollowing(map).put(record)),
    get: async (actor) => (await records.read(actor)).get(actor),
    remove: async (actor) => records.change(actor, (map) => map.delete(actor)),
    all: async function* () {
      yield* (await records.all()).values();
    },
  };
}
