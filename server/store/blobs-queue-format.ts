import type { HostHealth } from '../../federation/breaker.ts';
import type { DeliveryState } from '../../federation/delivery.ts';
import { isJsonObject, type Json, type JsonObject } from '../../federation/vocabulary.ts';
import type { DocumentKind } from './blobs-documents.ts';
import { addEntry, type DeliveryQueue, deliveryQueue, type Entry, type QueuedActivity } from './delivery-queue.ts';
import { DELIVERY_STATES, hostOfInbox } from './delivery-rules.ts';
import { listOf, maybeNumberOf, maybeTextOf, numberOf, textOf } from './json-parts.ts';
import { type Folded, parseFolded, printFolded } from './receipt-rules.ts';
import type { InboxRecord } from './store.ts';

/** The part of the queue that has some hosts, as one document. */
export interface QueueBucket {
  readonly queue: DeliveryQueue;
  /** How often receipts were taken out to be folded. */
  folds: number;
  /** Receipts of the last time that are on their way to where counts are kept: see `blobsReceipts`. */
  folding: Folded | undefined;
}

/*
 * Ten thousand inboxes and thirty posts leave some 4,700 receipts in each of 64 documents, which are rewritten with every
 * step of a delivery. So a receipt is a short row of numbers, some 22 bytes, about 100 KB a document: places in tables of activities and inboxes,
 * and differences from the row before. Times are differences from when the delivery was created.
 *
 *     [activity, inbox, seq, created]                       pending, and nothing came of it yet
 *     [activity, inbox, seq, created, finished, status]     delivered at the first attempt
 *     [activity, inbox, seq, created, { … }]                anything else
 */

export const QUEUE_KIND: DocumentKind<QueueBucket> = {
  folder: 'queue',
  empty: () => ({ queue: deliveryQueue(), folds: 0, folding: undefined }),
  parse: parseBucket,
  print: printBucket,
};

function printBucket({ queue, folds, folding }: QueueBucket): Json {
  const { entries, inboxes, postponed, hosts } = queue;
  const activities = new Table<QueuedActivity>();
  const known = new Table<string>();
  for (const inbox of inboxes.keys()) known.placeOf(inbox, inbox);
  let [lastSeq, lastCreated] = [0, 0];
  const rows = [...entries.values()].map((entry) => {
    const { activity, inbox, seq, createdAt } = entry;
    const places = [activities.placeOf(activity.id, activity), known.placeOf(inbox, inbox)];
    const row = [...places, seq - lastSeq, createdAt - lastCreated, ...printEnd(entry)];
    [lastSeq, lastCreated] = [seq, createdAt];
    return row;
  });
  return {
    activities: activities.items.map(({ id, type, object }) => [id, type, object]),
    inboxes: known.items.map((inbox) => printInbox(inbox, inboxes.get(inbox))),
    deliveries: rows,
    postponed: [...postponed].map(([host, { probeAt, restAt }]) => [host, probeAt, restAt]),
    hosts: [...hosts.values()].map((health) => ({ ...health })),
    folds,
    ...(folding === undefined ? {} : { folding: printFolded(folding) }),
  };
}

function parseBucket(json: unknown): QueueBucket {
  if (!isJsonObject(json)) throw new TypeError('no bucket');
  const queue = deliveryQueue();
  const activities = listOf(json.activities).map((each): QueuedActivity => {
    const [id, type, object] = listOf(each);
    return { id: textOf(id), type: textOf(type), object: textOf(object) };
  });
  const inboxes = listOf(json.inboxes).map((each) => {
    const inbox = parseInbox(listOf(each), queue);
    return { inbox, host: hostOfInbox(inbox) };
  });
  let [seq, createdAt] = [0, 0];
  for (const each of listOf(json.deliveries)) {
    const [activityPlace, inboxPlace, seqDifference, createdDifference, ...end] = listOf(each);
    const activity = activities[numberOf(activityPlace)];
    const inbox = inboxes[numberOf(inboxPlace)];
    if (activity === undefined || inbox === undefined) throw new TypeError('no such place');
    seq += numberOf(seqDifference);
    createdAt += numberOf(createdDifference);
    const entry = addEntry(queue, activity, inbox.inbox, seq, inbox.host);
    Object.assign(entry, { createdAt, dueAt: createdAt }, parseEnd(end, createdAt));
  }
  for (const each of listOf(json.postponed)) {
    const [host, probeAt, restAt] = listOf(each);
    queue.postponed.set(textOf(host), { probeAt: numberOf(probeAt), restAt: numberOf(restAt) });
  }
  for (const each of listOf(json.hosts)) {
    const health = parseHealth(each);
    queue.hosts.set(health.host, health);
  }
  return {
    queue,
    folds: numberOf(json.folds),
    folding: json.folding === undefined ? undefined : parseFolded(json.folding),
  };
}

function printEnd(entry: Entry): Json[] {
  const { state, attempts, createdAt, dueAt, lastStatus, lastError, finishedAt, notedAt, outdated, lease } = entry;
  if (state === 'delivered' && attempts === 1 && dueAt === createdAt && finishedAt === notedAt && !outdated) {
    if (finishedAt !== undefined && lastStatus !== undefined && lastError === undefined)
      return [finishedAt - createdAt, lastStatus];
  }
  const more: JsonObject = {
    ...(state === 'pending' ? {} : { state: DELIVERY_STATES.indexOf(state) }),
    ...(attempts === 0 ? {} : { tries: attempts }),
    ...(dueAt === createdAt ? {} : { due: dueAt - createdAt }),
    ...(lastStatus === undefined ? {} : { status: lastStatus }),
    ...(lastError === undefined ? {} : { error: lastError }),
    ...(finishedAt === undefined ? {} : { end: finishedAt - createdAt }),
    ...(notedAt === undefined ? {} : { noted: notedAt - createdAt }),
    ...(outdated ? { outdated } : {}),
    ...(lease === undefined ? {} : { lease: [lease.owner, lease.until] }),
  };
  return Object.keys(more).length === 0 ? [] : [more];
}

function parseEnd(end: readonly unknown[], createdAt: number): Partial<Entry> {
  if (end.length === 0) return {};
  const [more, status] = end;
  if (end.length === 2) {
    const finishedAt = createdAt + numberOf(more);
    return { state: 'delivered', attempts: 1, lastStatus: numberOf(status), finishedAt, notedAt: finishedAt };
  }
  if (!isJsonObject(more)) throw new TypeError('no delivery');
  const timeOf = (json: unknown): number | undefined => (json === undefined ? undefined : createdAt + numberOf(json));
  return {
    state: stateOf(more.state),
    attempts: maybeNumberOf(more.tries) ?? 0,
    dueAt: timeOf(more.due) ?? createdAt,
    lastStatus: maybeNumberOf(more.status),
    lastError: maybeTextOf(more.error),
    finishedAt: timeOf(more.end),
    notedAt: timeOf(more.noted),
    outdated: more.outdated === true,
    lease: more.lease === undefined ? undefined : parseLease(listOf(more.lease)),
  };
}

function parseLease([owner, until]: readonly unknown[]): Entry['lease'] {
  return { owner: textOf(owner), until: numberOf(until) };
}

function stateOf(json: unknown): DeliveryState {
  const state = DELIVERY_STATES[json === undefined ? 0 : numberOf(json)];
  if (state === undefined) throw new TypeError('no state');
  return state;
}

/** An inbox that has a record is followed by it, even by an empty one. */
function printInbox(inbox: string, record: InboxRecord | undefined): Json {
  if (record === undefined) return [inbox];
  const { deliveredAt = null, missingSince } = record;
  return missingSince === undefined ? [inbox, deliveredAt] : [inbox, deliveredAt, missingSince];
}

function parseInbox([first, deliveredAt, missingSince]: readonly unknown[], { inboxes }: DeliveryQueue): string {
  const inbox = textOf(first);
  if (deliveredAt === undefined) return inbox;
  inboxes.set(inbox, {
    inbox,
    ...(deliveredAt === null ? {} : { deliveredAt: numberOf(deliveredAt) }),
    ...(missingSince === undefined ? {} : { missingSince: numberOf(missingSince) }),
  });
  return inbox;
}

function parseHealth(json: unknown): HostHealth {
  if (!isJsonObject(json)) throw new TypeError('no host');
  const { host, failures, failingSince, failedDays, lastFailureAt, openUntil } = json;
  return {
    host: textOf(host),
    failures: numberOf(failures),
    failingSince: numberOf(failingSince),
    failedDays: numberOf(failedDays),
    lastFailureAt: numberOf(lastFailureAt),
    ...(openUntil === undefined ? {} : { openUntil: numberOf(openUntil) }),
  };
}

/** Items by the order in which they were first asked for. */
class Table<Item> {
  readonly items: Item[] = [];
  readonly #places = new Map<string, number>();

  placeOf(key: string, item: Item): number {
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.items.length);
    return this.items.push(item) - 1;
  }
}
