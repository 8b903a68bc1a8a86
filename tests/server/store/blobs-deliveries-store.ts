import { blobsActivities } from '../../../server/store/blobs-activities.ts';
import type { BlobStore } from '../../../server/store/blobs-client.ts';
import { type BlobsDeliveriesOptions, blobsDeliveries } from '../../../server/store/blobs-deliveries.ts';
import { blobsDelivering } from '../../../server/store/blobs-delivering.ts';
import { blobsLedger } from '../../../server/store/blobs-ledger.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import type { Store } from '../../../server/store/store.ts';

/** A store whose deliveries and what they need are in Blobs. */
export function openDeliveries(blobs: BlobStore, options: Partial<BlobsDeliveriesOptions> = {}): Store {
  const activities = blobsActivities(blobs);
  const ledger = blobsLedger(blobs);
  const sending = () => ledger.sending();
  const { deliveries, inboxes, hosts } = blobsDeliveries(blobs, {
    activities,
    sending,
    delivering: blobsDelivering,
    sleep: async () => {},
    ...options,
  });
  return { ...openMemoryStore(), activities, ledger, deliveries, inboxes, hosts };
}
