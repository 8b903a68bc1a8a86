import { PosternError } from '../errors.ts';
import type { BlobsActivities } from './blobs-activities.ts';
import { sum } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import type { blobsDelivering, Delivering } from './blobs-delivering.ts';
import { atOnce } from './blobs-documents.ts';
import type { GroundOptions } from './blobs-ground.ts';
import { blobsHosts, blobsInboxes } from './blobs-inboxes.ts';
import { type BlobsQueue, groupBy, openBlobsQueue } from './blobs-queue.ts';
import { blobsReceipts } from './blobs-receipts.ts';
import { deliveryOf } from './delivery-queue.ts';
import { activityNotStored, addCounts, hostOfInbox, noDeliveries } from './delivery-rules.ts';
import {
  type Asked,
  abandonInbox,
  countsOf,
  enqueueAll,
  isLeased,
  nextDueOf,
  supersedeOthers,
} from './delivery-steps.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { byTrouble, giveUpOld, hastenHost, retryAll, troubledHosts } from './host-steps.ts';
import type { HostStore, InboxStore } from './store.ts';

/** What the queue needs of the activities, which lie elsewhere. */
export type QueuedActivities = Pick<BlobsActivities, 'stored' | 'put' | 'all' | 'drop'>;

export interface DeliveringOptions {
  /** Given by a process that delivers; without it nothing can be leased or settled here. */
  readonly delivering?: typeof blobsDelivering | undefined;
}

export interface BlobsDeliveriesOptions extends GroundOptions, DeliveringOptions {
  readonly activities: QueuedActivities;
  /** The activities that the ledger is still telling. */
  readonly sending: () => Promise<ReadonlySet<string>>;
  /** Milliseconds since any instant. */
  readonly elapsed?: () => number;
}

export interface BlobsDeliveries {
  readonly deliveries: DeliveryStore;
  readonly inboxes: InboxStore;
  readonly hosts: HostStore;
  /** What there is to count for people. */
  contents(): Promise<Record<'deliveries' | 'receipts', readonly unknown[]>>;
}

/** An activity that is older than this may be dropped at any moment, when nothing of it is left to deliver. */
const OLD_MS = 86_400_000;

/** Numbers that an order has for each millisecond. */
const ORDERS = 1_000;

/** Deliveries, and what is known of their inboxes and hosts, in Blobs. */
export function blobsDeliveries(blobs: BlobStore, options: BlobsDeliveriesOptions): BlobsDeliveries {
  const { activities, sending, delivering, elapsed = () => performance.now() } = options;
  const queue = openBlobsQueue(blobs, options);
  return {
    deliveries: {
      enqueue: blobsEnqueue(queue, activities),
      ...(delivering?.({ queue, storedActivity: activities.stored, elapsed }) ?? withoutDelivering),
      ...ending(queue),
      ...looking(queue),
      ...hurrying(queue),
      ...blobsReceipts(blobs, queue, { activities, sending, documents: options }),
    },
    inboxes: blobsInboxes(queue),
    hosts: blobsHosts(queue),
    contents: async () => {
      const queues = [...(await queue.readAll()).values()].map((bucket) => bucket.queue);
      const all = queues.flatMap(({ entries }) =>
        [...entries.values()].map(({ lane: _, activity: { object }, ...entry }) => ({ ...entry, object })),
      );
      return {
        deliveries: all.filter(({ state }) => state === 'pending'),
        receipts: all.filter(({ state }) => state !== 'pending'),
      };
    },
  };
}

function blobsEnqueue(queue: BlobsQueue, activities: QueuedActivities): DeliveryStore['enqueue'] {
  let lastOrder = 0;

  return async (activityId, inboxes, { now, again = false }) => {
    const stored = await activities.stored(activityId);
    if (stored === undefined) throw activityNotStored(activityId);
    const { id, type, object } = stored.activity;
    const first = Math.max(lastOrder + 1, now * ORDERS);
    lastOrder = first + inboxes.length;
    const asked = inboxes.map((inbox, index): Asked => ({ inbox, seq: first + index }));
    const nameOf = await queue.placing();
    const byBucket = groupBy(asked, ({ inbox }) => nameOf(hostOfInbox(inbox)));
    const made = await atOnce([...byBucket], ([name, each]) =>
      queue.changeBucket(name, (bucket) => enqueueAll(bucket.queue, { id, type, object }, each, { now, again })),
    );
    // It was taken for dropped, perhaps, just before there was something to deliver of it.
    const isOld = now - stored.createdAt > OLD_MS;
    if (isOld && (await activities.stored(activityId)) === undefined)
      await activities.put(stored.activity, { now: stored.createdAt });
    return sum(made);
  };
}

const withoutDelivering: Delivering = {
  lease: cannotDeliver,
  settle: cannotDeliver,
  release: cannotDeliver,
  postpone: cannotDeliver,
};

async function cannotDeliver(): Promise<never> {
  throw new PosternError('store-without-delivering', 'This process opened the store without what delivers from it.', {
    hint: 'This is a fault in Postern: only the function `deliver` delivers. Please report it.',
  });
}

type Ending = Pick<DeliveryStore, 'abandon' | 'supersedeAll'>;

function ending(queue: BlobsQueue): Ending {
  return {
    abandon: (inbox, reason, now) => queue.change(hostOfInbox(inbox), (part) => abandonInbox(part, inbox, reason, now)),
    supersedeAll: async (options) => sum(await queue.changeAll((bucket) => supersedeOthers(bucket.queue, options))),
  };
}

type Looking = Pick<DeliveryStore, 'counts' | 'nextDue' | 'leased' | 'ofActivity' | 'troubled'>;

function looking(queue: BlobsQueue): Looking {
  const parts = async () => [...(await queue.readAll()).values()].map((bucket) => bucket.queue);
  return {
    counts: async () => {
      const counts = noDeliveries();
      for (const part of await parts()) addCounts(counts, countsOf(part));
      return counts;
    },
    nextDue: async () => {
      const times = (await parts()).flatMap((part) => nextDueOf(part) ?? []);
      return times.length === 0 ? undefined : Math.min(...times);
    },
    leased: async (now) => sum((await parts()).map(({ entries }) => countLeased(entries.values(), now))),
    ofActivity: async (activityId) => {
      const all = (await parts()).flatMap(({ entries }) => [...entries.values()]);
      const asked = all.filter(({ activity }) => activity.id === activityId);
      return asked.sort((a, b) => a.seq - b.seq).map(deliveryOf);
    },
    troubled: async ({ limit }) => byTrouble((await parts()).flatMap(troubledHosts)).slice(0, limit),
  };
}

type Hurrying = Pick<DeliveryStore, 'retry' | 'hasten' | 'giveUp'>;

function hurrying(queue: BlobsQueue): Hurrying {
  return {
    retry: async (options) => {
      const { host } = options;
      if (host !== undefined) return queue.change(host, (part) => retryAll(part, options));
      return sum(await queue.changeAll((bucket) => retryAll(bucket.queue, options)));
    },
    hasten: (host, now) => queue.change(host, (part) => hastenHost(part, host, now)),
    giveUp: (host, options) => queue.change(host, (part) => giveUpOld(part, host, options)),
  };
}

function countLeased(entries: Iterable<Parameters<typeof isLeased>[0]>, now: number): number {
  let leased = 0;
  for (const entry of entries) if (isLeased(entry, now)) leased += 1;
  return leased;
}
