import { type Author, INTERACTION_KINDS, type Interaction, isSaid } from '../../federation/interaction.ts';
import type { SaidDocuments } from './blobs-interaction-writes.ts';
import type { PlaceReference } from './blobs-people.ts';
import { bucketOf, readBuckets } from './blobs-references.ts';
import { mainOf, sideOf, sidesOf, type Thread } from './blobs-threads.ts';
import { placeName } from './blobs-working-set.ts';
import type { InteractionStore } from './interaction-store.ts';
import { type InteractionEntry, looks, type MemoryInteractions } from './memory-interactions.ts';
import { placeOf, timeOf } from './stored-order.ts';

type Looks = Omit<
  InteractionStore,
  'put' | 'setState' | 'putAuthor' | 'remove' | 'forgetActor' | 'forgetTarget' | 'prune'
>;

/** What is read of interactions: the documents that may have it are read, and looked at as memory is. */
export function blobsInteractionLooks(documents: SaidDocuments): Looks {
  return { ...ofTargets(documents), ...ofActors(documents), ...ofAll(documents) };
}

/** The documents of a target, seventeen at most. */
async function threadsAt({ threads }: SaidDocuments, target: string): Promise<Thread[]> {
  const main = await threads.read(mainOf(target));
  return [main, ...(await threads.readEach(sidesOf(target, main)))];
}

function inMemory(threads: readonly Thread[]): MemoryInteractions {
  const entries = threads.flatMap((thread) => [...thread.entries]).sort(([, a], [, b]) => a.seq - b.seq);
  return { entries: new Map(entries), authors: new Map(threads.flatMap(({ authors }) => [...authors])) };
}

function ofTargets(documents: SaidDocuments): Pick<InteractionStore, 'page' | 'thread' | 'counts' | 'version'> {
  const at = async (target: string) => looks(inMemory(await threadsAt(documents, target)));
  return {
    page: async (options) => (await at(options.target)).page(options),
    thread: async (target) => (await at(target)).thread(target),
    counts: async (target) => (await at(target)).counts(target),
    version: async (target) => (await threadsAt(documents, target)).reduce((sum, { version }) => sum + version, 0),
  };
}

function ofActors({
  threads,
  people,
}: SaidDocuments): Pick<InteractionStore, 'find' | 'author' | 'authors' | 'wasShown' | 'countSince'> {
  const referencesOf = async (actor: string): Promise<readonly PlaceReference[]> =>
    (await people.read(bucketOf(actor))).get(actor)?.references ?? [];
  return {
    find: async (actor, id) => {
      const named = (await referencesOf(actor)).filter((each) => each.id === id || each.activity === id);
      const read = inMemory(await threads.readEach([...new Set(named.map(({ home }) => home))]));
      const theirs = [...read.entries.values()].map(({ interaction }) => interaction);
      const isNamed = (name: 'id' | 'activity') => (each: Interaction) => each.actor === actor && each[name] === id;
      return theirs.find(isNamed('id')) ?? theirs.find(isNamed('activity'));
    },
    author: async (actor) => (await people.read(bucketOf(actor))).get(actor)?.author,
    authors: async function* () {
      for (const each of await readBuckets(people)) for (const { author } of each.values()) yield author;
    },
    wasShown: async (actor) => {
      const said = (await referencesOf(actor)).filter(isSaid).reverse();
      for (const home of new Set(said.map((each) => each.home))) {
        const { entries } = await threads.read(home);
        const isShown = ({ interaction }: InteractionEntry): boolean =>
          interaction.actor === actor && interaction.state === 'shown' && isSaid(interaction);
        if ([...entries.values()].some(isShown)) return true;
      }
      return false;
    },
    countSince: async (actor, since) => {
      const recent = (await referencesOf(actor)).filter(({ at }) => timeOf(at) >= timeOf(since));
      return new Set(recent.map(({ id }) => id)).size;
    },
  };
}

/** Documents that are read at once for a page of the owner's list, or to find out where something is shown. */
const AT_ONCE = 32;

function ofAll(documents: SaidDocuments): Pick<InteractionStore, 'get' | 'list' | 'targets'> {
  const { threads, places } = documents;
  const find = async (id: string): Promise<{ isPlaced: boolean; found: Interaction | undefined }> => {
    const homes = [...((await places.read(bucketOf(id))).get(placeName(id))?.keys() ?? [])];
    // Where a mention was first: what the owner decided about it may be there alone while it moves.
    const sorted = homes.sort((a, b) => Number(sideOf(a) === undefined) - Number(sideOf(b) === undefined));
    const [entry] = (await threads.readEach(sorted)).flatMap(({ entries }) => entries.get(id) ?? []);
    return { isPlaced: homes.length > 0, found: entry?.interaction };
  };
  return {
    get: async (id) => {
      const { isPlaced, found } = await find(id);
      // It may have moved in between.
      return isPlaced && found === undefined ? (await find(id)).found : found;
    },
    list: async (options) => {
      if (options.target !== undefined)
        return looks(inMemory(await threadsAt(documents, options.target))).list(options);
      return listed(documents, options);
    },
    targets: async function* () {
      const given = new Set<string>();
      const homes = (await allReferences(documents)).map(({ home }) => home);
      for (const some of inParts([...new Set(homes)])) {
        for (const { target, entries } of await threads.readEach(some)) {
          const isShown = [...entries.values()].some(({ interaction }) => interaction.state === 'shown');
          if (!isShown || given.has(target)) continue;
          given.add(target);
          yield target;
        }
      }
    },
  };
}

/** Newest first, as many documents are read as it takes to fill the page. */
async function listed(documents: SaidDocuments, options: Parameters<InteractionStore['list']>[0]) {
  const { kinds = INTERACTION_KINDS, before, limit } = options;
  const bound = before === undefined ? Number.POSITIVE_INFINITY : (placeOf(before) ?? 0);
  const wanted = (await allReferences(documents))
    .filter(({ kind, seq }) => seq < bound && kinds.includes(kind))
    .sort((a, b) => b.seq - a.seq);
  const read = new Map<string, Thread>();
  const met = new Set<string>();
  let page: Awaited<ReturnType<InteractionStore['list']>> = { items: [], authors: [] };
  for (const some of inParts(wanted)) {
    const homes = [...new Set(some.map(({ home }) => home))].filter((home) => !read.has(home));
    for (const [index, thread] of (await documents.threads.readEach(homes)).entries())
      read.set(homes[index] ?? '', thread);
    for (const { id } of some) met.add(id);
    const { entries, authors } = inMemory([...read.values()]);
    // What is older than what was gone through so far may be in the same documents: it has its turn.
    const gone = new Map<string, InteractionEntry>([...entries].filter(([id]) => met.has(id)));
    page = await looks({ entries: gone, authors: new Map<string, Author>(authors) }).list(options);
    if (page.items.length >= limit && page.cursor !== undefined) break;
  }
  return page;
}

async function allReferences({ people }: SaidDocuments): Promise<PlaceReference[]> {
  const all = await readBuckets(people);
  return all.flatMap((each) => [...each.values()].flatMap(({ references }) => references));
}

function inParts<Item>(items: readonly Item[]): Item[][] {
  return Array.from({ length: Math.ceil(items.length / AT_ONCE) }, (_, part) =>
    items.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
  );
}
