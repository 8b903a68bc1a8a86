import { randomUUID } from 'node:crypto';
import type { LedgerObject } from '../../federation/ledger.ts';
import type { BlobStore } from './blobs-client.ts';
import { atOnce } from './blobs-documents.ts';

/** What lies in a bucket, each with its place in the order in which objects were first told. */
export type LedgerPart = readonly (readonly [seq: number, object: LedgerObject])[];

/** Where the parts of one version of the ledger are, and what is known without them. */
export interface LedgerIndex {
  readonly nextSeq: number;
  readonly buckets: Readonly<Record<string, IndexedBucket>>;
  /** Objects with a `sending` mark, and the activity that it names. */
  readonly sending: readonly (readonly [id: string, activity: string])[];
}

export interface IndexedBucket {
  readonly part: string;
  /** `digestTold` of what is not deleted; absent when all is. */
  readonly told?: string;
  readonly live: number;
}

/** Parts and indexes: blobs that are written once, under a name of their own that tells when, and never changed. */
export interface LedgerParts {
  /** Throws `ReplacedError` when it is there no more: a newer version of the ledger has taken its place. */
  index(name: string): Promise<LedgerIndex>;
  part(name: string): Promise<LedgerPart>;
  /** Gives the name. */
  write(value: LedgerIndex | LedgerPart): Promise<string>;
  /** Gives how many. Never rejects: what stays is not needed, and goes when it is collected. */
  drop(names: readonly string[]): Promise<number>;
  /** The names of what was written before, as far as a list knows. */
  writtenBefore(time: number): Promise<readonly string[]>;
}

/** A reader held on to a version of the ledger that was replaced meanwhile. */
export class ReplacedError extends Error {}

const FOLDER = 'ledger/parts/';

/** Some 256 parts and a few indexes: a warm function reads the head alone. */
const MOST_REMEMBERED = 300;

export function ledgerParts(blobs: BlobStore, clock: () => number): LedgerParts {
  const remembered = new Map<string, string>();
  const remember = (name: string, text: string): void => {
    remembered.set(name, text);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= MOST_REMEMBERED) return;
      remembered.delete(oldest);
    }
  };
  const read = async (name: string): Promise<string> => {
    const text = remembered.get(name) ?? (await blobs.get(keyOf(name)))?.text;
    if (text === undefined) throw new ReplacedError(name);
    remember(name, text);
    return text;
  };
  return {
    index: async (name) => {
      const index: LedgerIndex = JSON.parse(await read(name));
      return index;
    },
    part: async (name) => {
      const part: LedgerPart = JSON.parse(await read(name));
      return part;
    },
    write: async (value) => {
      const name = `${clock().toString(36)}-${randomUUID()}`;
      const text = JSON.stringify(value);
      // Nobody else has the name: where the condition does not hold, an answer was lost and this is the second try.
      await blobs.set(keyOf(name), text, { onlyIfNew: true });
      remember(name, text);
      return name;
    },
    drop: async (names) => {
      for (const name of names) remembered.delete(name);
      const isDropped = await atOnce(names, (name) =>
        blobs.delete(keyOf(name)).then(
          () => true,
          () => false,
        ),
      );
      return isDropped.filter(Boolean).length;
    },
    writtenBefore: async (time) => {
      const names = (await blobs.list(FOLDER)).map((key) => key.slice(FOLDER.length));
      return names.filter((name) => writtenAt(name) < time);
    },
  };
}

/** The time in a name. What no name of ours is was written never. */
function writtenAt(name: string): number {
  const time = /^([0-9a-z]{1,10})-[0-9a-f-]{36}$/.exec(name)?.[1];
  return time === undefined ? Number.POSITIVE_INFINITY : Number.parseInt(time, 36);
}

function keyOf(name: string): string {
  return FOLDER + name;
}
