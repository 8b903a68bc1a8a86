import type { DeliveryState } from '../../federation/delivery.ts';
import { noDeliveries } from './delivery-rules.ts';
import type { DeliveryStore, FoldedReceipts } from './delivery-store.ts';
import { deliveryOf, dropEntry, freeAt, isNextOfItsObject, keyOf, type MemoryQueue } from './memory-queue.ts';

type Receipts = Pick<DeliveryStore, 'progress' | 'receipts' | 'fold'>;

/** By object, then by type and state. */
type Folded = Map<string, Map<string, FoldedReceipts>>;

/** What is known of deliveries afterwards, in memory. `sending` gives the activities that the ledger is still telling. */
export function memoryReceipts(queue: MemoryQueue, sending: () => ReadonlySet<string>): Receipts {
  const folded: Folded = new Map();

  return {
    progress: async (activityIds, now) => progressOf(queue, new Set(activityIds), now),
    receipts: async (object) => {
      const about = [...queue.entries.values()].filter(({ activity }) => activity.object === object);
      const deliveries = about.map((entry) => ({
        ...deliveryOf(entry),
        type: entry.activity.type,
        host: entry.host,
      }));
      const counts = [...(folded.get(object) ?? new Map<string, FoldedReceipts>())].sort(([a], [b]) =>
        a < b ? -1 : 1,
      );
      return { deliveries, folded: counts.map(([, each]) => ({ ...each })) };
    },
    fold: async (before) => {
      const told = sending();
      const deliveries = foldEnded(queue, folded, told, before);
      return { deliveries, activities: dropUnneeded(queue, told, before) };
    },
  };
}

function progressOf({ entries }: MemoryQueue, wanted: ReadonlySet<string>, now: number) {
  const counts = noDeliveries();
  let due = 0;
  for (const entry of entries.values()) {
    if (!wanted.has(entry.activity.id)) continue;
    counts[entry.state] += 1;
    if (entry.state !== 'pending') continue;
    if (entry.lease || (freeAt(entry) <= now && isNextOfItsObject(entry))) due += 1;
  }
  return { counts, due };
}

/** Leaves only counts of the deliveries that ended before that time. Gives how many they were. */
function foldEnded(queue: MemoryQueue, folded: Folded, told: ReadonlySet<string>, before: number): number {
  const ended = [...queue.entries.values()].filter(
    ({ activity, finishedAt }) => finishedAt !== undefined && finishedAt < before && !told.has(activity.id),
  );
  for (const entry of ended) {
    countFolded(folded, entry.activity.object, entry.activity.type, entry.state);
    dropEntry(queue, entry);
  }
  return ended.length;
}

function countFolded(folded: Folded, object: string, type: string, state: DeliveryState): void {
  const counts = folded.get(object) ?? new Map<string, FoldedReceipts>();
  const known = counts.get(keyOf(type, state));
  counts.set(keyOf(type, state), { type, state, count: (known?.count ?? 0) + 1 });
  folded.set(object, counts);
}

/** Drops the old activities that are not told any more and have no delivery left. Gives how many they were. */
function dropUnneeded({ activities, entries }: MemoryQueue, told: ReadonlySet<string>, before: number): number {
  const needed = new Set([...told, ...[...entries.values()].map(({ activity }) => activity.id)]);
  const old = [...activities].filter(([id, { createdAt }]) => createdAt < before && !needed.has(id));
  for (const [id] of old) activities.delete(id);
  return old.length;
}
