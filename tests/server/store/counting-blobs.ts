import type { BlobStore } from '../../../server/store/blobs-client.ts';

/** What was asked of the service. */
export interface Costs {
  readonly reads: number;
  readonly writes: number;
  /** Writes that met another writer's. */
  readonly conflicts: number;
  readonly lists: number;
  readonly deletes: number;
  /** Characters that were read and written. */
  readonly text: number;
}

const NOTHING: Costs = { reads: 0, writes: 0, conflicts: 0, lists: 0, deletes: 0, text: 0 };

/** Counts what is asked of another store. */
export function countingBlobs(blobs: BlobStore): BlobStore & { readonly costs: () => Costs } {
  let costs = NOTHING;
  const add = (more: Partial<Costs>): void => {
    const kinds = ['reads', 'writes', 'conflicts', 'lists', 'deletes', 'text'] as const;
    for (const kind of kinds) costs = { ...costs, [kind]: costs[kind] + (more[kind] ?? 0) };
  };
  return {
    costs: () => costs,
    get: async (key) => {
      const found = await blobs.get(key);
      add({ reads: 1, text: found?.text.length ?? 0 });
      return found;
    },
    set: async (key, text, condition) => {
      const etag = await blobs.set(key, text, condition);
      add({ writes: 1, conflicts: etag === undefined ? 1 : 0, text: text.length });
      return etag;
    },
    list: async (prefix) => {
      add({ lists: 1 });
      return blobs.list(prefix);
    },
    delete: async (key) => {
      add({ deletes: 1 });
      return blobs.delete(key);
    },
  };
}
