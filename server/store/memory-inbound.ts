import type { Received } from '../../federation/outcome.ts';
import { type ActorCache, type CachedDocument, type InboundStore, MAX_CACHED_ACTORS } from './store.ts';

/** What others sent, in memory. */
export function memoryInbound(): InboundStore {
  const seen = new Map<string, number>();
  const received = new Map<string, Received>();

  return {
    seen: async (activityId) => seen.has(activityId),
    markSeen: async (activityId, now) => {
      seen.set(activityId, Math.max(now, seen.get(activityId) ?? now));
    },
    storeReceived: async (activity) => {
      if (received.has(activity.id)) return false;
      received.set(activity.id, structuredClone(activity));
      return true;
    },
    received: async ({ limit, actor }) => {
      const newest = [...received.values()].reverse();
      const wanted = actor === undefined ? newest : newest.filter((activity) => activity.actor === actor);
      return structuredClone(wanted.slice(0, limit));
    },
    earlier: async (actor, id) => {
      const sent = [...received.values()].reverse().filter((activity) => activity.actor === actor);
      return structuredClone(sent.find((activity) => activity.id === id) ?? sent.find(({ object }) => object === id));
    },
    forgetActor: async (actor) => removeWhere(received, (activity) => activity.actor === actor),
    forgetSeen: async (before) => removeWhere(seen, (at) => at < before),
  };
}

/** Remote documents in memory. An entry that is put moves to the end, so ties in age go by the time of the put. */
export function memoryActors(): ActorCache {
  const cached = new Map<string, CachedDocument>();

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
    all: async function* () {
      for (const entry of cached.values()) yield structuredClone(entry);
    },
  };
}

function removeWhere<V>(map: Map<string, V>, matches: (value: V) => boolean): number {
  const doomed = [...map].filter(([, value]) => matches(value));
  for (const [key] of doomed) map.delete(key);
  return doomed.length;
}
