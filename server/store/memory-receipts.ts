import type { DeliveryStore } from './delivery-store.ts';
import type { MemoryQueue } from './memory-deliveries.ts';
import { foldEnded, foldedOf, progressOf, receiptsOf } from './receipt-rules.ts';

type Receipts = Pick<DeliveryStore, 'progress' | 'receipts' | 'fold'>;

/** What is known of deliveries afterwards, in memory. `sending` gives the activities that the ledger is still telling. */
export function memoryReceipts(queue: MemoryQueue, sending: () => ReadonlySet<string>): Receipts {
  const { folded } = queue;

  return {
    progress: async (activityIds, now) => progressOf(queue, new Set(activityIds), now),
    receipts: async (object) => ({
      deliveries: receiptsOf(queue, object).map(({ delivery }) => delivery),
      folded: foldedOf(folded, object),
    }),
    fold: async (before) => {
      const told = sending();
      const deliveries = foldEnded(queue, folded, told, before);
      return { deliveries, activities: dropUnneeded(queue, told, before) };
    },
  };
}

/** Drops the old activities that are not told any more and have no delivery left. Gives how many they were. */
function dropUnneeded({ activities, entries }: MemoryQueue, told: ReadonlySet<string>, before: number): number {
  const needed = new Set([...told, ...[...entries.values()].map(({ activity }) => activity.id)]);
  const old = [...activities].filter(([id, { createdAt }]) => createdAt < before && !needed.has(id));
  for (const [id] of old) activities.delete(id);
  return old.length;
}
