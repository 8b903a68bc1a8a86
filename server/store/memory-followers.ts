import type { Follower } from '../../federation/outcome.ts';
import { memoryFollowRequests } from './memory-consent.ts';
import { type PlacedMap, pageOfPlaced } from './placed-map.ts';
import type { FollowerStore } from './store.ts';

/** Followers in memory. */
export function memoryFollowers(followers: PlacedMap<Follower>): FollowerStore {
  return {
    // A Follow that waits is put, found and removed like one that was accepted.
    ...memoryFollowRequests(followers),
    atInbox: async (inbox) => {
      const all = [...followers.values()];
      return all.flatMap((each) => (each.inbox === inbox || each.sharedInbox === inbox ? [each.actor] : []));
    },
    count: async () => followers.size,
    page: async (options) => pageOfPlaced(followers, options),
    all: async function* () {
      for (const follower of followers.values()) yield { ...follower };
    },
  };
}
