import { type BlobsStoreOptions, openBlobsStore } from './blobs.ts';
import { blobsActivities } from './blobs-activities.ts';
import { askedKind } from './blobs-answers.ts';
import { openBuckets } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import { blobsStamps } from './blobs-consent.ts';
import { atOnce, openDocuments } from './blobs-documents.ts';
import { openGround, secretKind } from './blobs-ground.ts';
import { markDigest, SEEN_KIND } from './blobs-inbound.ts';
import { countTicks, type PlacedOptions } from './blobs-placed.ts';
import { type BlobsQueue, groupBy, openBlobsQueue } from './blobs-queue.ts';
import { COUNTED, nameOfObject } from './blobs-receipts.ts';
import { blobsSaidTransfer } from './blobs-said-transfer.ts';
import { blobsSizes } from './blobs-sizes.ts';
import { activityNotStored, hostOfInbox } from './delivery-rules.ts';
import { keptOf, restoreEntry } from './kept-deliveries.ts';
import { addFolded, setFolded } from './receipt-rules.ts';
import { digestName, digestOfName } from './seen-names.ts';
import type { KeptDelivery, PortableStore, TransferStore } from './transfer-store.ts';

/** Opens the store in Netlify Blobs for who takes it elsewhere, or something into it. */
export function openPortableBlobsStore(blobs: BlobStore, options: BlobsStoreOptions = {}): PortableStore {
  const { clock = Date.now, ...tries } = options;
  const placed = { ...tries, ground: openGround(blobs, tries), tick: countTicks(clock) };
  return { ...openBlobsStore(blobs, { sizes: blobsSizes, ...options }), transfer: blobsTransfer(blobs, placed) };
}

/** What takes a store in Blobs elsewhere. Documents are read and written as wholes, so that thousands of things are few requests. */
function blobsTransfer(blobs: BlobStore, options: PlacedOptions): TransferStore {
  const activities = blobsActivities(blobs);
  const queue = openBlobsQueue(blobs, options);
  const stamps = blobsStamps(blobs, options);
  const seen = openBuckets(blobs, SEEN_KIND, options);
  const secrets = openDocuments(blobs, secretKind, options);
  return {
    activities: activities.all,
    deliveries: async function* () {
      const parts = [...(await queue.readAll()).values()].flatMap((bucket) => [...bucket.queue.entries.values()]);
      for (const entry of parts.sort((a, b) => a.seq - b.seq)) yield keptOf(entry);
    },
    putDeliveries: deliveryPut(queue, activities.get),
    ...ofCounts(blobs, queue, options),
    hosts: async function* () {
      for (const bucket of (await queue.readAll()).values()) yield* bucket.queue.hosts.values();
    },
    ...blobsSaidTransfer(blobs, options),
    stamps: async function* () {
      yield* await stamps.all();
    },
    seen: async function* () {
      for await (const map of seen.each()) for (const [digest, at] of map) yield { name: digestName(digest), at };
    },
    putSeen: async (marks) => {
      await Promise.all(marks.map(({ name, at }) => markDigest(seen, digestOfName(name), at)));
    },
    told: async function* () {
      for (const map of await openBuckets(blobs, askedKind, options).readAll())
        for (const [object, { told }] of map) if (told !== undefined) yield { object, digest: told };
    },
    feedSecret: async () => (await secrets.read('notifications')).value,
  };
}

/** Numbers that an order has for each millisecond: as for what is asked for here. */
const ORDERS = 1_000;

function deliveryPut(
  queue: BlobsQueue,
  activityOf: (id: string) => Promise<Parameters<typeof restoreEntry>[1] | undefined>,
): TransferStore['putDeliveries'] {
  let last = 0;

  return async (deliveries) => {
    const ids = [...new Set(deliveries.map(({ activityId }) => activityId))];
    const found = new Map(await atOnce(ids, async (id) => [id, await activityOf(id)] as const));
    const placed = deliveries.map((kept: KeptDelivery) => {
      const activity = found.get(kept.activityId);
      if (activity === undefined) throw activityNotStored(kept.activityId);
      last = Math.max(last + 1, kept.createdAt * ORDERS);
      const { id, type, object } = activity;
      return { kept, activity: { id, type, object }, seq: last };
    });
    const nameOf = await queue.placing();
    await atOnce([...groupBy(placed, ({ kept }) => nameOf(hostOfInbox(kept.inbox)))], ([name, all]) =>
      queue.changeBucket(name, (bucket) => {
        for (const { activity, kept, seq } of all) restoreEntry(bucket.queue, activity, kept, seq);
      }),
    );
  };
}

const NAMES = Array.from({ length: 256 }, (_, place) => place.toString(16).padStart(2, '0'));

function ofCounts(
  blobs: BlobStore,
  queue: BlobsQueue,
  options: PlacedOptions,
): Pick<TransferStore, 'folded' | 'putFolded'> {
  const counted = openDocuments(blobs, COUNTED, options);
  return {
    folded: async function* () {
      const buckets = await queue.readAll();
      const all = await counted.readEach(NAMES);
      for (const [place, { folded, folds }] of all.entries()) {
        for (const [name, { folding, folds: number }] of buckets) {
          // Taken out of the queue, and not counted yet.
          if (folding === undefined || (folds.get(name) ?? 0) >= number) continue;
          for (const [object, counts] of folding) {
            if (nameOfObject(object) !== NAMES[place]) continue;
            for (const each of counts.values()) addFolded(folded, object, each);
          }
        }
        for (const [object, counts] of folded) for (const each of counts.values()) yield { object, ...each };
      }
    },
    putFolded: async (counts) => {
      await atOnce([...groupBy(counts, ({ object }) => nameOfObject(object))], ([name, all]) =>
        counted.change(name, ({ folded }) => {
          for (const { object, ...count } of all) setFolded(folded, object, count);
        }),
      );
    },
  };
}
