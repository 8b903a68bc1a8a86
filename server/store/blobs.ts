import { blobsActivities } from './blobs-activities.ts';
import { blobsActors } from './blobs-actors.ts';
import type { BlobStore } from './blobs-client.ts';
import { blobsStamps } from './blobs-consent.ts';
import { blobsDeliveries } from './blobs-deliveries.ts';
import type { DocumentsOptions } from './blobs-documents.ts';
import { blobsFollowers, blobsFollowRequests } from './blobs-followers.ts';
import { openGround } from './blobs-ground.ts';
import { blobsInbound } from './blobs-inbound.ts';
import { openSaidDocuments } from './blobs-interaction-writes.ts';
import { blobsInteractions } from './blobs-interactions.ts';
import { blobsLedger } from './blobs-ledger.ts';
import { blobsMedia } from './blobs-media.ts';
import { blobsMessages } from './blobs-messages.ts';
import { blobsNotifications } from './blobs-notifications.ts';
import { countTicks } from './blobs-placed.ts';
import { blobsSizes } from './blobs-sizes.ts';
import { blobsWorkers } from './blobs-workers.ts';
import type { Store } from './store.ts';

export interface BlobsStoreOptions extends DocumentsOptions {
  /** For the order in which entries came. */
  readonly clock?: () => number;
}

/**
 * Opens the store in Netlify Blobs. Any number of processes may hold it open. There is no transaction across keys: what the
 * interface promises of one entry holds always, what it promises of several is said where an adapter promises less.
 */
export function openBlobsStore(blobs: BlobStore, { clock = Date.now, ...tries }: BlobsStoreOptions = {}): Store {
  const options = { ...tries, ground: openGround(blobs, tries), tick: countTicks(clock) };
  const said = openSaidDocuments(blobs, options);
  const interactions = blobsInteractions(said, options);
  const media = blobsMedia(blobs, said, options);
  const activities = blobsActivities(blobs);
  const ledger = blobsLedger(blobs, clock);
  const queue = blobsDeliveries(blobs, { ...options, activities, sending: () => ledger.sending() });
  const contents = async () => ({ ...(await queue.contents()), pictures: await media.contents() });
  const store = {
    followers: blobsFollowers(blobs, options),
    ledger,
    activities,
    deliveries: queue.deliveries,
    inbound: blobsInbound(blobs, options),
    actors: blobsActors(blobs, (actor) => interactions.author(actor), options),
    workers: blobsWorkers(blobs, options),
    inboxes: queue.inboxes,
    hosts: queue.hosts,
    interactions,
    stamps: blobsStamps(blobs, options),
    requests: blobsFollowRequests(blobs, options),
    messages: blobsMessages(blobs, options),
    notifications: blobsNotifications(blobs, options),
    media,
    close: async () => {},
  };
  return { ...store, sizes: () => blobsSizes({ ...store, sizes: async () => [], contents }) };
}
