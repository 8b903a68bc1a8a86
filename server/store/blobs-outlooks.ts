import type { BlobsQueue } from './blobs-queue.ts';
import { type DeliveryQueue, type Entry, freeAt, keyOf } from './delivery-queue.ts';
import { type Candidate, isNext, outdatedUntil } from './lease-rules.ts';

/** A delivery that may be leased, now or later. */
export interface Waiting extends Candidate {
  /** `keyOf` its activity and inbox. */
  readonly key: string;
  readonly host: string;
  readonly priority: Entry['priority'];
}

/** What a bucket held when this process last saw it. */
export interface Outlook {
  readonly waiting: readonly Waiting[];
  /** When the first outdated delivery ends; infinite when there is none. */
  readonly outdatedUntil: number;
}

/** By bucket: old, or missing, as it may be. What is done by it is done to the document as it is then. */
export type Outlooks = ReadonlyMap<string, () => Outlook>;

/** Gives what this process saw of the queue, from now on. */
export function watchQueue(queue: BlobsQueue): Outlooks {
  const outlooks = new Map<string, () => Outlook>();
  queue.watch({
    read: (name, part) => {
      const outlook = outlookOf(name, part);
      outlooks.set(name, () => outlook);
    },
    written: (name, part) => {
      outlooks.set(
        name,
        once(() => outlookOf(name, part)),
      );
    },
  });
  return outlooks;
}

/** Many deliveries are settled between two looks at what is left. */
function once<Result>(work: () => Result): () => Result {
  let result: { readonly is: Result } | undefined;
  return () => {
    result ??= { is: work() };
    return result.is;
  };
}

/**
 * Hosts take turns in the order of their buckets: so that what is leased at once, and settled soon after, is in few
 * documents, and thousands of deliveries take dozens of writes.
 */
function outlookOf(name: string, { entries }: DeliveryQueue): Outlook {
  const waiting: Waiting[] = [];
  let firstEnd = Number.POSITIVE_INFINITY;
  for (const entry of entries.values()) {
    if (entry.state !== 'pending') continue;
    const { activity, inbox, host, priority } = entry;
    if (entry.outdated) firstEnd = Math.min(firstEnd, outdatedUntil(entry));
    else if (isNext(entry))
      waiting.push({ key: keyOf(activity.id, inbox), host, turn: `${name} ${host}`, priority, freeAt: freeAt(entry) });
  }
  return { waiting, outdatedUntil: firstEnd };
}
