import { atOnce } from './blobs-documents.ts';
import { type BlobsQueue, groupBy } from './blobs-queue.ts';
import { hostOfInbox } from './delivery-rules.ts';
import { foundInboxes, inboxesSince } from './inbox-rules.ts';
import type { HostStore, InboxStore } from './store.ts';

/** Records of inboxes in Blobs, beside the deliveries to them. */
export function blobsInboxes(queue: BlobsQueue): InboxStore {
  const parts = async () => [...(await queue.readAll()).values()].map((bucket) => bucket.queue.inboxes);
  return {
    get: async (inbox) => (await queue.read(hostOfInbox(inbox))).inboxes.get(inbox),
    deliveredSince: async (time) => (await parts()).flatMap((inboxes) => inboxesSince(inboxes, time)),
    found: async (heard) => {
      const nameOf = await queue.placing();
      const byBucket = groupBy(heard, (inbox) => nameOf(hostOfInbox(inbox)));
      await atOnce([...byBucket], ([name, each]) =>
        queue.changeBucket(name, (bucket) => foundInboxes(bucket.queue.inboxes, each)),
      );
    },
    put: async (records) => {
      const nameOf = await queue.placing();
      const byBucket = groupBy(records, ({ inbox }) => nameOf(hostOfInbox(inbox)));
      await atOnce([...byBucket], ([name, each]) =>
        queue.changeBucket(name, (bucket) => {
          for (const record of each) bucket.queue.inboxes.set(record.inbox, { ...record });
        }),
      );
    },
    all: async function* () {
      for (const inboxes of await parts()) yield* inboxes.values();
    },
  };
}

/** The hosts that fail, in Blobs, beside the deliveries to them. */
export function blobsHosts(queue: BlobsQueue): HostStore {
  return {
    get: async (host) => (await queue.read(host)).hosts.get(host),
    put: (health) =>
      queue.change(health.host, ({ hosts }) => {
        hosts.set(health.host, { ...health });
      }),
    remove: (host) => queue.change(host, ({ hosts }) => hosts.delete(host)),
  };
}
