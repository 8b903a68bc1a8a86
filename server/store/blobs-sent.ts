import { type BlobsActivities, blobsActivities } from './blobs-activities.ts';
import type { BlobStore } from './blobs-client.ts';
import { type BlobsDeliveries, type BlobsDeliveriesOptions, blobsDeliveries } from './blobs-deliveries.ts';
import { blobsWorkers } from './blobs-workers.ts';
import { inOrder } from './one-by-one.ts';
import type { Store, WorkerStore } from './store.ts';

/** What the blog says, to whom it goes, and who delivers it: who needs one of these needs another soon. */
export interface BlobsSent extends BlobsDeliveries {
  readonly activities: BlobsActivities;
  readonly workers: WorkerStore;
  /** Here because most of what belongs together ends in something that is sent. */
  readonly together: Store['together'];
}

export function blobsSent(blobs: BlobStore, options: Omit<BlobsDeliveriesOptions, 'activities'>): BlobsSent {
  const activities = blobsActivities(blobs);
  const deliveries = blobsDeliveries(blobs, { ...options, activities });
  return { activities, workers: blobsWorkers(blobs, options), together: inOrder, ...deliveries };
}
