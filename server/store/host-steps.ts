import type { DeliveryStore, HostQueue } from './delivery-store.ts';
import {
  type Entry,
  endEntry,
  freeAt,
  isNextOfItsObject,
  isSuperseded,
  isWaiting,
  type MemoryQueue,
  startEntry,
} from './memory-queue.ts';

type HostDeliveries = Pick<DeliveryStore, 'troubled' | 'retry' | 'postpone' | 'hasten' | 'giveUp'>;

/** What is done to all that waits for one host, in memory. */
export function memoryHostDeliveries(queue: MemoryQueue): HostDeliveries {
  const { entries, postponed } = queue;
  const waitingFor = (host: string): Entry[] =>
    [...entries.values()].filter((entry) => entry.host === host && isWaiting(entry));

  return {
    troubled: async ({ limit }) => troubledHosts(queue).slice(0, limit),
    retry: async ({ host, now }) => {
      if (host === undefined) postponed.clear();
      else postponed.delete(host);
      let hastened = 0;
      for (const entry of entries.values()) {
        if (host !== undefined && entry.host !== host) continue;
        if (entry.state === 'failed' && !isSuperseded(entry)) startEntry(entry, now, now);
        else if (isWaiting(entry) && entry.dueAt > now) entry.dueAt = now;
        else continue;
        hastened += 1;
      }
      return hastened;
    },
    postpone: async (host, { probeAt, restAt }) => {
      postponed.set(host, { probeAt, restAt });
      const waiting = waitingFor(host);
      const [probe] = waiting.filter(isNextOfItsObject).toSorted(
        // What would come first at the time of the probe.
        (a, b) =>
          Math.max(a.dueAt, probeAt) - Math.max(b.dueAt, probeAt) ||
          a.priority - b.priority ||
          a.dueAt - b.dueAt ||
          a.seq - b.seq,
      );
      for (const entry of waiting) entry.dueAt = Math.max(entry.dueAt, entry === probe ? probeAt : restAt);
    },
    hasten: async (host, now) => {
      postponed.delete(host);
      for (const entry of waitingFor(host)) entry.dueAt = Math.min(entry.dueAt, now);
    },
    giveUp: async (host, { createdBefore, error, now }) => {
      const doomed = waitingFor(host).filter(({ createdAt }) => createdAt < createdBefore);
      for (const entry of doomed) endEntry(entry, 'failed', error, now);
      return doomed.length;
    },
  };
}

function troubledHosts({ entries, hosts }: MemoryQueue): HostQueue[] {
  const byHost = new Map<string, Entry[]>();
  for (const entry of entries.values()) {
    if (entry.state === 'delivered' || entry.state === 'superseded') continue;
    byHost.set(entry.host, [...(byHost.get(entry.host) ?? []), entry]);
  }
  const failingSince = (host: string): number => hosts.get(host)?.failingSince ?? Number.POSITIVE_INFINITY;
  const order = [...byHost.keys()].sort();
  // The sort is stable: hosts that fail equally long stay in the order of their names. Infinities have no difference.
  order.sort((a, b) => (failingSince(a) < failingSince(b) ? -1 : failingSince(a) > failingSince(b) ? 1 : 0));
  return order.map((host) => hostQueueOf(host, byHost.get(host) ?? [], hosts.get(host)));
}

function hostQueueOf(host: string, entries: readonly Entry[], health: HostQueue['health']): HostQueue {
  const pending = entries.filter(({ state }) => state === 'pending');
  const latest = entries
    .filter(({ notedAt }) => notedAt !== undefined)
    .toSorted((a, b) => (b.notedAt ?? 0) - (a.notedAt ?? 0) || b.seq - a.seq)[0];
  return {
    host,
    pending: pending.length,
    failed: entries.filter(({ state }) => state === 'failed').length,
    gone: entries.filter(({ state }) => state === 'gone').length,
    ...(pending.length === 0 ? {} : { nextDue: pending.map(freeAt).reduce((a, b) => Math.min(a, b)) }),
    ...(latest?.lastStatus === undefined ? {} : { lastStatus: latest.lastStatus }),
    ...(latest?.lastError === undefined ? {} : { lastError: latest.lastError }),
    ...(health === undefined ? {} : { health: { ...health } }),
  };
}
