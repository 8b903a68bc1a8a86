import { isDeed } from '../../federation/deeds.ts';
import type { Ledger, LedgerObject } from '../../federation/ledger.ts';
import { bucketOf, digestTold } from '../../federation/manifest-parts.ts';
import { sha256Hex } from '../crypto.ts';
import { PosternError } from '../errors.ts';
import type { BlobStore, WriteCondition } from './blobs-client.ts';
import { atOnce } from './blobs-documents.ts';
import {
  type IndexedBucket,
  type LedgerIndex,
  type LedgerPart,
  type LedgerParts,
  ledgerParts,
  ReplacedError,
} from './blobs-ledger-parts.ts';
import { changedHead, objectAt } from './ledger-rules.ts';
import type { LedgerStore } from './store.ts';

/** The one blob of the ledger that changes. */
interface Head {
  readonly version: number;
  readonly ledger: Omit<Ledger, 'objects' | 'elsewhere'>;
  /** Name of the index. */
  readonly index: string;
  /** Names of the indexes before, newest first: whose answer was lost finds its own swap here. */
  readonly former: readonly string[];
}

/** The ledger of one moment. */
interface Tree extends Head {
  readonly etag: string;
  readonly tree: LedgerIndex;
}

/** What is written over a tree, or over nothing. */
interface Next {
  readonly head: Omit<Head, 'index' | 'former'>;
  readonly objects: readonly LedgerObject[];
  readonly before?: Tree;
}

const DEPS = { sha256: sha256Hex };
const HEAD_KEY = 'ledger/head';
const EMPTY: LedgerIndex = { nextSeq: 1, buckets: {}, sending: [] };

/** A publish replaces the ledger a few times a minute at most. */
const MOST_LOOKS = 10;

const MOST_FORMER = 8;

/**
 * The ledger in Blobs, as git keeps a tree: the head names an index, which names the parts, one for each bucket that has
 * objects. Parts and indexes never change, so a swap writes new ones and then the head, if it is still the one that was
 * read; and whoever reads sees the ledger of one moment. What an interrupted swap wrote lies there unread until it is
 * collected.
 */
export function blobsLedger(
  blobs: BlobStore,
  clock: () => number = Date.now,
): LedgerStore & { sending(): Promise<ReadonlySet<string>> } {
  const parts = ledgerParts(blobs, clock);
  const deps = { blobs, parts };
  const all = (tree: Tree): Promise<LedgerObject[]> => objectsOf(parts, tree, Object.keys(tree.tree.buckets));
  return {
    read: () =>
      look(deps, async (tree) => {
        const objects = new Map((await all(tree)).map((object) => [object.id, object]));
        return { ledger: { ...tree.ledger, objects }, version: tree.version };
      }),
    outline: () => look(deps, async ({ ledger, version, tree }) => ({ ledger, version, ...outlineOf(tree) })),
    part: (of) => {
      const [buckets, ids] = [new Set(of.buckets), new Set(of.ids)];
      const names = new Set([...buckets, ...[...ids].map((id) => bucketOf(DEPS, id))]);
      const isWanted = ({ id }: LedgerObject): boolean => ids.has(id) || buckets.has(bucketOf(DEPS, id));
      return look(deps, async (tree) => ({
        objects: (await objectsOf(parts, tree, [...names])).filter(isWanted),
        version: tree.version,
      }));
    },
    object: (id) =>
      look(deps, async (tree) => (await objectsOf(parts, tree, [bucketOf(DEPS, id)])).find((each) => each.id === id)),
    objectAt: (url) => look(deps, async (tree) => objectAt(await all(tree), url)),
    head: async () => {
      const found = await readHead(blobs);
      return found && { actor: found.ledger.actor, version: found.version };
    },
    sending: async () => {
      const marks = await look(deps, async ({ ledger, tree }) => [
        ...(ledger.actor.sending === undefined ? [] : [ledger.actor.sending]),
        ...tree.sending.map(([, activity]) => activity),
      ]);
      return new Set(marks);
    },
    ...writing(deps),
    collect: (before) => collect(deps, before),
  };
}

interface LedgerDeps {
  readonly blobs: BlobStore;
  readonly parts: LedgerParts;
}

function writing(deps: LedgerDeps): Pick<LedgerStore, 'begin' | 'compareAndSwap'> {
  return {
    begin: async ({ objects, elsewhere: _, ...ledger }) => {
      if (await readHead(deps.blobs)) return false;
      return swap(deps, { head: { version: 1, ledger }, objects: [...objects.values()] });
    },
    compareAndSwap: async (version, change) => {
      const before = await look(deps, async (tree) => tree);
      if (before?.version !== version) return undefined;
      const head = { version: version + 1, ledger: changedHead(before.ledger, change) };
      return (await swap(deps, { head, objects: change.objects ?? [], before })) ? head.version : undefined;
    },
  };
}

/** Looks at the ledger of one moment; again when that one was replaced before it was read to its end. */
async function look<Result>(
  { blobs, parts }: LedgerDeps,
  work: (tree: Tree) => Promise<Result>,
): Promise<Result | undefined> {
  for (let looks = 1; ; looks += 1) {
    const head = await readHead(blobs);
    if (head === undefined) return undefined;
    try {
      return await work({ ...head, tree: await parts.index(head.index) });
    } catch (fault) {
      if (!(fault instanceof ReplacedError)) throw fault;
      if (looks === MOST_LOOKS) throw damaged(fault.message);
    }
  }
}

async function readHead(blobs: BlobStore): Promise<(Head & { readonly etag: string }) | undefined> {
  const found = await blobs.get(HEAD_KEY);
  if (found === undefined) return undefined;
  const head: Head = JSON.parse(found.text);
  return { ...head, etag: found.etag };
}

/** In the order in which they were first told. */
async function objectsOf(parts: LedgerParts, { tree }: Tree, buckets: readonly string[]): Promise<LedgerObject[]> {
  const indexed = buckets.flatMap((name) => (Object.hasOwn(tree.buckets, name) ? (tree.buckets[name] ?? []) : []));
  const read = await atOnce(indexed, ({ part }) => parts.part(part));
  return read
    .flat()
    .toSorted(([a], [b]) => a - b)
    .map(([, object]) => object);
}

function outlineOf({ buckets, sending }: LedgerIndex) {
  const told = Object.entries(buckets).flatMap(([name, bucket]): [string, string][] =>
    bucket.told === undefined ? [] : [[name, bucket.told]],
  );
  return {
    live: Object.values(buckets).reduce((sum, { live }) => sum + live, 0),
    buckets: new Map(told),
    sending: sending.map(([id]) => id),
  };
}

/**
 * Drops what is old and not in the ledger of now. A later ledger takes over what it does not write itself, and what it
 * writes is younger than `before`.
 */
async function collect(deps: LedgerDeps, before: number): Promise<number> {
  const old = await deps.parts.writtenBefore(before);
  if (old.length === 0) return 0;
  const named = await look(
    deps,
    async ({ index, tree }) => new Set([index, ...Object.values(tree.buckets).map(({ part }) => part)]),
  );
  // Without a ledger nothing tells what is needed: whatever is there waits for the baseline.
  return named === undefined ? 0 : deps.parts.drop(old.filter((name) => !named.has(name)));
}

/** False, and nothing changed, when another swap was first. */
async function swap({ blobs, parts }: LedgerDeps, { head, objects, before }: Next): Promise<boolean> {
  const { tree, written, replaced } = await grow(parts, before?.tree ?? EMPTY, objects);
  const index = await parts.write(tree);
  const former = before === undefined ? [] : [before.index, ...before.former].slice(0, MOST_FORMER);
  const text = JSON.stringify({ ...head, index, former } satisfies Head);
  const condition: WriteCondition = before === undefined ? { onlyIfNew: true } : { onlyIfMatch: before.etag };
  const isSwapped = (await blobs.set(HEAD_KEY, text, condition)) !== undefined || (await wasSwapped(blobs, index));
  // The swap is made, or is not, whatever becomes of these; `collect` takes what stays.
  await parts.drop(isSwapped ? [...replaced, ...(before ? [before.index] : [])] : [...written, index]);
  return isSwapped;
}

/** Where an answer was lost, the second try finds the condition broken by the first. */
async function wasSwapped(blobs: BlobStore, index: string): Promise<boolean> {
  const head = await readHead(blobs);
  return head !== undefined && [head.index, ...head.former].includes(index);
}

/** Writes the parts that `objects` change; gives the index of a ledger with them, and which parts it has no more. */
async function grow(parts: LedgerParts, index: LedgerIndex, objects: readonly LedgerObject[]) {
  const changed = new Map(objects.map((object) => [object.id, object]));
  const grown = await atOnce([...placesOf(changed.values(), index.nextSeq)], async ([bucket, places]) => {
    const known = index.buckets[bucket];
    const before = known === undefined ? [] : await parts.part(known.part);
    const told = new Set(before.map(([, { id }]) => id));
    const part = [
      ...before.map(([seq, object]) => [seq, changed.get(object.id) ?? object] as const),
      ...places.filter(([, { id }]) => !told.has(id)),
    ];
    return { bucket, replaced: known?.part, indexed: indexedOf(await parts.write(part), part) };
  });
  const tree: LedgerIndex = {
    nextSeq: index.nextSeq + changed.size,
    buckets: { ...index.buckets, ...Object.fromEntries(grown.map(({ bucket, indexed }) => [bucket, indexed])) },
    sending: [
      ...index.sending.filter(([id]) => !changed.has(id)),
      ...[...changed.values()].flatMap(({ id, sending }) => (sending === undefined ? [] : [[id, sending] as const])),
    ],
  };
  const replaced = grown.flatMap((each) => each.replaced ?? []);
  return { tree, written: grown.map(({ indexed }) => indexed.part), replaced };
}

/** Gives each object the place that it has if it was not told before, by bucket. */
function placesOf(objects: Iterable<LedgerObject>, nextSeq: number): Map<string, [number, LedgerObject][]> {
  const places = new Map<string, [number, LedgerObject][]>();
  let seq = nextSeq;
  for (const object of objects) {
    const bucket = bucketOf(DEPS, object.id);
    const known = places.get(bucket) ?? [];
    places.set(bucket, known);
    known.push([seq++, object]);
  }
  return places;
}

function indexedOf(name: string, part: LedgerPart): IndexedBucket {
  const live = part.flatMap(([, object]) => (object.state === 'deleted' ? [] : [object]));
  const posts = live.filter((object) => !isDeed(object)).length;
  return { part: name, live: posts, ...(live.length === 0 ? {} : { told: digestTold(DEPS, live) }) };
}

function damaged(name: string): PosternError {
  return new PosternError('store-damaged', `A part of the ledger is missing in Netlify Blobs: ledger/parts/${name}.`, {
    hint: 'Restore the ledger from an export (npm run ledger).',
    facts: { name },
  });
}
