import { type Buckets, openBuckets, printTimes, sum, timesIn } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import type { GroundOptions } from './blobs-ground.ts';
import { memoryInbound } from './memory-inbound.ts';
import { digestOfSeen as digestOf } from './seen-names.ts';
import type { InboundStore } from './store.ts';

/** Many, since every request from outside that counts ends with a write to one of them. */
const BUCKETS = 256;

/** Ids of one document, some 80 KB: half a million in all. */
export const MOST_SEEN = 2_000;

/** By digest, when it was seen. */
export const SEEN_KIND = {
  folder: 'seen',
  buckets: BUCKETS,
  empty: () => new Map<string, number>(),
  parse: timesIn,
  print: printTimes,
};

/** What others sent, in Blobs: of an activity that was seen its digest and the time. Of a full document the oldest goes. */
export function blobsInbound(blobs: BlobStore, options: GroundOptions): BlobsInbound {
  const seen = openBuckets(blobs, SEEN_KIND, options);
  return {
    // By its digest alone, so that what is brought from a store that keeps no more of it is found.
    seen: async (activityId) => {
      const digest = digestOf(activityId);
      return (await seen.read(digest)).has(digest);
    },
    markSeen: (activityId, now) => markDigest(seen, digestOf(activityId), now),
    markFirst: (activityId, now) => {
      const digest = digestOf(activityId);
      return seen.change(digest, (map) => {
        const isFirst = !map.has(digest);
        if (isFirst) map.set(digest, now);
        dropOldest(map, digest);
        return isFirst;
      });
    },
    forgetSeen: async (before) => sum(await seen.changeAll((map) => memoryInbound(map).forgetSeen(before))),
    // Nothing is kept of earlier versions, which knew no Blobs.
    kept: async () => [],
    dropKept: async () => {},
    digests: async () => (await seen.readAll()).flatMap((map) => [...map.keys()]),
  };
}

/** Marks what is known by its digest alone. */
export function markDigest(seen: Buckets<Map<string, number>>, digest: string, now: number): Promise<void> {
  return seen.change(digest, (map) => {
    map.set(digest, Math.max(now, map.get(digest) ?? now));
    dropOldest(map, digest);
  });
}

/** For those who count. */
export interface BlobsInbound extends InboundStore {
  digests(): Promise<string[]>;
}

/** Makes room by what was seen longest ago, but for what was marked just now. */
function dropOldest(map: Map<string, number>, marked: string): void {
  while (map.size > MOST_SEEN) {
    let oldest: string | undefined;
    for (const [digest, at] of map)
      if (digest !== marked && (oldest === undefined || at < (map.get(oldest) ?? at))) oldest = digest;
    if (oldest === undefined) return;
    map.delete(oldest);
  }
}
