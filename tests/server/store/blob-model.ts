import { createHash } from 'node:crypto';
import type { BlobStore, WriteCondition } from '../../../server/store/blobs-client.ts';
import { KNOWN_BUCKETS } from './known-buckets.ts';

/** Netlify Blobs as it is documented, in memory, for any number of stores that share it. */
export interface BlobModel extends BlobStore {
  /** What is stored now. */
  readonly blobs: ReadonlyMap<string, { readonly text: string; readonly etag: string }>;
}

export interface BlobModelOptions {
  /** Comes before and after each step: a test decides there who is next. */
  readonly step?: (what: string) => Promise<void>;
  /** What becomes of a write: it is made, its answer is lost and the client tries again, or the client gives up. */
  readonly fate?: (key: string) => WriteFate;
  /** What is stored from the start, by key; unless given, a secret by which ids share the same documents in each run. */
  readonly holds?: Readonly<Record<string, string>>;
  /** How many of the newest changes a list does not know yet. */
  readonly listLag?: () => number;
}

/**
 * `retried`: the client's second try meets the first. `lost`: made, and the client gives up. `refused`: not made, and the
 * client gives up.
 */
export type WriteFate = 'made' | 'retried' | 'lost' | 'refused';

/** Opens a model of an empty store. Reads are strong, as the store asks for; lists lag behind. */
export function openBlobModel(options: BlobModelOptions = {}): BlobModel {
  const { step = async () => {}, fate = () => 'made', holds = KNOWN_BUCKETS, listLag = () => 0 } = options;
  const blobs = new Map<string, { text: string; etag: string }>();
  /** Which keys there were after each change. */
  const history: (readonly string[])[] = [[]];
  let versions = 0;

  const isMet = (key: string, condition: WriteCondition): boolean =>
    'onlyIfNew' in condition ? !blobs.has(key) : blobs.get(key)?.etag === condition.onlyIfMatch;
  const changed = (): void => {
    history.push([...blobs.keys()]);
    if (history.length > 1_000) history.shift();
  };
  const write = (key: string, text: string, condition: WriteCondition): string | undefined => {
    if (!isMet(key, condition)) return undefined;
    versions += 1;
    const etag = `"${createHash('md5').update(`${versions} ${text}`).digest('hex')}"`;
    const isNew = !blobs.has(key);
    blobs.set(key, { text, etag });
    if (isNew) changed();
    return etag;
  };
  for (const [key, text] of Object.entries(holds)) write(key, text, { onlyIfNew: true });

  return {
    blobs,
    get: async (key) => {
      checkKey(key);
      await step(`get ${key}`);
      const found = blobs.get(key);
      await step(`got ${key}`);
      return found && { ...found };
    },
    set: async (key, text, condition) => {
      checkKey(key);
      await step(`set ${key}`);
      const becomes = fate(key);
      if (becomes === 'refused') throw new Error('the model refused');
      const etag = write(key, text, condition);
      await step(`was set ${key}`);
      if (becomes === 'lost') throw new Error('the model lost the answer');
      return becomes === 'retried' ? write(key, text, condition) : etag;
    },
    list: async (prefix) => {
      await step(`list ${prefix}`);
      const keys = history.at(-1 - Math.min(listLag(), history.length - 1)) ?? [];
      return keys.filter((key) => key.startsWith(prefix));
    },
    delete: async (key) => {
      checkKey(key);
      await step(`delete ${key}`);
      if (blobs.delete(key)) changed();
    },
  };
}

/** Keys are what `BlobStore` says, so that no id of anybody is in one. */
function checkKey(key: string): void {
  if (!/^[a-zA-Z0-9_/-]{1,200}$/.test(key) || key.startsWith('/')) throw new Error(`${JSON.stringify(key)} is no key`);
}
