import type { LeasedDelivery } from '../../federation/delivery.ts';
import { freeAt } from './delivery-queue.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { inTurns, isFree, leaseEntry, PRIORITIES, supersedeOutdated } from './lease-rules.ts';
import type { MemoryQueue } from './memory-deliveries.ts';

/** Rounds over the hosts, one delivery of each, beginning behind the host that was served last. */
export function memoryLease(queue: MemoryQueue): DeliveryStore['lease'] {
  const served = ['', '', ''];
  return async ({ owner, now, leaseMs, limit }) => {
    supersedeOutdated(queue, now);
    const leased: LeasedDelivery[] = [];
    const free = [...queue.entries.values()].filter((entry) => isFree(entry, now));
    for (const priority of PRIORITIES) {
      const due = free
        .filter((entry) => entry.priority === priority)
        .map((entry) => ({ entry, turn: entry.host, freeAt: freeAt(entry) }));
      for (const { item } of inTurns(due, served[priority] ?? '')) {
        if (leased.length >= limit) return leased;
        const lease = leaseEntry(queue, item.entry, owner, now + leaseMs);
        const stored = queue.activities.get(lease.activityId);
        if (stored === undefined) continue;
        served[priority] = item.turn;
        leased.push({ ...lease, activity: structuredClone(stored.activity.json), storedAt: stored.createdAt });
      }
    }
    return leased;
  };
}
