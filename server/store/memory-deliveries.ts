import type { AfterAttempt, Delivery, DeliveryState, LeasedDelivery } from '../../federation/delivery.ts';
import type { OutgoingActivity } from '../../federation/outcome.ts';
import { activityNotStored, hostOfInbox } from './delivery-rules.ts';
import type { DeliveryStore } from './store.ts';

interface Entry {
  readonly activity: OutgoingActivity;
  readonly host: string;
  delivery: Delivery;
  lease: { readonly owner: string; readonly until: number } | undefined;
}

/** Deliveries in memory. A Map keeps entries in the order in which they were asked for. */
export function memoryDeliveries(activities: ReadonlyMap<string, OutgoingActivity>): DeliveryStore {
  const entries = new Map<string, Entry>();

  return {
    enqueue: async (activityId, inboxes, { now, again = false }) => {
      const activity = activities.get(activityId);
      if (activity === undefined) throw activityNotStored(activityId);
      return inboxes.filter((inbox) => {
        const key = keyOf(activityId, inbox);
        const known = entries.get(key);
        if (known && (known.delivery.state === 'pending' || !again)) return false;
        const delivery = { activityId, inbox, state: 'pending', attempts: 0, createdAt: now, dueAt: now } as const;
        entries.set(key, { activity, host: hostOfInbox(inbox), delivery, lease: undefined });
        return true;
      }).length;
    },
    lease: memoryLease(entries),
    settle: async ({ activityId, inbox, owner }, after, now) => {
      const entry = entries.get(keyOf(activityId, inbox));
      if (entry?.lease?.owner !== owner) return false;
      entry.lease = undefined;
      entry.delivery = afterwards(entry.delivery, after, now);
      return true;
    },
    release: async (owner) => {
      for (const entry of entries.values()) if (entry.lease?.owner === owner) entry.lease = undefined;
    },
    abandon: async (inbox, reason, now) => {
      const doomed = pendingOf(entries).filter(({ delivery }) => delivery.inbox === inbox);
      for (const entry of doomed) {
        entry.lease = undefined;
        entry.delivery = { ...entry.delivery, state: 'gone', lastError: reason, finishedAt: now };
      }
      return doomed.length;
    },
    counts: async () => {
      const counts: Record<DeliveryState, number> = { pending: 0, delivered: 0, failed: 0, gone: 0 };
      for (const { delivery } of entries.values()) counts[delivery.state] += 1;
      return counts;
    },
    nextDue: async () => {
      const times = nextOfTheirObjects(entries).map(freeAt);
      return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
    },
    ofActivity: async (activityId) =>
      [...entries.values()].flatMap(({ delivery }) => (delivery.activityId === activityId ? [{ ...delivery }] : [])),
  };
}

/** Rounds over the hosts, one delivery of each, beginning behind the host that was served last. */
function memoryLease(entries: ReadonlyMap<string, Entry>): DeliveryStore['lease'] {
  let served = '';
  return async ({ owner, now, leaseMs, limit }) => {
    const queues = byHost(nextOfTheirObjects(entries).filter((entry) => freeAt(entry) <= now));
    const hosts = [...queues.keys()].sort();
    const turns = [...hosts.filter((host) => host > served), ...hosts.filter((host) => host <= served)];
    const leased: LeasedDelivery[] = [];
    for (let left = true; left; ) {
      left = false;
      for (const host of turns) {
        const entry = leased.length < limit ? queues.get(host)?.shift() : undefined;
        if (entry === undefined) continue;
        left = true;
        served = host;
        entry.lease = { owner, until: now + leaseMs };
        leased.push(leasedOf(entry, now + leaseMs));
      }
    }
    return leased;
  };
}

function byHost(entries: readonly Entry[]): Map<string, Entry[]> {
  const queues = new Map<string, Entry[]>();
  // The sort is stable: what is due at the same time stays in the order in which it was asked for.
  for (const entry of entries.toSorted((a, b) => freeAt(a) - freeAt(b))) {
    const queue = queues.get(entry.host);
    if (queue) queue.push(entry);
    else queues.set(entry.host, [entry]);
  }
  return queues;
}

function pendingOf(entries: ReadonlyMap<string, Entry>): Entry[] {
  return [...entries.values()].filter(({ delivery }) => delivery.state === 'pending');
}

/** Of the pending deliveries of one object to one inbox, only the first. */
function nextOfTheirObjects(entries: ReadonlyMap<string, Entry>): Entry[] {
  const taken = new Set<string>();
  return pendingOf(entries).filter(({ activity, delivery }) => {
    const key = keyOf(activity.object, delivery.inbox);
    if (taken.has(key)) return false;
    taken.add(key);
    return true;
  });
}

function freeAt({ lease, delivery }: Entry): number {
  return lease?.until ?? delivery.dueAt;
}

function afterwards(delivery: Delivery, after: AfterAttempt, now: number): Delivery {
  const { activityId, inbox, attempts, createdAt } = delivery;
  const status = 'status' in after ? after.status : undefined;
  const error = 'error' in after ? after.error : undefined;
  return {
    activityId,
    inbox,
    state: after.state,
    attempts: attempts + 1,
    createdAt,
    dueAt: after.state === 'pending' ? after.dueAt : delivery.dueAt,
    ...(status === undefined ? {} : { lastStatus: status }),
    ...(error === undefined ? {} : { lastError: error }),
    ...(after.state === 'pending' ? {} : { finishedAt: now }),
  };
}

function leasedOf({ activity, delivery }: Entry, leasedUntil: number): LeasedDelivery {
  const { activityId, inbox, attempts, createdAt, lastStatus } = delivery;
  const status = lastStatus === undefined ? {} : { lastStatus };
  return { activityId, inbox, attempts, createdAt, leasedUntil, ...status, activity: structuredClone(activity.json) };
}

/** One key for two strings, whatever characters they hold. */
function keyOf(first: string, second: string): string {
  return JSON.stringify([first, second]);
}
