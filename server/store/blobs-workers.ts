import { openBuckets, printTimes, timesIn } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import type { GroundOptions } from './blobs-ground.ts';
import { memoryWorkers } from './memory-workers.ts';
import type { WorkerStore } from './store.ts';

/** A fixed number, so that nobody who began a moment ago is missing from a list. */
const BUCKETS = 8;

/** Workers that said nothing for this much longer than they promised are forgotten: few leave in order. */
const FORGOTTEN_MS = 86_400_000;

/** Who works the queue, in Blobs. */
export function blobsWorkers(blobs: BlobStore, options: GroundOptions): WorkerStore {
  const kind = {
    folder: 'workers',
    buckets: BUCKETS,
    empty: () => new Map<string, number>(),
    parse: timesIn,
    print: printTimes,
  };
  const workers = openBuckets(blobs, kind, options);
  return {
    beat: (owner, until) =>
      workers.change(owner, (map) => {
        for (const [other, past] of map) if (past < until - FORGOTTEN_MS) map.delete(other);
        map.set(owner, until);
      }),
    leave: async (owner) => {
      await workers.change(owner, (map) => map.delete(owner));
    },
    alive: async (now) => memoryWorkers(new Map((await workers.readAll()).flatMap((map) => [...map]))).alive(now),
  };
}
