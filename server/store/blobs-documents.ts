import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { PosternError } from '../errors.ts';
import type { BlobStore } from './blobs-client.ts';

/** One kind of document: where it lies, and how its value is written. */
export interface DocumentKind<Value> {
  /** The first part of each key. */
  readonly folder: string;
  empty(): Value;
  /** Throws for what `print` would not have written. */
  parse(json: unknown): Value;
  /** Something to be written as JSON. */
  print(value: Value): unknown;
}

/** JSON documents of one kind, each changed as a whole and by one writer at a time, whatever the number of processes. */
export interface Documents<Value> {
  /** As of now; the empty value where there is none. The caller's own. */
  read(name: string): Promise<Value>;
  readEach(names: readonly string[]): Promise<Value[]>;
  /** As `read`, for who changes the document next: the change reads only if another writer was first. */
  readToChange(name: string): Promise<Value>;
  /**
   * Changes a document: `work` changes the value it is given, at once, and its result (or what it promises) is the result. It
   * runs again with a newer value when another writer was first, so it must depend on nothing but the value; it throws, if
   * at all, before it changes anything. Changes that come while a write is under way are written together. A change that
   * changes nothing writes nothing.
   *
   * @throws PosternError `store-contended` when others were first too often.
   */
  change<Result>(name: string, work: (value: Value) => Result): Promise<Awaited<Result>>;
}

export interface DocumentsOptions {
  /** From 0 up to 1, for the pauses between tries. */
  readonly random?: () => number;
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** As it lies in the store. `by` names the last writes, newest first, so that one whose answer was lost is known for our own. */
interface Envelope {
  readonly by: readonly string[];
  readonly value: unknown;
}

interface Loaded<Value> {
  /** Called once: a change works on what it gets. */
  readonly take: () => Value;
  /** Absent: the document does not exist. */
  readonly etag: string | undefined;
  /** What is stored, to see whether anything changed. */
  readonly text: string;
  readonly by: readonly string[];
  /** Whether it was read just now. */
  readonly isFresh: boolean;
}

interface Change<Value> {
  readonly work: (value: Value) => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (fault: unknown) => void;
}

/** What the functions below share. */
interface Shelf<Value> extends Required<DocumentsOptions> {
  readonly blobs: BlobStore;
  readonly kind: DocumentKind<Value>;
  /** The state after our last write, by name. */
  readonly remembered: Map<string, Loaded<Value>>;
}

/** Some ten seconds of trying: long enough for a burst, short enough for whoever waits for the answer. */
const MOST_TRIES = 25;
const SHORTEST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 800;

/** Documents whose last state is remembered: a change of one of them needs no read first. */
const MOST_REMEMBERED = 64;

/** Writes that a document remembers by name: the client tries again for half a minute, and others write meanwhile. */
const MOST_NAMED = 24;

const MOST_AT_ONCE = 32;

/** Opens the documents of a kind. Names go into keys as they are. */
export function openDocuments<Value>(
  blobs: BlobStore,
  kind: DocumentKind<Value>,
  { random = Math.random, sleep = wait }: DocumentsOptions = {},
): Documents<Value> {
  const shelf: Shelf<Value> = { blobs, kind, random, sleep, remembered: new Map() };
  const queues = new Map<string, Change<Value>[]>();
  const workOff = async (name: string, queue: Change<Value>[]): Promise<void> => {
    while (queue.length > 0) await carryOut(shelf, name, queue.splice(0));
    queues.delete(name);
  };

  return {
    read: async (name) => (await load(shelf, name)).take(),
    readEach: (names) => atOnce(names, async (name) => (await load(shelf, name)).take()),
    readToChange: async (name) => {
      const loaded = await load(shelf, name);
      // What was read is the caller's; the change, if it comes, gets one of its own.
      remember(shelf, name, { ...loaded, take: () => kind.parse(JSON.parse(loaded.text)) });
      return loaded.take();
    },
    change: (name, work) =>
      new Promise((resolve, reject) => {
        const waiting = queues.get(name);
        const queue = waiting ?? [];
        queue.push({ work, resolve, reject });
        if (waiting) return;
        queues.set(name, queue);
        void workOff(name, queue);
      }),
  };
}

/** Carries out changes as one write. Never throws: each change is told. */
async function carryOut<Value>(shelf: Shelf<Value>, name: string, changes: readonly Change<Value>[]): Promise<void> {
  try {
    for (const tell of await written(shelf, name, changes)) tell();
  } catch (fault) {
    for (const { reject } of changes) reject(fault);
  }
}

/** Writes until it succeeds; gives what tells the results. */
async function written<Value>(
  shelf: Shelf<Value>,
  name: string,
  changes: readonly Change<Value>[],
): Promise<(() => void)[]> {
  let last: { readonly by: string; readonly results: (() => void)[] } | undefined;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (tries > 1) await shelf.sleep(pauseOf(tries, shelf.random()));
    const loaded = (tries === 0 ? shelf.remembered.get(name) : undefined) ?? (await load(shelf, name));
    shelf.remembered.delete(name);
    // The write before was made after all: its answer was lost, and the client's second try met the first.
    if (last && loaded.by.includes(last.by)) return last.results;
    const changed = loaded.take();
    const results = changes.map((change) => apply(change, changed));
    const text = JSON.stringify(shelf.kind.print(changed));
    // What was remembered may be out of date: that nothing is to be done must be known, not believed.
    if (text === loaded.text) {
      if (loaded.isFresh) return results;
      continue;
    }
    last = { by: randomUUID().slice(0, 8), results };
    const by = [last.by, ...loaded.by].slice(0, MOST_NAMED);
    const etag = await write(shelf, keyOf(shelf, name), `{"by":${JSON.stringify(by)},"value":${text}}`, loaded.etag);
    if (etag === undefined) continue;
    remember(shelf, name, { take: () => changed, etag, text, by });
    return results;
  }
  throw contended(keyOf(shelf, name));
}

async function load<Value>(shelf: Shelf<Value>, name: string): Promise<Loaded<Value>> {
  const { blobs, kind } = shelf;
  const found = await blobs.get(keyOf(shelf, name));
  if (found === undefined) {
    const value = kind.empty();
    return { take: () => value, etag: undefined, text: JSON.stringify(kind.print(value)), by: [], isFresh: true };
  }
  try {
    const { by, value } = parseEnvelope(found.text);
    const parsed = kind.parse(value);
    return { take: () => parsed, etag: found.etag, text: JSON.stringify(value), by, isFresh: true };
  } catch {
    throw damaged(keyOf(shelf, name));
  }
}

/** Gives the new etag, or undefined when another writer was first. */
async function write<Value>(
  { blobs }: Shelf<Value>,
  key: string,
  text: string,
  former: string | undefined,
): Promise<string | undefined> {
  const condition = former === undefined ? ({ onlyIfNew: true } as const) : { onlyIfMatch: former };
  try {
    return await blobs.set(key, text, condition);
  } catch (fault) {
    // Where it was made all the same, the next look finds it; where another writer was first, it cannot be made any more.
    const found = await blobs.get(key).catch(() => undefined);
    if (found === undefined || found.etag === former) throw fault;
    return undefined;
  }
}

function remember<Value>({ remembered }: Shelf<Value>, name: string, state: Omit<Loaded<Value>, 'isFresh'>): void {
  remembered.set(name, { ...state, isFresh: false });
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
}

function apply<Value>({ work, resolve, reject }: Change<Value>, value: Value): () => void {
  try {
    const result = work(value);
    return () => resolve(result as never);
  } catch (fault) {
    return () => reject(fault);
  }
}

function keyOf<Value>({ kind }: Shelf<Value>, name: string): string {
  return `${kind.folder}/${name}`;
}

export function pauseOf(tries: number, random: number): number {
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

function parseEnvelope(text: string): Envelope {
  const { by, value }: Partial<Envelope> = JSON.parse(text);
  if (!Array.isArray(by) || value === undefined) throw new TypeError('no envelope');
  return { by, value };
}

/** The fault of a blob that holds what was never written there. */
export function damaged(key: string): PosternError {
  return new PosternError('store-damaged', `The blob ${key} is not one of Postern's.`, {
    hint: 'Look at it in the Blobs page of the site, and restore it from an export.',
    facts: { key },
  });
}

/** The fault of a key that others changed each time. */
export function contended(key: string): PosternError {
  return new PosternError('store-contended', `Others changed ${key} at the same time, again and again.`, {
    hint: 'Try again; whoever sent this tries again by itself.',
    facts: { key },
  });
}
