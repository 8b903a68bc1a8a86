import type { Interaction } from '../../federation/interaction.ts';
import { isSaid } from '../../federation/interaction.ts';
import { atOnce } from './blobs-documents.ts';
import { blobsInteractionLooks } from './blobs-interaction-looks.ts';
import { openRun, type Run, type SaidDocuments } from './blobs-interaction-writes.ts';
import { dropReference } from './blobs-people.ts';
import type { PlacedOptions } from './blobs-placed.ts';
import { bucketOf, readBuckets, unrefer } from './blobs-references.ts';
import { homeOf, mainOf, sideOf, sidesOf } from './blobs-threads.ts';
import { answersName, placeName, type WorkingSet } from './blobs-working-set.ts';
import { decideState, isMeant, putInteraction, timeOf } from './interaction-rules.ts';
import type { InteractionStore } from './interaction-store.ts';

/**
 * What others said, in Blobs. The truth is in `threads`; `people` and `places` say where to look, and a reference to what is
 * not there counts for nothing. A change that touches several documents is no single step, as it is in SQLite:
 *
 * - What hides or moves several things may be seen half done for a moment. It is done when the promise resolves, and one that
 *   was cut short is completed when it is asked for again, which the owner, or the peer that got no answer, does.
 * - One id that comes at the same moment as two things, in two threads or of two actors of its host, may be kept as both.
 *   Only who makes the ids can do that, to what they say themselves.
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
      let known: ReadonlySet<string> = new Set();
      const interaction = structuredClone(given);
      const work = (set: WorkingSet) => {
        const result = putInteraction(set, interaction);
        known = new Set(set.references(given.id).get(answersName(given.id))?.keys());
        if (result !== 'ignored') set.putAuthor(structuredClone(author));
        return result;
      };
      const result = await run(work, { wanted: wantedFor(given) });
      if (result !== 'ignored' && isSaid(given)) await meet(documents, run, given, known);
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
 * What was said and what answers it may have come at the same moment, and each found the other not there yet. Whichever was
 * written second finds the first now, and puts the parent again, as it is: so the answer moves into its thread.
 */
async function meet({ places }: SaidDocuments, run: Run, given: Interaction, known: ReadonlySet<string>) {
  const { id, kind, inReplyTo } = given;
  const referencesOf = async (to: string, name: string) => [
    ...((await places.read(bucketOf(to))).get(name)?.keys() ?? []),
  ];
  const putAgain = (to: string) =>
    run((set) => {
      const kept = set.get(to);
      if (kept) putInteraction(set, kept.interaction);
    });
  const answers = await referencesOf(id, answersName(id));
  if (answers.some((each) => !known.has(each))) await putAgain(id);
  if (kind !== 'mention' || inReplyTo === undefined) return;
  const parents = await referencesOf(inReplyTo, placeName(inReplyTo));
  if (parents.some((home) => sideOf(home) === undefined)) await putAgain(inReplyTo);
}

function drops(
  documents: SaidDocuments,
  run: Run,
): Pick<InteractionStore, 'remove' | 'forgetActor' | 'forgetTarget' | 'prune'> {
  const { threads, people, places } = documents;
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, each) => all + each, 0);
  /** Document by document: much may be gone. */
  const dropAt = async (homes: Iterable<string>, matches: (interaction: Interaction) => boolean, isFenced = false) =>
    sum(
      await atOnce([...new Set(homes)], (home) =>
        run(
          (set) => {
            if (isFenced) set.fenced.add(home);
            return dropWhere(set, home, matches);
          },
          { wanted: { threads: [home] }, merge: (before, last) => sum([...before, last]) },
        ),
      ),
    );

  return {
    remove: (of) =>
      run(
        (set) => {
          if (!('id' in of)) return dropWhere(set, homeOf(of), (each) => isMeant(of, each));
          const kept = set.get(of.id);
          if (kept === undefined || !isMeant(of, kept.interaction)) return 0;
          set.drop(of.id);
          return 1;
        },
        { merge: (before, last) => Math.max(...before, last) },
      ),
    forgetActor: async (actor) => {
      const references = (await people.read(bucketOf(actor))).get(actor)?.references ?? [];
      // Who is about to add what was only announced yet is overtaken, and announces it again.
      const count = await dropAt(
        references.map(({ home }) => home),
        (each) => each.actor === actor,
        true,
      );
      await people.change(bucketOf(actor), (all) => {
        for (const each of references) dropReference(all, actor, each);
      });
      await atOnce(references, ({ id, home, seq }) =>
        places.change(bucketOf(id), (all) => unrefer(all, placeName(id), home, seq)),
      );
      return count;
    },
    prune: async (before) => {
      const isOld = ({ at }: { at: string }): boolean => timeOf(at) < timeOf(before);
      const all = (await readBuckets(people)).flatMap((each) => [...each.values()]);
      const old = all.flatMap(({ references }) => references.filter((each) => isSaid(each) && isOld(each)));
      return dropAt(
        old.map(({ home }) => home),
        (each) => isSaid(each) && each.state !== 'removed' && isOld(each),
      );
    },
    forgetTarget: async (target) =>
      dropAt([mainOf(target), ...sidesOf(await threads.read(mainOf(target)))], () => true),
  };
}

function dropWhere(set: WorkingSet, home: string, matches: (interaction: Interaction) => boolean): number {
  const doomed = [...set.thread(home).entries.values()].filter(({ interaction }) => matches(interaction));
  for (const { interaction } of doomed) set.drop(interaction.id);
  return doomed.length;
}
