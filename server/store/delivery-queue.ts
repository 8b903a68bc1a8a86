import type { HostHealth } from '../../federation/breaker.ts';
import {
  type Delivery,
  type DeliveryPriority,
  type DeliveryState,
  priorityOf,
  supersedes,
} from '../../federation/delivery.ts';
import type { OutgoingActivity } from '../../federation/outcome.ts';
import { hostOfInbox } from './delivery-rules.ts';
import type { InboxRecord } from './store.ts';

/** An activity and when it was stored. */
export interface StoredActivity {
  readonly activity: OutgoingActivity;
  readonly createdAt: number;
}

/** What a queue must know of an activity. */
export type QueuedActivity = Pick<OutgoingActivity, 'id' | 'object' | 'type'>;

/** One delivery and what only the queue knows of it. */
export interface Entry {
  readonly activity: QueuedActivity;
  readonly inbox: string;
  readonly host: string;
  readonly priority: DeliveryPriority;
  /** The order in which deliveries were asked for. */
  readonly seq: number;
  /** Everything about the same object to the same inbox, in that order. */
  readonly lane: Entry[];
  state: DeliveryState;
  attempts: number;
  createdAt: number;
  dueAt: number;
  lastStatus: number | undefined;
  lastError: string | undefined;
  finishedAt: number | undefined;
  /** When `lastStatus` and `lastError` were written. */
  notedAt: number | undefined;
  /** Superseded while it was leased, or had failed: it will not be tried again. */
  outdated: boolean;
  lease: { readonly owner: string; readonly until: number } | undefined;
}

/**
 * A queue, or the part of one that is of some hosts: no rule of a delivery looks beyond its host. A Map keeps entries in
 * the order in which they were asked for.
 */
export interface DeliveryQueue {
  readonly entries: Map<string, Entry>;
  readonly lanes: Map<string, Entry[]>;
  readonly postponed: Map<string, { readonly probeAt: number; readonly restAt: number }>;
  readonly inboxes: Map<string, InboxRecord>;
  readonly hosts: Map<string, HostHealth>;
  /** The highest that was given. */
  lastSeq: number;
}

/** Gives an empty queue. */
export function deliveryQueue(): DeliveryQueue {
  return {
    entries: new Map(),
    lanes: new Map(),
    postponed: new Map(),
    inboxes: new Map(),
    hosts: new Map(),
    lastSeq: 0,
  };
}

/** One key for two strings, whatever characters they hold. */
export function keyOf(first: string, second: string): string {
  return `${first.length} ${first}${second}`;
}

/** Adds a delivery that has not been asked for before, at the end of its lane, numbered `seq` or higher. */
export function addEntry(
  queue: DeliveryQueue,
  activity: QueuedActivity,
  inbox: string,
  seq = 0,
  host = hostOfInbox(inbox),
): Entry {
  const { entries, lanes } = queue;
  queue.lastSeq = Math.max(queue.lastSeq + 1, seq);
  const laneKey = keyOf(activity.object, inbox);
  const lane = lanes.get(laneKey) ?? [];
  lanes.set(laneKey, lane);
  const entry: Entry = {
    activity,
    inbox,
    host,
    priority: priorityOf(activity.type),
    seq: queue.lastSeq,
    lane,
    ...fresh(0, 0),
  };
  lane.push(entry);
  entries.set(keyOf(activity.id, inbox), entry);
  return entry;
}

/** Forgets a delivery. */
export function dropEntry({ entries, lanes }: DeliveryQueue, { activity, inbox, lane, seq }: Entry): void {
  entries.delete(keyOf(activity.id, inbox));
  lane.splice(
    lane.findIndex((each) => each.seq === seq),
    1,
  );
  if (lane.length === 0) lanes.delete(keyOf(activity.object, inbox));
}

/** A delivery starts, or starts over, in its place. */
export function startEntry(entry: Entry, now: number, dueAt: number): void {
  Object.assign(entry, fresh(now, dueAt));
}

function fresh(createdAt: number, dueAt: number) {
  return {
    state: 'pending' as DeliveryState,
    attempts: 0,
    createdAt,
    dueAt,
    lastStatus: undefined,
    lastError: undefined,
    finishedAt: undefined,
    notedAt: undefined,
    outdated: false,
    lease: undefined,
  };
}

/** Ends a delivery for a reason that is no answer to it. */
export function endEntry(entry: Entry, state: 'failed' | 'gone', error: string, now: number): void {
  entry.lease = undefined;
  entry.state = state;
  entry.lastError = error;
  entry.finishedAt = now;
  entry.notedAt = now;
}

/** Ends a delivery that a later activity made pointless. */
export function supersedeEntry(entry: Entry, now: number): void {
  entry.lease = undefined;
  entry.state = 'superseded';
  entry.finishedAt = now;
}

/** Whether something was asked for later that makes this delivery pointless, whatever came of it. */
export function isSuperseded(entry: Entry): boolean {
  const { lane, seq, activity, outdated } = entry;
  return outdated || lane.some((later) => later.seq > seq && supersedes(later.activity.type, activity.type));
}

/** Of the pending deliveries of one object to one inbox, only the first may go. */
export function isNextOfItsObject(entry: Entry): boolean {
  return entry.lane.find(({ state }) => state === 'pending') === entry;
}

/** Pending and in nobody's hands. */
export function isWaiting({ state, lease }: Entry): boolean {
  return state === 'pending' && lease === undefined;
}

/** When it may be leased: when it is due, or when the lease ends that is held on it. */
export function freeAt({ lease, dueAt }: Entry): number {
  return lease?.until ?? dueAt;
}

/** The delivery as callers see it. */
export function deliveryOf(entry: Entry): Delivery {
  const { activity, inbox, state, attempts, createdAt, dueAt, lastStatus, lastError, finishedAt } = entry;
  return {
    activityId: activity.id,
    inbox,
    state,
    attempts,
    createdAt,
    dueAt,
    ...(lastStatus === undefined ? {} : { lastStatus }),
    ...(lastError === undefined ? {} : { lastError }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}
