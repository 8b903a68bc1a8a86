import {
  type DeliveryQueue,
  type Entry,
  endEntry,
  freeAt,
  isNextOfItsObject,
  isSuperseded,
  isWaiting,
  startEntry,
} from './delivery-queue.ts';
import type { DeliveryStore, HostQueue } from './delivery-store.ts';

/** `DeliveryStore.retry` in one queue. */
export function retryAll(
  { entries, postponed }: DeliveryQueue,
  { host, now }: Parameters<DeliveryStore['retry']>[0],
): number {
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
}

/** `DeliveryStore.postpone` in one queue. */
export function postponeHost(
  queue: DeliveryQueue,
  ...[host, { probeAt, restAt }]: Parameters<DeliveryStore['postpone']>
): void {
  queue.postponed.set(host, { probeAt, restAt });
  const waiting = waitingFor(queue, host);
  const [probe] = waiting.filter(isNextOfItsObject).toSorted(
    // What would come first at the time of the probe.
    (a, b) =>
      Math.max(a.dueAt, probeAt) - Math.max(b.dueAt, probeAt) ||
      a.priority - b.priority ||
      a.dueAt - b.dueAt ||
      a.seq - b.seq,
  );
  for (const entry of waiting) entry.dueAt = Math.max(entry.dueAt, entry === probe ? probeAt : restAt);
}

/** `DeliveryStore.hasten` in one queue. */
export function hastenHost(queue: DeliveryQueue, host: string, now: number): void {
  queue.postponed.delete(host);
  for (const entry of waitingFor(queue, host)) entry.dueAt = Math.min(entry.dueAt, now);
}

/** `DeliveryStore.giveUp` in one queue. */
export function giveUpOld(
  queue: DeliveryQueue,
  ...[host, { createdBefore, error, now }]: Parameters<DeliveryStore['giveUp']>
): number {
  const doomed = waitingFor(queue, host).filter(({ createdAt }) => createdAt < createdBefore);
  for (const entry of doomed) endEntry(entry, 'failed', error, now);
  return doomed.length;
}

function waitingFor({ entries }: DeliveryQueue, host: string): Entry[] {
  return [...entries.values()].filter((entry) => entry.host === host && isWaiting(entry));
}

/** Every host of which `DeliveryStore.troubled` tells, in its order. */
export function troubledHosts({ entries, hosts }: DeliveryQueue): HostQueue[] {
  const byHost = new Map<string, Entry[]>();
  for (const entry of entries.values()) {
    if (entry.state === 'delivered' || entry.state === 'superseded') continue;
    byHost.set(entry.host, [...(byHost.get(entry.host) ?? []), entry]);
  }
  return byTrouble([...byHost].map(([host, each]) => hostQueueOf(host, each, hosts.get(host))));
}

/** Those that fail longest first; hosts that fail equally long in the order of their names. */
export function byTrouble(queues: readonly HostQueue[]): HostQueue[] {
  const failingSince = ({ health }: HostQueue): number => health?.failingSince ?? Number.POSITIVE_INFINITY;
  const byName = queues.toSorted((a, b) => (a.host < b.host ? -1 : 1));
  // Infinities have no difference.
  return byName.sort((a, b) => (failingSince(a) < failingSince(b) ? -1 : failingSince(a) > failingSince(b) ? 1 : 0));
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
