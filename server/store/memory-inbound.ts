import { namesOfSeen } from './seen-names.ts';
import { type ActorCache, type CachedDocument, type InboundStore, MAX_CACHED_ACTORS } from './store.ts';

/** What others sent, in memory, which holds nothing of earlier versions. */
export function memoryInbound(seen: Map<string, number>): InboundStore {
  const isSeen = (activityId: string): boolean => namesOfSeen(activityId).some((name) => seen.has(name));
  return {
    seen: async (activityId) => isSeen(activityId),
    markSeen: async (activityId, now) => {
      seen.set(activityId, Math.max(now, seen.get(activityId) ?? now));
    },
    markFirst: async (activityId, now) => {
      if (isSeen(activityId)) return false;
      seen.set(activityId, now);
      return true;
    },
    kept: async () => [],
    dropKept: async () => {},
    forgetSeen: async (before) => removeWhere(seen, (at) => at < before),
  };
}

/** Remote documents in memory. An entry that is put moves to the end, so ties in age go by the time of the put. */
export function memoryActors(
  cached: Map<string, CachedDocument>,
  authors: ReadonlyMap<string, unknown> = new Map(),
): ActorCache {
  return {
    get: async (url) => structuredClone(cached.get(url)),
    put: async (entry) => {
      cached.delete(entry.url);
      cached.set(entry.url, structuredClone(entry));
      if (cached.size <= MAX_CACHED_ACTORS) return;
      let oldest: CachedDocument | undefined;
      for (const each of cached.values()) if (!oldest || each.fetchedAt < oldest.fetchedAt) oldest = each;
      if (oldest) cached.delete(oldest.url);
    },
    remove: async (url) => {
      cached.delete(url);
    },
    prune: async (before) => removeWhere(cached, ({ url, fetchedAt }) => fetchedAt < before && !authors.has(url)),
    all: async function* () {
      for (const entry of cached.values()) yield structuredClone(entry);
    },
  };
}

/** Drops what matches; gives how many. */
export function removeWhere<V>(map: Map<string, V>, matches: (value: V) => boolean): number {
  const doomed = [...map].filter(([, value]) => matches(value));
  for (const [key] of doomed) map.delete(key);
  return doomed.length;
}
