import { type AfterAttempt, type DeliveryState, supersedes } from '../../federation/delivery.ts';
import {
  addEntry,
  type DeliveryQueue,
  type Entry,
  endEntry,
  freeAt,
  isNextOfItsObject,
  isSuperseded,
  isWaiting,
  keyOf,
  type QueuedActivity,
  startEntry,
  supersedeEntry,
} from './delivery-queue.ts';
import { hostOfInbox, noDeliveries } from './delivery-rules.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { noteInbox } from './inbox-rules.ts';

/** An inbox, and the least number of a delivery to it that is new. */
export interface Asked {
  readonly inbox: string;
  readonly seq?: number;
}

/** `DeliveryStore.enqueue` in one queue. */
export function enqueueAll(
  queue: DeliveryQueue,
  activity: QueuedActivity,
  asked: readonly Asked[],
  { now, again = false }: Parameters<DeliveryStore['enqueue']>[2],
): number {
  const made = asked.filter((each) => start(queue, activity, each, { now, again }));
  for (const { inbox } of asked) supersedeEarlier(queue.entries.get(keyOf(activity.id, inbox)), now);
  const hosts = new Set(asked.map(({ inbox }) => hostOfInbox(inbox)));
  for (const host of hosts) chooseProbe(queue, activity.id, host, now);
  return made.length;
}

/** `DeliveryStore.settle` in one queue. */
export function settleOne(
  { entries, inboxes }: DeliveryQueue,
  { activityId, inbox, owner }: Parameters<DeliveryStore['settle']>[0],
  after: AfterAttempt,
  now: number,
): boolean {
  const entry = entries.get(keyOf(activityId, inbox));
  if (entry?.lease?.owner !== owner) return false;
  settleEntry(entry, after, now);
  noteInbox(inboxes, inbox, after, now);
  return true;
}

/** `DeliveryStore.release` in one queue. */
export function releaseAll({ entries }: DeliveryQueue, ...[owner, only]: Parameters<DeliveryStore['release']>): void {
  const given = only?.flatMap(({ activityId, inbox }) => entries.get(keyOf(activityId, inbox)) ?? []);
  for (const entry of given ?? entries.values()) if (entry.lease?.owner === owner) entry.lease = undefined;
}

/** `DeliveryStore.abandon` in one queue. */
export function abandonInbox({ entries }: DeliveryQueue, inbox: string, reason: string, now: number): number {
  const doomed = [...entries.values()].filter((entry) => entry.state === 'pending' && entry.inbox === inbox);
  for (const entry of doomed) endEntry(entry, 'gone', reason, now);
  return doomed.length;
}

/** `DeliveryStore.supersedeAll` in one queue. */
export function supersedeOthers(
  { entries }: DeliveryQueue,
  { except, now }: Parameters<DeliveryStore['supersedeAll']>[0],
): number {
  const others = [...entries.values()].filter(({ activity }) => activity.id !== except);
  const doomed = others.filter(isWaiting);
  for (const entry of others) entry.outdated ||= entry.state === 'failed' || entry.lease !== undefined;
  for (const entry of doomed) supersedeEntry(entry, now);
  return doomed.length;
}

export function countsOf({ entries }: DeliveryQueue): Record<DeliveryState, number> {
  const counts = noDeliveries();
  for (const { state } of entries.values()) counts[state] += 1;
  return counts;
}

/** `DeliveryStore.nextDue` in one queue. */
export function nextDueOf({ entries }: DeliveryQueue): number | undefined {
  const next = [...entries.values()].filter((entry) => entry.state === 'pending' && isNextOfItsObject(entry));
  return next.length === 0 ? undefined : next.map(freeAt).reduce((a, b) => Math.min(a, b));
}

/** In somebody's hands. */
export function isLeased({ lease }: Entry, now: number): boolean {
  return lease !== undefined && lease.until > now;
}

/** Makes a delivery pending; false when it is, or has been and must not start over. */
function start(
  queue: DeliveryQueue,
  activity: QueuedActivity,
  { inbox, seq }: Asked,
  { now, again }: { now: number; again: boolean },
): boolean {
  const known = queue.entries.get(keyOf(activity.id, inbox));
  if (known && (known.state === 'pending' || !again || isSuperseded(known))) return false;
  const entry = known ?? addEntry(queue, activity, inbox, seq);
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
function chooseProbe({ entries, postponed }: DeliveryQueue, activityId: string, host: string, now: number): void {
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
