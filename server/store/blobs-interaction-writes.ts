import { setTimeout as wait } from 'node:timers/promises';
import type { BlobStore } from './blobs-client.ts';
import { atOnce, contended, type Documents, openDocuments, pauseOf } from './blobs-documents.ts';
import { openGround } from './blobs-ground.ts';
import { type Changes, changesOf, type Indexing, type ThreadChange } from './blobs-interaction-changes.ts';
import { type People, peopleKind } from './blobs-people.ts';
import type { PlacedOptions } from './blobs-placed.ts';
import { changeEach, inBuckets, type References, referenceKind } from './blobs-references.ts';
import { mainBeside, sideOf, type Thread, threadKind } from './blobs-threads.ts';
import { Missing, Overtaken, type ReadDocuments, type Wanted, WorkingSet } from './blobs-working-set.ts';

/** What the stores of interactions and of pictures look at. */
export interface SaidDocuments {
  readonly threads: Documents<Thread>;
  readonly people: Documents<People>;
  readonly places: Documents<References>;
  readonly pictures: Documents<References>;
}

export function openSaidDocuments(blobs: BlobStore, options: PlacedOptions): SaidDocuments {
  const ground = openGround(blobs, options);
  return {
    threads: openDocuments(blobs, threadKind, options),
    people: inBuckets(openDocuments(blobs, peopleKind, options), ground),
    places: inBuckets(openDocuments(blobs, referenceKind('places'), options), ground),
    pictures: inBuckets(openDocuments(blobs, referenceKind('named-pictures'), options), ground),
  };
}

export interface RunOptions<Result> {
  /** What will be needed, to be read at once. */
  readonly wanted?: Wanted;
  /** The document of what is changed first is written last. */
  readonly isFirstLast?: boolean;
  /** Of what tries gave that wrote something and were overtaken, and the last; else the first of them counts. */
  readonly merge?: (before: readonly Result[], last: Result) => Result;
}

/** Carries out a change of interactions: `work` does it in the working set, again whenever others were first. */
export type Run = <Result>(work: (set: WorkingSet) => Result, options?: RunOptions<Result>) => Promise<Result>;

const MOST_TRIES = 25;

/** In one process one after the other: they would overtake each other. */
export function openRun(documents: SaidDocuments, options: PlacedOptions): Run {
  let turn: Promise<unknown> = Promise.resolve();
  return (work, asked = {}) => {
    const run = turn.then(() => tryToRun(documents, options, work, asked));
    turn = run.catch(() => {});
    return run;
  };
}

async function tryToRun<Result>(
  documents: SaidDocuments,
  { tick, random = Math.random, sleep = wait }: PlacedOptions,
  work: (set: WorkingSet) => Result,
  { wanted = {}, isFirstLast = false, merge = (before, last) => before[0] ?? last }: RunOptions<Result>,
): Promise<Result> {
  const before: Result[] = [];
  const begun = new Set<string>();
  const workAgain = (set: WorkingSet): Result => {
    const result = work(set);
    set.putBack(begun);
    return result;
  };
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    if (tries > 0) await sleep(pauseOf(tries, random()));
    const options = { tick, mayMiss: tries > 1 };
    const worked = await workedOut(documents, workAgain, wanted, options);
    if (worked === undefined) continue;
    const { isDone, isBegun } = await commit(documents, worked.changes, isFirstLast);
    if (isDone) return merge(before, worked.result);
    if (!isBegun) continue;
    before.push(worked.result);
    for (const id of worked.ids) begun.add(id);
  }
  throw contended('threads');
}

/** Undefined: what was read does not fit together, because others write just now. */
async function workedOut<Result>(
  documents: SaidDocuments,
  work: (set: WorkingSet) => Result,
  wanted: Wanted,
  options: { tick: () => number; mayMiss: boolean },
): Promise<{ result: Result; changes: Changes; ids: Iterable<string> } | undefined> {
  const read: ReadDocuments = { threads: new Map(), people: new Map(), places: new Map() };
  await readInto(read, documents, wanted);
  for (;;) {
    try {
      const set = new WorkingSet(read, options);
      const result = work(set);
      return { result, changes: changesOf(set), ids: set.changed.keys() };
    } catch (fault) {
      if (fault instanceof Overtaken) return undefined;
      if (!(fault instanceof Missing)) throw fault;
      await readInto(read, documents, fault.wanted);
    }
  }
}

async function readInto(read: ReadDocuments, documents: SaidDocuments, wanted: Wanted): Promise<void> {
  const each = async <Value>(into: Map<string, Value>, from: Documents<Value>, names: readonly string[] = []) => {
    await atOnce([...new Set(names)], async (name) => into.set(name, await from.readToChange(name)));
  };
  await Promise.all([
    each(read.threads, documents.threads, wanted.threads),
    each(read.people, documents.people, wanted.people),
    each(read.places, documents.places, wanted.places),
  ]);
}

async function commit(documents: SaidDocuments, { early, threads, late }: Changes, isFirstLast: boolean) {
  let isBegun = false;
  try {
    await writeIndexes(documents, early);
    if (threads.length > 1) await expectUnchanged(documents, threads);
    for (const change of isFirstLast ? threads.toReversed() : threads) {
      await writeThread(documents, change);
      isBegun = true;
    }
    await writeIndexes(documents, late);
    return { isDone: true, isBegun };
  } catch (fault) {
    if (fault instanceof Overtaken) return { isDone: false, isBegun };
    throw fault;
  }
}

/** What is taken back where it was, while it is about to be written elsewhere, must not come back. */
async function expectUnchanged({ threads }: SaidDocuments, changes: readonly ThreadChange[]): Promise<void> {
  const now = await threads.readEach(changes.map(({ home }) => home));
  if (changes.some(({ revision }, index) => now[index]?.revision !== revision)) throw new Overtaken();
}

async function writeIndexes(documents: SaidDocuments, { people, places, pictures }: Indexing): Promise<void> {
  await Promise.all([
    changeEach(documents.people, people),
    changeEach(documents.places, places),
    changeEach(documents.pictures, pictures),
  ]);
}

async function writeThread({ threads }: SaidDocuments, { home, revision, next }: ThreadChange): Promise<void> {
  const side = sideOf(home);
  if (side !== undefined && revision === 0) {
    // A side document that the main one does not know of would not be looked at.
    await threads.change(mainBeside(home), (main) => {
      if (!main.sides.includes(side)) main.sides += side;
    });
  }
  await threads.change(home, (thread) => {
    if (thread.revision !== revision) throw new Overtaken();
    Object.assign(thread, next, { revision: revision + 1 });
  });
}
