import { sha256 } from '../crypto.ts';
import { openBuckets, printTimes, sum, timesIn } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import type { GroundOptions } from './blobs-ground.ts';
import { memoryInbound } from './memory-inbound.ts';
import type { InboundStore } from './store.ts';

/** Many, since every request from outside that counts ends with a write to one of them. */
const BUCKETS = 256;

/** Ids of one document, some 80 KB: half a million in all. */
export const MOST_SEEN = 2_000;

/** What others sent, in Blobs: of an activity that was seen its digest and the time. Of a full document the oldest goes. */
export function blobsInbound(blobs: BlobStore, options: GroundOptions): BlobsInbound {
  const kind = {
    folder: 'seen',
    buckets: BUCKETS,
    empty: () => new Map<string, number>(),
    parse: timesIn,
    print: printTimes,
  };
  const seen = openBuckets(blobs, kind, options);
  return {
    seen: async (activityId) => (await seen.read(activityId)).has(digestOf(activityId)),
    markSeen: (activityId, now) =>
      seen.change(activityId, (map) => {
        const marked = memoryInbound(map).markSeen(digestOf(activityId), now);
        dropOldest(map, digestOf(activityId));
        return marked;
      }),
    markFirst: (activityId, now) =>
      seen.change(activityId, (map) => {
        const isFirst = memoryInbound(map).markFirst(digestOf(activityId), now);
        dropOldest(map, digestOf(activityId));
        return isFirst;
      }),
    forgetSeen: async (before) => sum(await seen.changeAll((map) => memoryInbound(map).forgetSeen(before))),
    // Nothing is kept of earlier versions, which knew no Blobs.
    kept: async () => [],
    dropKept: async () => {},
    digests: async () => (await seen.readAll()).flatMap((map) => [...map.keys()]),
  };
}

/** For those who count. */
export interface BlobsInbound extends InboundStore {
  digests(): Promise<string[]>;
}

/** Half of a SHA-256 in base64url: nobody finds two ids that share one. */
function digestOf(activityId: string): string {
  return Buffer.from(sha256(Buffer.from(activityId)).subarray(0, 16)).toString('base64url');
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
