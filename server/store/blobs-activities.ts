import { isJsonObject } from '../../federation/vocabulary.ts';
import { sha256Hex } from '../crypto.ts';
import type { BlobStore } from './blobs-client.ts';
import { atOnce, damaged } from './blobs-documents.ts';
import type { StoredActivity } from './delivery-queue.ts';
import type { ActivityStore } from './store.ts';

const FOLDER = 'activities/';

/** What the blog says, in Blobs: each activity under its own key, written once. */
export interface BlobsActivities extends ActivityStore {
  /** With the time at which it was stored. */
  stored(id: string): Promise<StoredActivity | undefined>;
  /** Everything that is stored, but for what came in the last minute, some at a time. */
  all(): AsyncIterable<StoredActivity>;
  /** Only for what nobody stores again. */
  drop(id: string): Promise<void>;
}

export function blobsActivities(blobs: BlobStore): BlobsActivities {
  const stored = async (id: string): Promise<StoredActivity | undefined> => readAt(blobs, keyOf(id));
  return {
    put: async (activity, { now }) => {
      const text = JSON.stringify({ activity, createdAt: now } satisfies StoredActivity);
      const etag = await blobs.set(keyOf(activity.id), text, { onlyIfNew: true });
      if (etag !== undefined) return structuredClone(activity);
      // It was there before, or it is ours and the answer was lost: what is stored is what counts.
      return (await stored(activity.id))?.activity ?? structuredClone(activity);
    },
    get: async (id) => (await stored(id))?.activity,
    stored,
    all: async function* () {
      const keys = await blobs.list(FOLDER);
      for (let from = 0; from < keys.length; from += SOME) {
        const some = await atOnce(keys.slice(from, from + SOME), (key) => readAt(blobs, key));
        yield* some.filter((each) => each !== undefined);
      }
    },
    drop: (id) => blobs.delete(keyOf(id)),
  };
}

const SOME = 100;

async function readAt(blobs: BlobStore, key: string): Promise<StoredActivity | undefined> {
  const found = await blobs.get(key);
  if (found === undefined) return undefined;
  const stored = parse(found.text);
  if (stored === undefined) throw damaged(key);
  return stored;
}

function parse(text: string): StoredActivity | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(json) || typeof json.createdAt !== 'number' || !isJsonObject(json.activity)) return undefined;
  const { id, type, object, json: sent } = json.activity;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof object !== 'string') return undefined;
  return isJsonObject(sent) ? { activity: { id, type, object, json: sent }, createdAt: json.createdAt } : undefined;
}

function keyOf(id: string): string {
  return FOLDER + sha256Hex(id);
}
