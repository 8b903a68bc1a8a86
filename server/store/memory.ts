import { memoryDeliveries } from './memory-deliveries.ts';
import { memoryFollowers } from './memory-followers.ts';
import { memoryActors, memoryInbound } from './memory-inbound.ts';
import { memoryHosts, memoryInboxes } from './memory-inboxes.ts';
import { memoryLedger } from './memory-ledger.ts';
import { memoryQueue, type StoredActivity } from './memory-queue.ts';
import type { ActivityStore, Store, WorkerStore } from './store.ts';

/**
 * Opens an empty store in memory, for tests and for a look around: it ends with the process. Each method does its work
 * in one step of the event loop, which is what makes it atomic, and copies what it takes and gives.
 */
export function openMemoryStore(): Store {
  const queue = memoryQueue();
  const { ledger, sending } = memoryLedger();
  return {
    followers: memoryFollowers(),
    ledger,
    activities: memoryActivities(queue.activities),
    deliveries: memoryDeliveries(queue, sending),
    inbound: memoryInbound(),
    actors: memoryActors(),
    workers: memoryWorkers(),
    inboxes: memoryInboxes(queue.inboxes),
    hosts: memoryHosts(queue.hosts),
    close: async () => {},
  };
}

function memoryActivities(activities: Map<string, StoredActivity>): ActivityStore {
  return {
    put: async (activity, { now }) => {
      const stored = activities.get(activity.id) ?? { activity: structuredClone(activity), createdAt: now };
      activities.set(activity.id, stored);
      return structuredClone(stored.activity);
    },
    get: async (id) => structuredClone(activities.get(id)?.activity),
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
