import { atOnce } from './blobs-documents.ts';
import { blobsLease, count, type Held } from './blobs-lease.ts';
import { type BlobsQueue, groupBy } from './blobs-queue.ts';
import type { StoredActivity } from './delivery-queue.ts';
import { hostOfInbox } from './delivery-rules.ts';
import { releaseAll, settleOne } from './delivery-steps.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { postponeHost } from './host-steps.ts';

export interface DeliveringDeps {
  readonly queue: BlobsQueue;
  readonly storedActivity: (id: string) => Promise<StoredActivity | undefined>;
  /** Milliseconds since any instant. */
  readonly elapsed: () => number;
}

/** What only those do who deliver. */
export type Delivering = Pick<DeliveryStore, 'lease' | 'settle' | 'release' | 'postpone'>;

/** Delivering from Blobs. It is given to the store by a process that delivers: most functions never do, and load none of it. */
export function blobsDelivering({ queue, storedActivity, elapsed }: DeliveringDeps): Delivering {
  const held: Held = new Map();
  return {
    lease: blobsLease({ queue, held, storedActivity, elapsed }),
    settle: async (delivery, after, now) => {
      const host = hostOfInbox(delivery.inbox);
      const name = (await queue.placing())(host);
      const isOurs = await queue.changeBucket(name, (bucket) => settleOne(bucket.queue, delivery, after, now));
      if (isOurs) count(held, delivery.owner, name, -1);
      return isOurs;
    },
    release: async (owner, only) => {
      const nameOf = await queue.placing();
      const byBucket = only && groupBy(only, ({ inbox }) => nameOf(hostOfInbox(inbox)));
      // Who leased here leased nowhere else: an owner is one run of one process.
      const known = byBucket ?? held.get(owner);
      if (known === undefined) await queue.changeAll((bucket) => releaseAll(bucket.queue, owner));
      else
        await atOnce([...known.keys()], (name) =>
          queue.changeBucket(name, (bucket) => releaseAll(bucket.queue, owner, byBucket?.get(name))),
        );
      if (only === undefined) held.delete(owner);
    },
    postpone: (host, times) => queue.change(host, (part) => postponeHost(part, host, times)),
  };
}
