import type { Stamp } from '../../federation/interaction.ts';
import type { Follower } from '../../federation/outcome.ts';
import type { FollowRequestStore, StampStore } from './interaction-store.ts';

/** Consents to quotes in memory. */
export function memoryStamps(stamps: Map<string, Stamp>): StampStore {
  return {
    put: async (stamp) => {
      const kept = stamps.get(stamp.id) ?? { ...stamp };
      stamps.set(stamp.id, kept);
      return { ...kept };
    },
    get: async (id) => structuredClone(stamps.get(id)),
    ofQuote: async (quote) => structuredClone([...stamps.values()].filter((stamp) => stamp.quote === quote)),
    revoke: async (id, at) => {
      const stamp = stamps.get(id);
      if (stamp === undefined || stamp.revoked !== undefined) return false;
      stamps.set(id, { ...stamp, revoked: at });
      return true;
    },
  };
}

/** Follows that wait, in memory. A Map keeps a replaced one in its place. */
export function memoryFollowRequests(requests: Map<string, Follower>): FollowRequestStore {
  return {
    put: async (request) => {
      const known = requests.get(request.actor);
      requests.set(request.actor, { ...request, since: known?.since ?? request.since });
      return known ? 'updated' : 'added';
    },
    get: async (actor) => structuredClone(requests.get(actor)),
    remove: async (actor) => requests.delete(actor),
    list: async (limit) => structuredClone([...requests.values()].slice(0, limit)),
  };
}
