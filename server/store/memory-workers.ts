import type { WorkerStore } from './store.ts';

/** Who works the queue until when, in memory. */
export function memoryWorkers(workers: Map<string, number>): WorkerStore {
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
