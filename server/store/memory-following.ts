import type { FollowingRecord, FollowingStore } from './account-store.ts';
import { timeOf } from './stored-order.ts';

/** The answers to our Follows in memory. A Map keeps one that is replaced in its place. */
export function memoryFollowing(records: Map<string, FollowingRecord>): FollowingStore {
  return {
    put: async (record) => {
      const known = records.get(record.actor);
      if (known === undefined || timeOf(known.at) <= timeOf(record.at)) records.set(record.actor, { ...record });
    },
    get: async (actor) => structuredClone(records.get(actor)),
    remove: async (actor) => records.delete(actor),
    all: async function* () {
      for (const record of records.values()) yield { ...record };
    },
  };
}
