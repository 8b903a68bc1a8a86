import { addEntry, type DeliveryQueue, deliveryOf, type Entry, keyOf, type QueuedActivity } from './delivery-queue.ts';
import type { KeptDelivery } from './transfer-store.ts';

/** Puts a delivery as it was elsewhere, in its place where it is known; else at the end, numbered `seq` or higher. */
export function restoreEntry(queue: DeliveryQueue, activity: QueuedActivity, kept: KeptDelivery, seq?: number): void {
  const { inbox, state, attempts, createdAt, dueAt, lastStatus, lastError, finishedAt, notedAt, outdated } = kept;
  const entry = queue.entries.get(keyOf(activity.id, inbox)) ?? addEntry(queue, activity, inbox, seq);
  const ended = { lastStatus, lastError, finishedAt, notedAt, outdated, lease: undefined };
  Object.assign(entry, { state, attempts, createdAt, dueAt, ...ended } satisfies Partial<Entry>);
}

/** The delivery as it is taken elsewhere. */
export function keptOf(entry: Entry): KeptDelivery {
  const { notedAt, outdated } = entry;
  return { ...deliveryOf(entry), ...(notedAt === undefined ? {} : { notedAt }), outdated };
}
