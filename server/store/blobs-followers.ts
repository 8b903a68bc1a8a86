import type { Follower } from '../../federation/outcome.ts';
import type { BlobStore } from './blobs-client.ts';
import { openPlaced, type PlacedBuckets, type PlacedOptions } from './blobs-placed.ts';
import type { FollowRequestStore } from './interaction-store.ts';
import { memoryFollowRequests } from './memory-consent.ts';
import { memoryFollowers } from './memory-followers.ts';
import type { FollowerStore } from './store.ts';
import { hasTexts } from './stored-texts.ts';

const FOLLOWER_BUCKETS = 32;
const REQUEST_BUCKETS = 8;

/** Followers in Blobs. */
export function blobsFollowers(blobs: BlobStore, options: PlacedOptions): FollowerStore {
  const buckets = open(blobs, 'followers', FOLLOWER_BUCKETS, options);
  const all = async (): Promise<FollowerStore> => memoryFollowers(await buckets.all());
  return {
    ...changing(buckets),
    atInbox: async (inbox) => (await all()).atInbox(inbox),
    count: async () => (await all()).count(),
    page: async (options) => (await all()).page(options),
    all: async function* () {
      yield* (await all()).all();
    },
  };
}

/** Follows that wait, in Blobs. */
export function blobsFollowRequests(blobs: BlobStore, options: PlacedOptions): FollowRequestStore {
  const buckets = open(blobs, 'requests', REQUEST_BUCKETS, options);
  return {
    ...changing(buckets),
    list: async (limit) => memoryFollowRequests(await buckets.all()).list(limit),
  };
}

function open(blobs: BlobStore, folder: string, buckets: number, options: PlacedOptions): PlacedBuckets<Follower> {
  const isValue = (json: unknown): json is Follower =>
    hasTexts(json, ['actor', 'inbox', 'followId', 'since'], ['sharedInbox', 'handle']);
  return openPlaced<Follower>(blobs, { folder, buckets, keyOf: ({ actor }) => actor, isValue }, options);
}

/** A Follow that waits is put, found and removed like one that was accepted. */
function changing(buckets: PlacedBuckets<Follower>): Pick<FollowerStore, 'put' | 'get' | 'remove'> {
  return {
    put: async (follower) => buckets.change(follower.actor, (map) => memoryFollowRequests(map).put(follower)),
    get: async (actor) => (await buckets.read(actor)).get(actor),
    remove: async (actor) => buckets.change(actor, (map) => map.delete(actor)),
  };
}
