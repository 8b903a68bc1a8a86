import type { Interaction } from '../../federation/interaction.ts';
import { isSaid } from '../../federation/interaction.ts';
import { atOnce } from './blobs-documents.ts';
import { blobsInteractionLooks } from './blobs-interaction-looks.ts';
import { openRun, type Run, type SaidDocuments } from './blobs-interaction-writes.ts';
import { dropReference, type PlaceReference } from './blobs-people.ts';
import type { PlacedOptions } from './blobs-placed.ts';
import { bucketOf, changeEach, type References, readBuckets, unrefer } from './blobs-references.ts';
import { homeOf, mainOf, sideOf, sidesOf } from './blobs-threads.ts';
import { answersName, placeName, type Wanted, type WorkingSet } from './blobs-working-set.ts';
import { decideState, gatherAnswers, isMeant, putInteraction } from './interaction-rules.ts';
import type { InteractionStore } from './interaction-store.ts';
import type { InteractionEntry } from './memory-interactions.ts';
import { timeOf } from './stored-order.ts';

/**
 * What others said, in Blobs. The truth is in `threads`; `people` and `places` say where to look, and a reference to what is
 * not there counts for nothing. A change that touches several documents is no single step, as it is in SQLite:
 *
 * - What hides or moves several things may be seen half done for a moment. It is done when the promise resolves, and one that
 *   was cut short is completed when it is asked for again, which the owner, or the peer that got no answer, does.
 * - One id that comes at the same moment as two things, in two threads or of two actors of its host, may be kept as both.
 *   Only who makes the ids can do that, to what they say themselves.
 * - What is taken back or forgotten while it is being put leaves what answers it as it finds that: a mention may stay one.
 * - A document takes no more than `MAX_SAID`: at a post where strangers said that much, a reply that is new or grows is
 *   `ignored`, and a mention that answers one stays a mention, until something is removed or forgotten.
 * - Who was cut short may leave an author of whom nothing is kept, until they are forgotten or heard from again.
 * - Names and faces beside a thread are as fresh as `people`, but the time they were read at may be an earlier one.
 */
export function blobsInteractions(documents: SaidDocuments, options: PlacedOptions): InteractionStore {
  const run = openRun(documents, options);
  return {
    ...puts(documents, run),
    ...drops(documents, run),
    ...blobsInteractionLooks(documents),
  };
}

function puts(documents: SaidDocuments, run: Run): Pick<InteractionStore, 'put' | 'putAuthor' | 'setState'> {
  return {
    put: async (given, author) => {
      const interaction = structuredClone(given);
      const put = (set: WorkingSet) => {
        const result = putInteraction(set, interaction);
        if (set.refused.has(given.id)) return 'ignored';
        if (result !== 'ignored') set.putAuthor(structuredClone(author));
        // What was cut short is completed, even if the owner removed the parent meanwhile.
        if (result !== 'added' && set.get(given.id)?.interaction.actor === given.actor) gatherAnswers(set, given.id);
        return result;
      };
      const result = await meeting(documents, run, put, wantedFor(given));
      if (result !== 'ignored') await meetParent(documents, run, given);
      return result;
    },
    putAuthor: (author) => {
      const work = (set: WorkingSet) => {
        const isKept = set.person(author.actor) !== undefined;
        if (isKept) set.putAuthor(structuredClone(author));
        return isKept;
      };
      return run(work, { wanted: { people: [bucketOf(author.actor)] } });
    },
    setState: (id, state, reason) =>
      run((set) => decideState(set, id, state, reason), {
        wanted: { places: [bucketOf(id)] },
        // What answers it first: while it is as it was, the same word goes for all that is left.
        isFirstLast: true,
        merge: (before, last) => [...new Set([...before, last].flat())],
      }),
  };
}

function wantedFor(given: Interaction) {
  const { id, actor, inReplyTo, target } = given;
  const parent = inReplyTo === undefined || inReplyTo === target ? [] : [bucketOf(inReplyTo)];
  return { places: [bucketOf(id), ...parent], people: [bucketOf(actor)], threads: [homeOf(given)] };
}

/**
 * What was said and what answers it may come at the same moment, and each finds the other not there yet. Whichever is written
 * second finds the first when it looks again: so the answer moves into its thread.
 */
async function meeting<Result>(
  documents: SaidDocuments,
  run: Run,
  work: (set: WorkingSet) => Result,
  wanted: Wanted,
): Promise<Result> {
  /** By id, the answers that need not move: an answer that was announced, and not there yet, is none of them. */
  const known = new Map<string, ReadonlySet<string>>();
  const watched = (set: WorkingSet): Result => {
    const result = work(set);
    for (const [id, entry] of set.changed)
      if (entry && isSaid(entry.interaction) && entry.interaction.kind !== 'mention') known.set(id, set.settled(id));
    return result;
  };
  const result = await run(watched, { wanted });
  for (const [id, settled] of known) {
    const answers = await referencesOf(documents, id, answersName(id));
    if (answers.some((each) => !settled.has(each))) await gather(documents, run, id);
  }
  return result;
}

async function meetParent(documents: SaidDocuments, run: Run, { kind, inReplyTo }: Interaction): Promise<void> {
  if (kind !== 'mention' || inReplyTo === undefined) return;
  const homes = await referencesOf(documents, inReplyTo, placeName(inReplyTo));
  if (homes.some((home) => sideOf(home) === undefined)) await gather(documents, run, inReplyTo);
}

function gather(documents: SaidDocuments, run: Run, id: string): Promise<void> {
  return meeting(documents, run, (set) => gatherAnswers(set, id), { places: [bucketOf(id)] });
}

async function referencesOf({ places }: SaidDocuments, id: string, name: string): Promise<string[]> {
  return [...((await places.read(bucketOf(id))).get(name)?.keys() ?? [])];
}

function drops(
  documents: SaidDocuments,
  run: Run,
): Pick<InteractionStore, 'remove' | 'forgetActor' | 'forgetTarget' | 'prune'> {
  const { threads, people } = documents;
  /** Gives the ids of what it dropped, and of what moved on at that moment, once. */
  const drop = async (find: (set: WorkingSet) => InteractionEntry[], wanted: Wanted): Promise<string[]> => {
    const work = (set: WorkingSet): InteractionEntry[] => {
      const doomed = find(set);
      for (const { interaction } of doomed) set.drop(interaction.id);
      return doomed;
    };
    const dropped = await run(work, { wanted, merge: (before, last) => [...before, last].flat() });
    for (const each of dropped) if (each.interaction.kind === 'mention') await dropMoved(documents, run, each);
    return dropped.map(({ interaction }) => interaction.id);
  };
  /** Document by document: much may be gone. */
  const dropAt = async (homes: Iterable<string>, matches: Matches, isFenced = false): Promise<number> => {
    const find = (home: string) => (set: WorkingSet) => {
      if (isFenced) set.fenced.add(home);
      return [...set.thread(home).entries.values()].filter(({ interaction }) => matches(interaction));
    };
    const dropped = await atOnce([...new Set(homes)], (home) => drop(find(home), { threads: [home] }));
    return new Set(dropped.flat()).size;
  };

  return {
    remove: async (of) => {
      const find = (set: WorkingSet): InteractionEntry[] => {
        const found = 'id' in of ? [set.get(of.id)] : set.done(of.actor, of.target, of.kind);
        return found.flatMap((each) => (each && isMeant(of, each.interaction) ? each : []));
      };
      return new Set(await drop(find, {})).size;
    },
    forgetActor: async (actor) => {
      const references = (await people.read(bucketOf(actor))).get(actor)?.references ?? [];
      const homes = references.map(({ home }) => home);
      // Who is about to add what was only announced yet is overtaken, and announces it again.
      const count = await dropAt(homes, (each) => each.actor === actor, true);
      await forgetReferences(documents, actor, references);
      return count;
    },
    prune: async (before) => {
      const isOld = ({ at }: { at: string }): boolean => timeOf(at) < timeOf(before);
      const all = (await readBuckets(people)).flatMap((each) => [...each.values()]);
      const old = all.flatMap(({ references }) => references.filter((each) => isSaid(each) && isOld(each)));
      const homes = old.map(({ home }) => home);
      return dropAt(homes, (each) => isSaid(each) && each.state !== 'removed' && isOld(each));
    },
    forgetTarget: async (target) =>
      dropAt([mainOf(target), ...sidesOf(target, await threads.read(mainOf(target)))], () => true),
  };
}

type Matches = (interaction: Interaction) => boolean;

/** A mention that was just moving is announced where it goes: it must not arrive there. */
async function dropMoved(documents: SaidDocuments, run: Run, { interaction, seq }: InteractionEntry): Promise<void> {
  const { id, actor } = interaction;
  const places = (await documents.places.read(bucketOf(id))).get(placeName(id)) ?? new Map<string, number>();
  const homes = [...places].flatMap(([home, mark]) => (mark === seq ? home : []));
  if (homes.length === 0) return;
  await run((set) => {
    for (const home of homes) set.fenced.add(home);
    if (set.get(id)?.seq === seq) set.drop(id);
  });
  await forgetReferences(
    documents,
    actor,
    homes.map((home) => ({ id, home, seq })),
  );
}

async function forgetReferences(
  { people, places }: SaidDocuments,
  actor: string,
  references: readonly Pick<PlaceReference, 'id' | 'home' | 'seq'>[],
): Promise<void> {
  await people.change(bucketOf(actor), (all) => {
    for (const each of references) dropReference(all, actor, each);
  });
  const works = references.map(({ id, home, seq }) => {
    const work = (all: References): void => unrefer(all, placeName(id), home, seq);
    return { name: bucketOf(id), work };
  });
  await changeEach(places, works);
}
