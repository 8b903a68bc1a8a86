import { NOTIFICATION_KINDS, type Notification } from '../../federation/interaction.ts';
import { sum } from './blobs-buckets.ts';
import type { BlobStore } from './blobs-client.ts';
import { openDocuments } from './blobs-documents.ts';
import { secretKind } from './blobs-ground.ts';
import { openPlaced, type PlacedOptions } from './blobs-placed.ts';
import type { NotificationStore } from './interaction-store.ts';
import { memoryNotifications } from './memory-messages.ts';
import { hasTexts } from './stored-texts.ts';

const BUCKETS = 32;

/** Notifications of one document: more than six thousand in all, and nobody reads that far back. */
export const MOST_NOTIFICATIONS = 200;
const KINDS: ReadonlySet<string> = new Set(NOTIFICATION_KINDS);

/** The owner's notifications in Blobs. Of a full document the oldest goes. */
export function blobsNotifications(blobs: BlobStore, options: PlacedOptions): NotificationStore {
  const kind = {
    folder: 'notifications',
    buckets: BUCKETS,
    keyOf: ({ key }: Notification) => key,
    isValue: isNotification,
  };
  const notifications = openPlaced(blobs, kind, options);
  const secrets = openDocuments(blobs, secretKind, options);
  return {
    add: async (notification) =>
      notifications.change(notification.key, (map) => {
        const isAdded = memoryNotifications(map).add(notification);
        for (const oldest of map.keys()) {
          if (map.size <= MOST_NOTIFICATIONS) break;
          map.delete(oldest);
        }
        return isAdded;
      }),
    list: async (limit) => memoryNotifications(await notifications.all()).list(limit),
    forgetActor: async (actor) =>
      sum(await notifications.changeAll((map) => memoryNotifications(map).forgetActor(actor))),
    prune: async (before) => sum(await notifications.changeAll((map) => memoryNotifications(map).prune(before))),
    secret: async (random, { renew = false } = {}) => {
      const known = renew ? undefined : (await secrets.read('notifications')).value;
      if (known !== undefined) return known;
      return secrets.change('notifications', (secret) =>
        memoryNotifications(new Map(), secret).secret(random, { renew }),
      );
    },
  };
}

function isNotification(json: unknown): json is Notification {
  return hasTexts(json, ['key', 'kind', 'actor', 'at'], ['handle', 'target', 'interaction']) && KINDS.has(json.kind);
}
