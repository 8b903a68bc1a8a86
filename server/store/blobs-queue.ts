import type { BlobStore } from './blobs-client.ts';
import { atOnce, openDocuments } from './blobs-documents.ts';
import { type GroundOptions, openGround } from './blobs-ground.ts';
import { QUEUE_KIND, type QueueBucket } from './blobs-queue-format.ts';
import type { DeliveryQueue } from './delivery-queue.ts';

/** Never changed: deliveries would be looked for where they are not. */
export const QUEUE_BUCKETS = 64;

/** Who goes by what this process last saw of the queue. Neither may throw. */
export interface QueueWatcher {
  /** A part as it was read; who asked for it gets the same, and may change it. */
  read(name: string, queue: DeliveryQueue): void;
  /** A part as it was written; it stays as it is until it is written again. */
  written(name: string, queue: DeliveryQueue): void;
}

/** The queue in Blobs: each host is in one of 64 documents. */
export interface BlobsQueue {
  /** Tells `watcher` from now on; the one before hears nothing more. */
  watch(watcher: QueueWatcher): void;
  /** Gives what tells the name of the document that a host is in. */
  placing(): Promise<(host: string) => string>;
  /** The part of the queue that a host is in. Changing it changes nothing. */
  read(host: string): Promise<DeliveryQueue>;
  /** Every part, by bucket. */
  readAll(): Promise<Map<string, QueueBucket>>;
  /** See `Documents.change`. */
  change<Result>(host: string, work: (queue: DeliveryQueue) => Result): Promise<Result>;
  changeBucket<Result>(name: string, work: (bucket: QueueBucket) => Result): Promise<Result>;
  /** Changes every part, in no order and not as one step. */
  changeAll<Result>(work: (bucket: QueueBucket, name: string) => Result): Promise<Result[]>;
}

const NAMES = Array.from({ length: QUEUE_BUCKETS }, (_, bucket) => nameOf(bucket));

export function openBlobsQueue(blobs: BlobStore, options?: GroundOptions): BlobsQueue {
  const ground = openGround(blobs, options);
  const documents = openDocuments(blobs, QUEUE_KIND, options);
  let watcher: QueueWatcher | undefined;

  const placing: BlobsQueue['placing'] = async () => {
    const placeOf = await ground();
    return (host) => nameOf(placeOf(QUEUE_BUCKETS, host));
  };
  const seen = (name: string, bucket: QueueBucket): QueueBucket => {
    watcher?.read(name, bucket.queue);
    return bucket;
  };
  const changeBucket: BlobsQueue['changeBucket'] = async (name, work) => {
    const { result, queue } = await documents.change(name, (bucket) => ({ result: work(bucket), queue: bucket.queue }));
    watcher?.written(name, queue);
    return result;
  };

  return {
    watch: (next) => {
      watcher = next;
    },
    placing,
    read: async (host) => {
      const name = (await placing())(host);
      return seen(name, await documents.read(name)).queue;
    },
    readAll: async () =>
      new Map(await atOnce(NAMES, async (name) => [name, seen(name, await documents.read(name))] as const)),
    change: async (host, work) => changeBucket((await placing())(host), ({ queue }) => work(queue)),
    changeBucket,
    changeAll: (work) => atOnce(NAMES, (name) => changeBucket(name, (bucket) => work(bucket, name))),
  };
}

export function groupBy<Item>(items: Iterable<Item>, nameOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const name = nameOf(item);
    const known = groups.get(name);
    if (known) known.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

function nameOf(bucket: number): string {
  return bucket.toString(16).padStart(2, '0');
}
