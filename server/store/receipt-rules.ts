import type { DeliveryState } from '../../federation/delivery.ts';
import type { Json } from '../../federation/vocabulary.ts';
import { type DeliveryQueue, deliveryOf, dropEntry, keyOf } from './delivery-queue.ts';
import { DELIVERY_STATES, noDeliveries } from './delivery-rules.ts';
import type { FoldedReceipts, ObjectDelivery } from './delivery-store.ts';
import { listOf, numberOf, textOf } from './json-parts.ts';
import { isFree } from './lease-rules.ts';

/** Counts of receipts that were folded: by object, then by type and state. */
export type Folded = Map<string, Map<string, FoldedReceipts>>;

/** `DeliveryStore.progress` in one queue. */
export function progressOf(
  { entries }: DeliveryQueue,
  wanted: ReadonlySet<string>,
  now: number,
): { counts: Record<DeliveryState, number>; due: number } {
  const counts = noDeliveries();
  let due = 0;
  for (const entry of entries.values()) {
    if (!wanted.has(entry.activity.id)) continue;
    counts[entry.state] += 1;
    if (entry.state === 'pending' && (entry.lease || isFree(entry, now))) due += 1;
  }
  return { counts, due };
}

/** The deliveries of one object in one queue, in the order in which they were asked for, with their numbers. */
export function receiptsOf({ entries }: DeliveryQueue, object: string): { seq: number; delivery: ObjectDelivery }[] {
  const about = [...entries.values()].filter(({ activity }) => activity.object === object);
  return about.map((entry) => ({
    seq: entry.seq,
    delivery: { ...deliveryOf(entry), type: entry.activity.type, host: entry.host },
  }));
}

/** Takes out the deliveries that ended before that time and are not `told` any more, and counts them. Gives how many they were. */
export function foldEnded(queue: DeliveryQueue, folded: Folded, told: ReadonlySet<string>, before: number): number {
  const ended = [...queue.entries.values()].filter(
    ({ activity, finishedAt }) => finishedAt !== undefined && finishedAt < before && !told.has(activity.id),
  );
  for (const entry of ended) {
    const { object, type } = entry.activity;
    addFolded(folded, object, { type, state: entry.state, count: 1 });
    dropEntry(queue, entry);
  }
  return ended.length;
}

export function addFolded(folded: Folded, object: string, { type, state, count }: FoldedReceipts): void {
  const counts = folded.get(object) ?? new Map<string, FoldedReceipts>();
  const known = counts.get(keyOf(type, state));
  counts.set(keyOf(type, state), { type, state, count: (known?.count ?? 0) + count });
  folded.set(object, counts);
}

/** Replaces one count. */
export function setFolded(folded: Folded, object: string, count: FoldedReceipts): void {
  folded.get(object)?.delete(keyOf(count.type, count.state));
  addFolded(folded, object, count);
}

/** The counts of one object, in the order of their types and states. */
export function foldedOf(folded: Folded, object: string): FoldedReceipts[] {
  const counts = [...(folded.get(object)?.values() ?? [])].map((each) => ({ ...each }));
  return counts.sort((a, b) => compare(a.type, b.type) || compare(a.state, b.state));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** As JSON, each count as `[object, type, state, count]`. */
export function printFolded(folded: Folded): Json {
  return [...folded].flatMap(([object, counts]) =>
    [...counts.values()].map(({ type, state, count }) => [object, type, state, count]),
  );
}

/** Throws for what `printFolded` would not have written. */
export function parseFolded(json: unknown): Folded {
  const folded: Folded = new Map();
  for (const each of listOf(json)) {
    const [object, type, named, count] = listOf(each);
    const state = DELIVERY_STATES.find((name) => name === named);
    if (state === undefined) throw new TypeError('no state');
    addFolded(folded, textOf(object), { type: textOf(type), state, count: numberOf(count) });
  }
  return folded;
}
