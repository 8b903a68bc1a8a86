import type { Notification } from '../../federation/interaction.ts';
import type { MessageStore, NotificationStore, SealedMessage } from './interaction-store.ts';
import { removeWhere } from './memory-inbound.ts';
import { type PlacedMap, pageOfPlaced } from './placed-map.ts';
import { timeOf } from './stored-order.ts';

/** Sealed messages in memory, by the digest of their object. */
export function memoryMessages(messages: PlacedMap<SealedMessage>): MessageStore {
  return {
    put: async (message) => {
      const known = messages.get(message.object);
      if (known && known.sender !== message.sender) return 'ignored';
      messages.set(message.object, { ...message, at: known?.at ?? message.at });
      return known ? 'updated' : 'added';
    },
    list: async (options) => pageOfPlaced(messages, options),
    remove: async ({ object, sender }) => {
      const known = messages.get(object);
      if (!known || (sender !== undefined && sender !== known.sender)) return false;
      return messages.delete(object);
    },
    forgetSender: async (sender) => removeWhere(messages, (message) => message.sender === sender),
    countSince: async (sender, since) => {
      const from = since === '' ? 0 : timeOf(since);
      return [...messages.values()].filter((message) => message.sender === sender && timeOf(message.at) >= from).length;
    },
    count: async () => messages.size,
    prune: async (before) => removeWhere(messages, ({ at }) => timeOf(at) < timeOf(before)),
  };
}

/** The owner's notifications in memory, in the order in which they came. */
export function memoryNotifications(
  notifications: Map<string, Notification>,
  secret: { value?: string } = {},
): NotificationStore {
  return {
    add: async (notification) => {
      if (notifications.has(notification.key)) return false;
      notifications.set(notification.key, { ...notification });
      return true;
    },
    list: async (limit) => structuredClone([...notifications.values()].reverse().slice(0, limit)),
    forgetActor: async (actor) => removeWhere(notifications, (each) => each.actor === actor),
    prune: async (before) => removeWhere(notifications, ({ at }) => timeOf(at) < timeOf(before)),
    secret: async (random, { renew = false } = {}) => {
      if (secret.value === undefined || renew) secret.value = random();
      return secret.value;
    },
  };
}
