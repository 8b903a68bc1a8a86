import { type BlobsActivities, blobsActivities } from './blobs-activities.ts';
import type { BlobStore } from './blobs-client.ts';
import { type BlobsDeliveries, type BlobsDeliveriesOptions, blobsDeliveries } from './blobs-deliveries.ts';
import { blobsWorkers } from './blobs-workers.ts';
import type { WorkerStore } from './store.ts';

/** What the blog says, to whom it goes, and who delivers it: who needs one of these needs another soon. */
export interface BlobsSent extends BlobsDeliveries {
  readonly activities: BlobsActivities;
  readonly workers: WorkerStore;
}

export function blobsSent(blobs: BlobStore, options: Omit<BlobsDeliveriesOptions, 'activities'>): BlobsSent {
  const activities = blobsActivities(blobs);
  return { activities, workers: blobsWorkers(blobs, options), ...blobsDeliveries(blobs, { ...options, activities }) };
}
