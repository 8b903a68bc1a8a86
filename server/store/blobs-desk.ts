import type { BlobStore } from './blobs-client.ts';
import { type BlobsStamps, blobsStamps } from './blobs-consent.ts';
import { blobsMessages } from './blobs-messages.ts';
import { blobsNotifications } from './blobs-notifications.ts';
import type { PlacedOptions } from './blobs-placed.ts';
import type { MessageStore, NotificationStore } from './interaction-store.ts';

/** What lies on the owner's desk: messages, news, and what was consented to. Each is small. */
export interface BlobsDesk {
  readonly messages: MessageStore;
  readonly notifications: NotificationStore;
  readonly stamps: BlobsStamps;
}

export function blobsDesk(blobs: BlobStore, options: PlacedOptions): BlobsDesk {
  return {
    messages: blobsMessages(blobs, options),
    notifications: blobsNotifications(blobs, options),
    stamps: blobsStamps(blobs, options),
  };
}
