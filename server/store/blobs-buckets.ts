import type { BlobStore } from './blobs-client.ts';
import { atOnce, type DocumentKind, openDocuments } from './blobs-documents.ts';
import { type GroundOptions, openGround } from './blobs-ground.ts';

/** Entries of one kind, each in one of a fixed number of documents: see `Ground`. */
export interface Buckets<Value> {
  /** The document that an entry of this id is in. */
  read(id: string): Promise<Value>;
  /** Every document. */
  readAll(): Promise<Value[]>;
  /** Every document, some at a time: for what may be too much at once. */
  each(): AsyncIterable<Value>;
  /** See `Documents.change`. */
  change<Result>(id: string, work: (value: Value) => Result): Promise<Awaited<Result>>;
  /** Changes each document, in no order and not as one step. */
  changeAll<Result>(work: (value: Value) => Result): Promise<Awaited<Result>[]>;
}

export interface BucketKind<Value> extends DocumentKind<Value> {
  /** How many documents. It is never changed: ids would be looked for where they are not. */
  readonly buckets: number;
}

const SOME = 32;

/** Opens the buckets of a kind. */
export function openBuckets<Value>(blobs: BlobStore, kind: BucketKind<Value>, options?: GroundOptions): Buckets<Value> {
  const documents = openDocuments(blobs, kind, options);
  const placeOf = openGround(blobs, options);
  const nameIn = async (id: string): Promise<string> => nameOf((await placeOf())(kind.buckets, id));
  const names = Array.from({ length: kind.buckets }, (_, bucket) => nameOf(bucket));
  return {
    // Most of what is read by its id is changed next, when the request was handled.
    read: async (id) => documents.readToChange(await nameIn(id)),
    readAll: () => documents.readEach(names),
    each: async function* () {
      for (let from = 0; from < names.length; from += SOME)
        yield* await documents.readEach(names.slice(from, from + SOME));
    },
    change: (id, work) => nameIn(id).then((name) => documents.change(name, work)),
    changeAll: (work) => atOnce(names, (name) => documents.change(name, work)),
  };
}

function nameOf(bucket: number): string {
  return bucket.toString(16).padStart(3, '0');
}

/** What was counted in each bucket. */
export function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Reads what `printTimes` wrote. */
export function timesIn(json: unknown): Map<string, number> {
  if (!Array.isArray(json)) throw new TypeError('no times');
  return new Map(json.map(timeIn));
}

/** Times by name, as pairs: a name may be anything. */
export function printTimes(times: Map<string, number>): unknown {
  return [...times];
}

function timeIn(pair: unknown): [string, number] {
  const [name, time]: unknown[] = Array.isArray(pair) ? pair : [];
  if (typeof name !== 'string' || typeof time !== 'number') throw new TypeError('no time');
  return [name, time];
}
