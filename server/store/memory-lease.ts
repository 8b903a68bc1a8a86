import type { LeasedDelivery } from '../../federation/delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { type Entry, freeAt, isNextOfItsObject, type MemoryQueue, supersedeEntry } from './memory-queue.ts';

const PRIORITIES = [0, 1, 2] as const;

/** Rounds over the hosts, one delivery of each, beginning behind the host that was served last. */
export function memoryLease(queue: MemoryQueue): DeliveryStore['lease'] {
  const served = ['', '', ''];
  return async ({ owner, now, leaseMs, limit }) => {
    for (const entry of queue.entries.values()) {
      const isHeld = entry.lease !== undefined && entry.lease.until > now;
      if (entry.outdated && entry.state === 'pending' && !isHeld) supersedeEntry(entry, now);
    }
    const leased: LeasedDelivery[] = [];
    const free = [...queue.entries.values()].filter(
      (entry) => entry.state === 'pending' && freeAt(entry) <= now && isNextOfItsObject(entry),
    );
    for (const priority of PRIORITIES) {
      const due = free.filter((entry) => entry.priority === priority);
      for (const entry of inTurns(due, served[priority] ?? '')) {
        if (leased.length >= limit) return leased;
        entry.lease = { owner, until: now + leaseMs };
        served[priority] = entry.host;
        leased.push(leasedOf(queue, entry, now + leaseMs));
      }
    }
    return leased;
  };
}

/** One of each host, then the next of each, and so on. */
function* inTurns(entries: readonly Entry[], served: string): Generator<Entry> {
  const queues = new Map<string, Entry[]>();
  // The sort is stable: what is due at the same time stays in the order in which it was asked for.
  for (const entry of entries.toSorted((a, b) => freeAt(a) - freeAt(b))) {
    const known = queues.get(entry.host);
    if (known) known.push(entry);
    else queues.set(entry.host, [entry]);
  }
  const hosts = [...queues.keys()].sort();
  const turns = [...hosts.filter((host) => host > served), ...hosts.filter((host) => host <= served)];
  for (let round = 0, left = true; left; round += 1) {
    left = false;
    for (const host of turns) {
      const entry = queues.get(host)?.[round];
      if (entry === undefined) continue;
      left = true;
      yield entry;
    }
  }
}

function leasedOf({ activities, inboxes, hosts }: MemoryQueue, entry: Entry, leasedUntil: number): LeasedDelivery {
  const { activity, inbox, attempts, createdAt, lastStatus } = entry;
  const missingSince = inboxes.get(inbox)?.missingSince;
  return {
    activityId: activity.id,
    inbox,
    attempts,
    createdAt,
    leasedUntil,
    ...(lastStatus === undefined ? {} : { lastStatus }),
    ...(missingSince === undefined ? {} : { missingSince }),
    ...(hosts.has(entry.host) ? { hostFailing: true } : {}),
    activity: structuredClone(activity.json),
    storedAt: activities.get(activity.id)?.createdAt ?? createdAt,
  };
}
