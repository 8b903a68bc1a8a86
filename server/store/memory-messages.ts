import type { Notification } from '../../federation/interaction.ts';
import { placeOf, timeOf } from './interaction-rules.ts';
import type { MessageStore, NotificationStore, SealedMessage } from './interaction-store.ts';
import { removeWhere } from './memory-inbound.ts';

export interface MessageEntry {
  readonly seq: number;
  readonly message: SealedMessage;
}

/** Sealed messages in memory, by the digest of their object. */
export function memoryMessages(messages: Map<string, MessageEntry>): MessageStore {
  let last = 0;
  return {
    put: async (message) => {
      const known = messages.get(message.object);
      if (known && known.message.sender !== message.sender) return 'ignored';
      const at = known?.message.at ?? message.at;
      messages.set(message.object, { seq: known?.seq ?? ++last, message: { ...message, at } });
      return known ? 'updated' : 'added';
    },
    list: async ({ limit, before }) => {
      const bound = before === undefined ? Number.POSITIVE_INFINITY : (placeOf(before) ?? 0);
      const older = [...messages.values()].reverse().filter(({ seq }) => seq < bound);
      const shown = older.slice(0, limit);
      const end = shown.at(-1);
      const items = shown.map(({ message }) => ({ ...message }));
      return older.length > limit && end ? { items, cursor: String(end.seq) } : { items };
    },
    remove: async ({ object, sender }) => {
      const known = messages.get(object);
      if (!known || (sender !== undefined && sender !== known.message.sender)) return false;
      return messages.delete(object);
    },
    forgetSender: async (sender) => removeWhere(messages, ({ message }) => message.sender === sender),
    countSince: async (sender, since) => {
      const from = since === '' ? 0 : timeOf(since);
      return [...messages.values()].filter(({ message }) => message.sender === sender && timeOf(message.at) >= from)
        .length;
    },
    count: async () => messages.size,
    prune: async (before) => removeWhere(messages, ({ message }) => timeOf(message.at) < timeOf(before)),
  };
}

/** The owner's notifications in memory, in the order in which they came. */
export function memoryNotifications(notifications: Map<string, Notification>): NotificationStore {
  let kept: string | undefined;
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
      if (kept === undefined || renew) kept = random();
      return kept;
    },
  };
}
