import type { Follower } from '../../federation/outcome.ts';
import { placeOf } from './interaction-rules.ts';
import type { FollowerStore } from './store.ts';

/** A follower and its place in the order. */
export interface FollowerEntry {
  readonly sequence: number;
  readonly follower: Follower;
}

/** Followers in memory. A Map keeps a replaced entry in its place, so it is in the order of their sequence. */
export function memoryFollowers(followers: Map<string, FollowerEntry>): FollowerStore {
  let last = 0;

  return {
    put: async (follower) => {
      const known = followers.get(follower.actor);
      const since = known?.follower.since ?? follower.since;
      followers.set(follower.actor, { sequence: known?.sequence ?? ++last, follower: { ...follower, since } });
      return known ? 'updated' : 'added';
    },
    remove: async (actor) => followers.delete(actor),
    get: async (actor) => copyOf(followers.get(actor)),
    atInbox: async (inbox) => {
      const all = [...followers.values()].map(({ follower }) => follower);
      return all.flatMap((each) => (each.inbox === inbox || each.sharedInbox === inbox ? [each.actor] : []));
    },
    count: async () => followers.size,
    page: async ({ limit, before }) => {
      const bound = before === undefined ? Number.POSITIVE_INFINITY : (placeOf(before) ?? 0);
      const older = [...followers.values()].reverse().filter(({ sequence }) => sequence < bound);
      const shown = older.slice(0, limit);
      const end = shown.at(-1);
      const items = shown.map(({ follower }) => ({ ...follower }));
      return older.length > limit && end ? { items, cursor: String(end.sequence) } : { items };
    },
    all: async function* () {
      for (const { follower } of followers.values()) yield { ...follower };
    },
  };
}

function copyOf(entry: FollowerEntry | undefined): Follower | undefined {
  return entry && { ...entry.follower };
}
