import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Json } from '../../federation/vocabulary.ts';
import { PosternError } from '../errors.ts';
import type { BlobStore } from './blobs-client.ts';

/** One kind of document: where it lies, and how its value is written. */
export interface DocumentKind<Value> {
  /** The first part of each key. */
  readonly folder: string;
  empty(): Value;
  /** Throws for what `print` would not have written. */
  parse(json: unknown): Value;
  print(value: Value): Json;
}

/** JSON documents of one kind, each changed as a whole and by one writer at a time, whatever the number of processes. */
export interface Documents<Value> {
  /** As of now; the empty value where there is none. The caller's own. */
  read(name: string): Promise<Value>;
  readEach(names: readonly string[]): Promise<Value[]>;
  /**
   * Changes a document: `work` changes the value it is given, and its result is the result. It runs again with a newer value
   * when another writer was first, so it must depend on nothing but the value; it throws, if at all, before it changes
   * anything. Changes that come while a write is under way are written together. A change that changes nothing writes nothing.
   *
   * @throws PosternError `store-contended` when others were first too often.
   */
  change<Result>(name: string, work: (value: Value) => Result): Promise<Result>;
  /** The names of documents that exist, in no order; see `BlobStore.list`. */
  names(prefix?: string): Promise<string[]>;
}

export interface DocumentsOptions {
  /** From 0 up to 1, for the pauses between tries. */
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** As it lies in the store. `by` names the last writes, newest first, so that one whose answer was lost is known for our own. */
interface Envelope {
  readonly by: readonly string[];
  readonly value: Json;
}

interface Loaded<Value> {
  value: Value;
  /** Absent: the document does not exist. */
  etag: string | undefined;
  /** What is stored, to see whether anything changed. */
  text: string;
  by: readonly string[];
  /** Whether it was read just now. */
  isFresh: boolean;
}

interface Change<Value> {
  readonly work: (value: Value) => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (fault: unknown) => void;
}

/** Some ten seconds of trying: long enough for a burst, short enough for whoever waits for the answer. */
const MOST_TRIES = 25;
const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 800;

/** Documents whose last state is remembered: a change of one of them needs no read first. */
const MOST_REMEMBERED = 64;

/** Writes that a document remembers by name. */
const MOST_NAMED = 8;

const MOST_AT_ONCE = 32;

/** Opens the documents of a kind. Names go into keys as they are. */
export function openDocuments<Value>(
  blobs: BlobStore,
  kind: DocumentKind<Value>,
  { random = Math.random, sleep = wait }: DocumentsOptions = {},
): Documents<Value> {
  const remembered = new Map<string, Loaded<Value>>();
  const queues = new Map<string, Change<Value>[]>();
  const keyOf = (name: string): string => `${kind.folder}/${name}`;

  const load = async (name: string): Promise<Loaded<Value>> => {
    const found = await blobs.get(keyOf(name));
    if (found === undefined) return { value: kind.empty(), etag: undefined, text: '', by: [], isFresh: true };
    const { by, value } = parseEnvelope(found.text, keyOf(name));
    return { value: kind.parse(value), etag: found.etag, text: JSON.stringify(value), by, isFresh: true };
  };

  const write = async (name: string, loaded: Loaded<Value>, by: readonly string[]): Promise<boolean> => {
    const value = kind.print(loaded.value);
    const text = JSON.stringify(value);
    if (text === loaded.text || (loaded.etag === undefined && text === JSON.stringify(kind.print(kind.empty()))))
      return true;
    const condition = loaded.etag === undefined ? ({ onlyIfNew: true } as const) : { onlyIfMatch: loaded.etag };
    const etag = await blobs.set(keyOf(name), JSON.stringify({ by, value } satisfies Envelope), condition);
    if (etag === undefined) return false;
    remembered.delete(name);
    remembered.set(name, { value: loaded.value, etag, text, by, isFresh: false });
    for (const oldest of remembered.keys()) {
      if (remembered.size <= MOST_REMEMBERED) break;
      remembered.delete(oldest);
    }
    return true;
  };

  /** Carries out what is asked for by then, as one write. */
  const carryOut = async (name: string, changes: readonly Change<Value>[]): Promise<void> => {
    const tried = new Set<string>();
    let results: (() => void)[] = [];
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      if (tries > 1) await sleep(pauseOf(tries, random()));
      const known = tries === 0 ? remembered.get(name) : undefined;
      remembered.delete(name);
      const loaded = known ?? (await load(name));
      // The write before was made after all, and its answer was lost.
      if (loaded.by.some((each) => tried.has(each))) return settle(results);
      results = changes.map((change) => apply(change, loaded.value));
      const by = randomUUID().slice(0, 8);
      tried.add(by);
      const before = loaded.text;
      const isUnchanged = JSON.stringify(kind.print(loaded.value)) === before;
      // What was remembered may be out of date: that nothing is to be done must be known, not believed.
      if (isUnchanged && !loaded.isFresh) continue;
      if (await write(name, loaded, [by, ...loaded.by].slice(0, MOST_NAMED))) return settle(results);
    }
    throw contended(keyOf(name));
  };

  const work = async (name: string, queue: Change<Value>[]): Promise<void> => {
    while (queue.length > 0) {
      const changes = queue.splice(0);
      await carryOut(name, changes).catch((fault: unknown) => {
        for (const { reject } of changes) reject(fault);
      });
    }
    queues.delete(name);
  };

  return {
    read: async (name) => (await load(name)).value,
    readEach: (names) => atOnce(names, async (name) => (await load(name)).value),
    change: (name, change) =>
      new Promise((resolve, reject) => {
        const queue = queues.get(name) ?? [];
        queue.push({ work: change, resolve, reject });
        if (queues.has(name)) return;
        queues.set(name, queue);
        void work(name, queue);
      }),
    names: async (prefix = '') => {
      const start = `${kind.folder}/`;
      return (await blobs.list(start + prefix)).map((key) => key.slice(start.length));
    },
  };
}

function apply<Value>({ work, resolve, reject }: Change<Value>, value: Value): () => void {
  try {
    const result = work(value);
    return () => resolve(result as never);
  } catch (fault) {
    return () => reject(fault);
  }
}

function settle(results: readonly (() => void)[]): void {
  for (const result of results) result();
}

function pauseOf(tries: number, random: number): number {
  return Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** tries) * (0.5 + random / 2);
}

/** Does something for each, a bounded number at a time; gives the results in their order. */
export async function atOnce<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  most = MOST_AT_ONCE,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}

function parseEnvelope(text: string, key: string): Envelope {
  try {
    const { by, value }: Partial<Envelope> = JSON.parse(text);
    if (Array.isArray(by) && value !== undefined) return { by, value };
  } catch {
    // Told below.
  }
  throw new PosternError('store-damaged', `The blob ${key} is not one of Postern's.`, {
    hint: 'Look at it in the Blobs page of the site, and restore it from an export.',
    facts: { key },
  });
}

function contended(key: string): PosternError {
  return new PosternError('store-contended', `Others changed ${key} at the same time, again and again.`, {
    hint: 'Try again; whoever sent this tries again by itself.',
    facts: { key },
  });
}
