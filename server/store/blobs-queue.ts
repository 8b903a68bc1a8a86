import type { BlobStore } from './blobs-client.ts';
import { atOnce, openDocuments } from './blobs-documents.ts';
import { type GroundOptions, openGround } from './blobs-ground.ts';
import { QUEUE_KIND, type QueueBucket } from './blobs-queue-format.ts';
import { type DeliveryQueue, type Entry, freeAt, keyOf } from './delivery-queue.ts';
import { type Candidate, isNext, outdatedUntil } from './lease-rules.ts';

/** Never changed: deliveries would be looked for where they are not. */
export const QUEUE_BUCKETS = 64;

/** A delivery that may be leased, now or later. */
export interface Waiting extends Candidate {
  /** `keyOf` its activity and inbox. */
  readonly key: string;
  readonly host: string;
  readonly priority: Entry['priority'];
}

/** What a bucket held when this process last saw it. */
export interface Outlook {
  readonly waiting: readonly Waiting[];
  /** When the first outdated delivery ends; infinite when there is none. */
  readonly outdatedUntil: number;
}

/** The queue in Blobs: each host is in one of 64 documents. */
export interface BlobsQueue {
  /** By bucket: old, or missing, as it may be. What is done by it is done to the document as it is then. */
  readonly outlooks: ReadonlyMap<string, () => Outlook>;
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
  const outlooks = new Map<string, () => Outlook>();

  const placing: BlobsQueue['placing'] = async () => {
    const placeOf = await ground();
    return (host) => nameOf(placeOf(QUEUE_BUCKETS, host));
  };
  const seen = (name: string, bucket: QueueBucket): QueueBucket => {
    const outlook = outlookOf(name, bucket.queue);
    outlooks.set(name, () => outlook);
    return bucket;
  };
  const changeBucket: BlobsQueue['changeBucket'] = async (name, work) => {
    const { result, queue } = await documents.change(name, (bucket) => ({ result: work(bucket), queue: bucket.queue }));
    outlooks.set(
      name,
      once(() => outlookOf(name, queue)),
    );
    return result;
  };

  return {
    outlooks,
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

/** Many deliveries are settled between two looks at what is left. */
function once<Result>(work: () => Result): () => Result {
  let result: { readonly is: Result } | undefined;
  return () => {
    result ??= { is: work() };
    return result.is;
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

/**
 * Hosts take turns in the order of their buckets: so that what is leased at once, and settled soon after, is in few
 * documents, and thousands of deliveries take dozens of writes.
 */
function outlookOf(name: string, { entries }: DeliveryQueue): Outlook {
  const waiting: Waiting[] = [];
  let firstEnd = Number.POSITIVE_INFINITY;
  for (const entry of entries.values()) {
    if (entry.state !== 'pending') continue;
    const { activity, inbox, host, priority } = entry;
    if (entry.outdated) firstEnd = Math.min(firstEnd, outdatedUntil(entry));
    else if (isNext(entry))
      waiting.push({ key: keyOf(activity.id, inbox), host, turn: `${name} ${host}`, priority, freeAt: freeAt(entry) });
  }
  return { waiting, outdatedUntil: firstEnd };
}
