import { MAX_READING, type ReadingItem, type ReadingStore } from './account-store.ts';
import { removeWhere } from './memory-inbound.ts';
import { timeOf } from './stored-order.ts';

/** What followed accounts said, in memory, in the order in which it came. */
export function memoryReading(items: Map<string, ReadingItem>, most = MAX_READING): ReadingStore {
  return {
    put: async (item) => {
      const known = items.get(item.id);
      if (known && known.actor !== item.actor) return 'ignored';
      items.set(item.id, structuredClone({ ...item, at: known?.at ?? item.at }));
      while (items.size > most) dropOldest(items);
      return known ? 'updated' : 'added';
    },
    get: async (id) => structuredClone(items.get(id)),
    remove: async (actor, id) => removeWhere(items, (item) => isTakenBack(item, actor, id)),
    newest: async (limit) => {
      const newestFirst = [...items.values()].reverse().sort((a, b) => timeOf(b.at) - timeOf(a.at));
      return structuredClone(newestFirst.slice(0, limit));
    },
    prune: async (before) => removeWhere(items, ({ at }) => timeOf(at) < timeOf(before)),
    forgetActor: async (of) => removeWhere(items, ({ actor, author }) => actor === of || author.actor === of),
  };
}

/** Drops what was received first. */
export function dropOldest(items: Map<string, ReadingItem>): void {
  let oldest: ReadingItem | undefined;
  for (const item of items.values()) if (!oldest || timeOf(item.at) < timeOf(oldest.at)) oldest = item;
  if (oldest) items.delete(oldest.id);
}

function isTakenBack(item: ReadingItem, actor: string, id: string): boolean {
  return item.actor === actor
    ? item.id === id || item.object === id
    : item.author.actor === actor && item.object === id;
}
