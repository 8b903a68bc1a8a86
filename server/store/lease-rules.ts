import type { DeliveryPriority, LeasedDelivery } from '../../federation/delivery.ts';
import { type DeliveryQueue, type Entry, freeAt, isNextOfItsObject, supersedeEntry } from './delivery-queue.ts';

export const PRIORITIES: readonly DeliveryPriority[] = [0, 1, 2];

/** What turns are taken with. `turn` names the host; hosts are served in the order of these names. */
export interface Candidate {
  readonly turn: string;
  readonly freeAt: number;
}

/** A lease without what it sends. */
export type Leased = Omit<LeasedDelivery, 'activity' | 'storedAt'>;

/** Ends what was superseded while it was leased and is leased no more. */
export function supersedeOutdated({ entries }: DeliveryQueue, now: number): void {
  for (const entry of entries.values()) {
    if (entry.outdated && entry.state === 'pending' && outdatedUntil(entry) <= now) supersedeEntry(entry, now);
  }
}

/** When a delivery that is outdated and pending ends: when its lease does. */
export function outdatedUntil({ lease }: Entry): number {
  return lease?.until ?? Number.NEGATIVE_INFINITY;
}

/** Whether it may be leased, now or when it is free. */
export function isNext(entry: Entry): boolean {
  return entry.state === 'pending' && isNextOfItsObject(entry);
}

/**
 * One of each host, then the next of each, and so on, beginning behind the host that was `served` last. Of one host, what
 * has been free longest goes first, and what has been for as long in the order in which it is given.
 */
export function* inTurns<Item extends Candidate>(
  items: readonly Item[],
  served: string,
): Generator<{ readonly item: Item; readonly round: number }> {
  const queues = new Map<string, Item[]>();
  for (const item of items.toSorted((a, b) => a.freeAt - b.freeAt)) {
    const known = queues.get(item.turn);
    if (known) known.push(item);
    else queues.set(item.turn, [item]);
  }
  const turns = [...queues.keys()].sort();
  const order = [...turns.filter((turn) => turn > served), ...turns.filter((turn) => turn <= served)];
  for (let round = 0, left = true; left; round += 1) {
    left = false;
    for (const turn of order) {
      const item = queues.get(turn)?.[round];
      if (item === undefined) continue;
      left = true;
      yield { item, round };
    }
  }
}

/** Gives a delivery to `owner`, who must be the only one that may have it. */
export function leaseEntry({ inboxes, hosts }: DeliveryQueue, entry: Entry, owner: string, until: number): Leased {
  entry.lease = { owner, until };
  const { activity, inbox, attempts, createdAt, lastStatus } = entry;
  const missingSince = inboxes.get(inbox)?.missingSince;
  return {
    activityId: activity.id,
    inbox,
    attempts,
    createdAt,
    leasedUntil: until,
    ...(lastStatus === undefined ? {} : { lastStatus }),
    ...(missingSince === undefined ? {} : { missingSince }),
    ...(hosts.has(entry.host) ? { hostFailing: true } : {}),
  };
}

/** Whether it may be leased now. */
export function isFree(entry: Entry, now: number): boolean {
  return isNext(entry) && freeAt(entry) <= now;
}
