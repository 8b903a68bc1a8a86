import { type DeliveryQueue, deliveryOf, deliveryQueue, type StoredActivity } from './delivery-queue.ts';
import { activityNotStored } from './delivery-rules.ts';
import {
  abandonInbox,
  countsOf,
  enqueueAll,
  isLeased,
  nextDueOf,
  releaseAll,
  settleOne,
  supersedeOthers,
} from './delivery-steps.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { giveUpOld, hastenHost, postponeHost, retryAll, troubledHosts } from './host-steps.ts';
import { memoryLease } from './memory-lease.ts';
import { memoryReceipts } from './memory-receipts.ts';
import type { Folded } from './receipt-rules.ts';

/** What the parts of the queue in memory share. */
export interface MemoryQueue extends DeliveryQueue {
  readonly activities: Map<string, StoredActivity>;
  readonly folded: Folded;
}

export function memoryQueue(): MemoryQueue {
  return { ...deliveryQueue(), activities: new Map(), folded: new Map() };
}

/** Deliveries in memory. */
export function memoryDeliveries(queue: MemoryQueue, sending: () => ReadonlySet<string>): DeliveryStore {
  const { activities, entries } = queue;

  return {
    enqueue: async (activityId, inboxes, options) => {
      const activity = activities.get(activityId)?.activity;
      if (activity === undefined) throw activityNotStored(activityId);
      const asked = inboxes.map((inbox) => ({ inbox }));
      return enqueueAll(queue, activity, asked, options);
    },
    lease: memoryLease(queue),
    settle: async (delivery, after, now) => settleOne(queue, delivery, after, now),
    release: async (owner, only) => releaseAll(queue, owner, only),
    abandon: async (inbox, reason, now) => abandonInbox(queue, inbox, reason, now),
    supersedeAll: async (options) => supersedeOthers(queue, options),
    counts: async () => countsOf(queue),
    nextDue: async () => nextDueOf(queue),
    leased: async (now) => [...entries.values()].filter((entry) => isLeased(entry, now)).length,
    ofActivity: async (activityId) =>
      [...entries.values()].flatMap((entry) => (entry.activity.id === activityId ? [deliveryOf(entry)] : [])),
    troubled: async ({ limit }) => troubledHosts(queue).slice(0, limit),
    retry: async (options) => retryAll(queue, options),
    postpone: async (host, times) => postponeHost(queue, host, times),
    hasten: async (host, now) => hastenHost(queue, host, now),
    giveUp: async (host, options) => giveUpOld(queue, host, options),
    ...memoryReceipts(queue, sending),
  };
}
