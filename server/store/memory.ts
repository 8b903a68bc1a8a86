import type { OutgoingActivity } from '../../federation/outcome.ts';
import { memoryDeliveries } from './memory-deliveries.ts';
import { memoryFollowers } from './memory-followers.ts';
import { memoryActors, memoryInbound } from './memory-inbound.ts';
import { memoryLedger } from './memory-ledger.ts';
import type { ActivityStore, Store, WorkerStore } from './store.ts';

/**
 * Opens an empty store in memory, for tests and for a look around: it ends with the process. Each method does its work
 * in one step of the event loop, which is what makes it atomic, and copies what it takes and gives.
 */
export function openMemoryStore(): Store {
  const activities = new Map<string, OutgoingActivity>();
  return {
    followers: memoryFollowers(),
    ledger: memoryLedger(),
    activities: memoryActivities(activities),
    deliveries: memoryDeliveries(activities),
    inbound: memoryInbound(),
    actors: memoryActors(),
    workers: memoryWorkers(),
    close: async () => {},
  };
}

function memoryActivities(activities: Map<string, OutgoingActivity>): ActivityStore {
  return {
    put: async (activity) => {
      const stored = activities.get(activity.id) ?? structuredClone(activity);
      activities.set(activity.id, stored);
      return structuredClone(stored);
    },
    get: async (id) => structuredClone(activities.get(id)),
  };
}

function memoryWorkers(): WorkerStore {
  const workers = new Map<string, number>();
  return {
    beat: async (owner, until) => {
      workers.set(owner, until);
    },
    leave: async (owner) => {
      workers.delete(owner);
    },
    alive: async (now) => [...workers].flatMap(([owner, until]) => (until > now ? [owner] : [])).sort(),
  };
}
