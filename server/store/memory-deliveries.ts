import { type AfterAttempt, supersedes } from '../../federation/delivery.ts';
import type { OutgoingActivity } from '../../federation/outcome.ts';
import { activityNotStored, hostOfInbox, noDeliveries } from './delivery-rules.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { memoryHostDeliveries } from './memory-host-deliveries.ts';
import { noteInbox } from './memory-inboxes.ts';
import { memoryLease } from './memory-lease.ts';
import {
  addEntry,
  deliveryOf,
  type Entry,
  endEntry,
  freeAt,
  isNextOfItsObject,
  isSuperseded,
  isWaiting,
  keyOf,
  type MemoryQueue,
  startEntry,
  supersedeEntry,
} from './memory-queue.ts';
import { memoryReceipts } from './memory-receipts.ts';

/** Deliveries in memory. */
export function memoryDeliveries(queue: MemoryQueue, sending: () => ReadonlySet<string>): DeliveryStore {
  const { activities, entries } = queue;

  return {
    enqueue: async (activityId, inboxes, { now, again = false }) => {
      const activity = activities.get(activityId)?.activity;
      if (activity === undefined) throw activityNotStored(activityId);
      const made = inboxes.filter((inbox) => start(queue, activity, inbox, { now, again }));
      for (const inbox of inboxes) supersedeEarlier(entries.get(keyOf(activityId, inbox)), now);
      for (const host of new Set(inboxes.map(hostOfInbox))) chooseProbe(queue, activityId, host, now);
      return made.length;
    },
    lease: memoryLease(queue),
    settle: async ({ activityId, inbox, owner }, after, now) => {
      const entry = entries.get(keyOf(activityId, inbox));
      if (entry?.lease?.owner !== owner) return false;
      settleEntry(entry, after, now);
      noteInbox(queue.inboxes, inbox, after, now);
      return true;
    },
    release: async (owner, only) => {
      const given = only?.flatMap(({ activityId, inbox }) => entries.get(keyOf(activityId, inbox)) ?? []);
      for (const entry of given ?? entries.values()) if (entry.lease?.owner === owner) entry.lease = undefined;
    },
    ...ending(queue),
    ...looking(queue),
    ...memoryReceipts(queue, sending),
    ...memoryHostDeliveries(queue),
  };
}

/** Ends many deliveries at once, without an attempt. */
function ending({ entries }: MemoryQueue): Pick<DeliveryStore, 'abandon' | 'supersedeAll'> {
  return {
    abandon: async (inbox, reason, now) => {
      const doomed = [...entries.values()].filter((entry) => entry.state === 'pending' && entry.inbox === inbox);
      for (const entry of doomed) endEntry(entry, 'gone', reason, now);
      return doomed.length;
    },
    supersedeAll: async ({ except, now }) => {
      const others = [...entries.values()].filter(({ activity }) => activity.id !== except);
      const doomed = others.filter(isWaiting);
      for (const entry of others) entry.outdated ||= entry.state === 'failed' || entry.lease !== undefined;
      for (const entry of doomed) supersedeEntry(entry, now);
      return doomed.length;
    },
  };
}

/** Tells of the queue and changes nothing. */
function looking({ entries }: MemoryQueue): Pick<DeliveryStore, 'counts' | 'nextDue' | 'leased' | 'ofActivity'> {
  return {
    counts: async () => {
      const counts = noDeliveries();
      for (const { state } of entries.values()) counts[state] += 1;
      return counts;
    },
    nextDue: async () => {
      const next = [...entries.values()].filter((entry) => entry.state === 'pending' && isNextOfItsObject(entry));
      return next.length === 0 ? undefined : next.map(freeAt).reduce((a, b) => Math.min(a, b));
    },
    leased: async (now) => [...entries.values()].filter(({ lease }) => lease !== undefined && lease.until > now).length,
    ofActivity: async (activityId) =>
      [...entries.values()].flatMap((entry) => (entry.activity.id === activityId ? [deliveryOf(entry)] : [])),
  };
}

/** Makes a delivery pending; false when it is, or has been and must not start over. */
function start(
  queue: MemoryQueue,
  activity: OutgoingActivity,
  inbox: string,
  { now, again }: { now: number; again: boolean },
): boolean {
  const known = queue.entries.get(keyOf(activity.id, inbox));
  if (known && (known.state === 'pending' || !again || isSuperseded(known))) return false;
  const entry = known ?? addEntry(queue, activity, inbox);
  startEntry(entry, now, Math.max(now, queue.postponed.get(entry.host)?.restAt ?? now));
  return true;
}

function supersedeEarlier(later: Entry | undefined, now: number): void {
  if (later?.state !== 'pending') return;
  for (const earlier of later.lane) {
    if (earlier.seq >= later.seq || earlier.state !== 'pending') continue;
    if (!supersedes(later.activity.type, earlier.activity.type)) continue;
    if (earlier.lease) earlier.outdated = true;
    else supersedeEntry(earlier, now);
  }
}

/** A postponed host of which nothing is due by the time of its probe gets one of the new deliveries as its probe. */
function chooseProbe({ entries, postponed }: MemoryQueue, activityId: string, host: string, now: number): void {
  const times = postponed.get(host);
  if (times === undefined) return;
  const probeAt = Math.max(now, times.probeAt);
  let probe: Entry | undefined;
  for (const entry of entries.values()) {
    if (entry.host !== host || entry.state !== 'pending') continue;
    if (entry.dueAt <= probeAt) return;
    const isNew = entry.activity.id === activityId && entry.createdAt === now && entry.attempts === 0;
    if (isNew && isWaiting(entry) && isNextOfItsObject(entry)) probe ??= entry;
  }
  if (probe) probe.dueAt = probeAt;
}

function settleEntry(entry: Entry, after: AfterAttempt, now: number): void {
  entry.lease = undefined;
  entry.state = after.state === 'pending' && entry.outdated ? 'superseded' : after.state;
  entry.attempts += 1;
  if (entry.state === 'pending' && 'dueAt' in after) entry.dueAt = after.dueAt;
  entry.lastStatus = after.status;
  entry.lastError = 'error' in after ? after.error : undefined;
  entry.finishedAt = entry.state === 'pending' ? undefined : now;
  entry.notedAt = now;
}
