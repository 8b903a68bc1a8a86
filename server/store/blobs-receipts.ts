import type { Json } from '../../federation/vocabulary.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../crypto.ts';
import type { BlobStore } from './blobs-client.ts';
import type { QueuedActivities } from './blobs-deliveries.ts';
import { atOnce, type DocumentKind, type DocumentsOptions, openDocuments } from './blobs-documents.ts';
import type { BlobsQueue } from './blobs-queue.ts';
import type { QueueBucket } from './blobs-queue-format.ts';
import type { StoredActivity } from './delivery-queue.ts';
import { addCounts, noDeliveries } from './delivery-rules.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { listOf, numberOf, textOf } from './json-parts.ts';
import {
  addFolded,
  type Folded,
  foldEnded,
  foldedOf,
  parseFolded,
  printFolded,
  progressOf,
  receiptsOf,
} from './receipt-rules.ts';

type Receipts = Pick<DeliveryStore, 'progress' | 'receipts' | 'fold'>;

export interface ReceiptDeps {
  readonly activities: QueuedActivities;
  readonly sending: () => Promise<ReadonlySet<string>>;
  readonly documents: DocumentsOptions;
}

/**
 * Counts of some objects. They are kept apart from the queue, whose documents are written all the time, since they stay
 * for as long as their posts.
 */
export interface Counted {
  readonly folded: Folded;
  /** For each bucket of the queue the last fold of it that is counted here. */
  readonly folds: Map<string, number>;
}

export const COUNTED: DocumentKind<Counted> = {
  folder: 'folded',
  empty: () => ({ folded: new Map(), folds: new Map() }),
  parse: parseCounted,
  print: ({ folded, folds }) => ({ folded: printFolded(folded), folds: [...folds].map((each): Json => each) }),
};

/** Receipts of a bucket of the queue that are taken out of it and not yet all counted. */
interface Folding {
  readonly bucket: string;
  readonly folds: number;
  readonly folded: Folded;
}

/** The mark of a fold may be a moment older than what was read of the queue. */
const MOST_READS = 5;

/**
 * What is known of deliveries afterwards, in Blobs. A fold has three steps, each of which may be repeated: receipts become
 * counts inside their bucket, with a number; they are added where counts are kept, and the number with them; they are taken
 * out of the bucket. Whoever folds next finishes what was interrupted.
 */
export function blobsReceipts(blobs: BlobStore, queue: BlobsQueue, deps: ReceiptDeps): Receipts {
  const counted = openDocuments(blobs, COUNTED, deps.documents);

  const finish = async (foldings: readonly Folding[]): Promise<void> => {
    const names = new Set(foldings.flatMap(({ folded }) => [...folded.keys()].map(nameOfObject)));
    await atOnce([...names], (name) => counted.change(name, (value) => countIn(value, name, foldings)));
    await atOnce(foldings, ({ bucket: name, folds }) =>
      queue.changeBucket(name, (bucket) => {
        if (bucket.folds === folds) bucket.folding = undefined;
      }),
    );
  };

  /** Gives how many receipts were taken out, and what is needed of the rest. */
  const foldOnce = async (told: ReadonlySet<string>, before: number) => {
    const parts = await queue.changeAll((bucket, name) => beginFold(bucket, name, told, before));
    await finish(parts.flatMap(({ folding }) => folding ?? []));
    return {
      count: parts.reduce((total, { taken }) => total + taken, 0),
      wasInterrupted: parts.some(({ folding, taken }) => folding !== undefined && taken === 0),
    };
  };

  return {
    progress: async (activityIds, now) => {
      const wanted = new Set(activityIds);
      const total = { counts: noDeliveries(), due: 0 };
      for (const bucket of (await queue.readAll()).values()) {
        const { counts, due } = progressOf(bucket.queue, wanted, now);
        addCounts(total.counts, counts);
        total.due += due;
      }
      return total;
    },
    receipts: async (object) => {
      for (let reads = 1; ; reads += 1) {
        const buckets = await queue.readAll();
        const { folded, folds } = await counted.read(nameOfObject(object));
        const isNewer = [...folds].some(([name, last]) => last > (buckets.get(name)?.folds ?? 0));
        // Counted meanwhile: what was read of the queue has them too.
        if (isNewer && reads < MOST_READS) continue;
        for (const [name, bucket] of buckets) {
          if (bucket.folding && (folds.get(name) ?? 0) < bucket.folds) addAll(folded, bucket.folding, object);
        }
        const all = [...buckets.values()].flatMap((bucket) => receiptsOf(bucket.queue, object));
        const deliveries = all.sort((a, b) => a.seq - b.seq).map(({ delivery }) => delivery);
        return { deliveries, folded: foldedOf(folded, object) };
      }
    },
    fold: async (before) => {
      const told = await deps.sending();
      const first = await foldOnce(told, before);
      const second = first.wasInterrupted ? await foldOnce(told, before) : { count: 0 };
      return { deliveries: first.count + second.count, activities: await dropUnneeded(queue, deps, told, before) };
    },
  };
}

function beginFold(
  bucket: QueueBucket,
  name: string,
  told: ReadonlySet<string>,
  before: number,
): { taken: number; folding: Folding | undefined } {
  let taken = 0;
  if (bucket.folding === undefined) {
    const folded: Folded = new Map();
    taken = foldEnded(bucket.queue, folded, told, before);
    if (taken > 0) {
      bucket.folds += 1;
      bucket.folding = folded;
    }
  }
  const { folding, folds } = bucket;
  return { taken, folding: folding && { bucket: name, folds, folded: structuredClone(folding) } };
}

/** Adds what is of the objects of one document, once for each fold. */
function countIn({ folded, folds }: Counted, name: string, foldings: readonly Folding[]): void {
  for (const folding of foldings) {
    if ((folds.get(folding.bucket) ?? 0) >= folding.folds) continue;
    const objects = [...folding.folded.keys()].filter((object) => nameOfObject(object) === name);
    for (const object of objects) addAll(folded, folding.folded, object);
    if (objects.length > 0) folds.set(folding.bucket, folding.folds);
  }
}

function addAll(to: Folded, from: Folded, object: string): void {
  for (const each of from.get(object)?.values() ?? []) addFolded(to, object, each);
}

/**
 * Drops the old activities that are not told any more and have no delivery left. Gives how many they were. One that is
 * asked for meanwhile is put back: here, or by who asks, whoever comes second.
 */
async function dropUnneeded(
  queue: BlobsQueue,
  { activities }: ReceiptDeps,
  told: ReadonlySet<string>,
  before: number,
): Promise<number> {
  const needed = await queuedActivities(queue);
  const dropped: StoredActivity[] = [];
  for await (const stored of activities.all()) {
    const { id } = stored.activity;
    if (stored.createdAt >= before || told.has(id) || needed.has(id)) continue;
    await activities.drop(id);
    dropped.push(stored);
  }
  if (dropped.length === 0) return 0;
  const askedFor = await queuedActivities(queue);
  const back = dropped.filter(({ activity }) => askedFor.has(activity.id));
  for (const { activity, createdAt } of back) await activities.put(activity, { now: createdAt });
  return dropped.length - back.length;
}

async function queuedActivities(queue: BlobsQueue): Promise<Set<string>> {
  const buckets = [...(await queue.readAll()).values()];
  return new Set(buckets.flatMap((bucket) => [...bucket.queue.entries.values()].map(({ activity }) => activity.id)));
}

/** The name of the document in which counts of an object are kept. */
export function nameOfObject(object: string): string {
  return sha256Hex(object).slice(0, 2);
}

function parseCounted(json: unknown): Counted {
  if (!isJsonObject(json)) throw new TypeError('no counts');
  const folds = listOf(json.folds).map((each): [string, number] => {
    const [bucket, last] = listOf(each);
    return [textOf(bucket), numberOf(last)];
  });
  return { folded: parseFolded(json.folded), folds: new Map(folds) };
}
