import { mediaDigest } from '../../federation/addresses.ts';
import { isSaid } from '../../federation/interaction.ts';
import { sha256Hex } from '../crypto.ts';
import type { BlobStore } from './blobs-client.ts';
import { atOnce } from './blobs-documents.ts';
import { openSaidDocuments, type SaidDocuments } from './blobs-interaction-writes.ts';
import { addReference, type PlaceReference, renew } from './blobs-people.ts';
import type { PlacedOptions } from './blobs-placed.ts';
import { groupBy } from './blobs-queue.ts';
import { bucketOf, changeEach, type References, readBuckets, refer, type Work } from './blobs-references.ts';
import { homeOf, MAX_SAID, mainBeside, newerAuthor, nextSeq, sideOf, type Thread } from './blobs-threads.ts';
import { answersName, placeName } from './blobs-working-set.ts';
import { picturesOf, picturesOfAuthor } from './interaction-rules.ts';
import type { InteractionEntry } from './memory-interactions.ts';
import type { KeptSaying, TransferStore } from './transfer-store.ts';

/** References that are followed at once, and documents that are remembered for those that come next. */
const AT_ONCE = 64;

/** What others said, on its way into Blobs or out of them. */
export function blobsSaidTransfer(
  blobs: BlobStore,
  options: PlacedOptions,
): Pick<TransferStore, 'interactions' | 'putInteractions'> {
  const documents = openSaidDocuments(blobs, options);
  return {
    interactions: () => walk(documents),
    putInteractions: async (said) => {
      // The order is that of the call, whichever document is written first.
      const placed = said.map((kept): Placed => ({ ...kept, tick: options.tick() }));
      const byHome = [...groupBy(placed, ({ interaction }) => homeOf(interaction))];
      const written = await atOnce(byHome, ([home, all]) => writeThread(documents, home, all));
      const kept = written.flat();
      await writeIndexes(documents, kept);
      return said.length - kept.length;
    },
  };
}

interface Placed extends KeptSaying {
  readonly tick: number;
}

interface Written extends KeptSaying {
  readonly home: string;
  readonly seq: number;
}

/** Gives what found room. */
async function writeThread({ threads }: SaidDocuments, home: string, all: readonly Placed[]): Promise<Written[]> {
  const side = sideOf(home);
  if (side !== undefined)
    await threads.change(mainBeside(home), (main) => {
      if (!main.sides.includes(side)) main.sides += side;
    });
  return threads.change(home, (thread) => {
    const entries = new Map(thread.entries);
    const authors = new Map(thread.authors);
    let taken = saidIn(entries);
    const written: Written[] = [];
    for (const { tick, author, ...kept } of all) {
      const { id, actor, target } = kept.interaction;
      const known = entries.get(id);
      const grows = lengthOf(kept) - lengthOf(known);
      if (taken + grows > MAX_SAID) continue;
      taken += grows;
      thread.target ||= target;
      const seq = known?.seq ?? nextSeq(home, { ...thread, entries }, tick);
      entries.set(id, { ...kept, seq });
      authors.set(actor, newerAuthor(authors.get(actor), author));
      written.push({ ...kept, author, home, seq });
    }
    Object.assign(thread, { entries, authors, revision: thread.revision + 1, version: thread.version + 1 });
    return written;
  });
}

function saidIn(entries: Thread['entries']): number {
  return [...entries.values()].reduce((sum, entry) => sum + lengthOf(entry), 0);
}

/** What counts for `MAX_SAID`. */
function lengthOf(kept: Pick<InteractionEntry, 'interaction'> | undefined): number {
  return kept && isSaid(kept.interaction) ? JSON.stringify(kept.interaction).length : 0;
}

async function writeIndexes(documents: SaidDocuments, written: readonly Written[]): Promise<void> {
  const people: Work<Parameters<typeof renew>[0]>[] = [];
  const places: Work<References>[] = [];
  const pictures: Work<References>[] = [];
  const namePicture = (url: string, by: string): void => {
    const digest = mediaDigest(sha256Hex, url);
    pictures.push({ name: digest, work: (each) => refer(each, `${digest} ${url}`, by, 0) });
  };
  for (const { interaction, author, home, seq } of written) {
    const { id, actor, kind, activity, at, inReplyTo, target } = interaction;
    people.push({
      name: bucketOf(actor),
      work: (each) => {
        addReference(each, author, { id, home, kind, activity, at, seq });
        renew(each, author, false);
      },
    });
    places.push({ name: bucketOf(id), work: (each) => refer(each, placeName(id), home, seq) });
    if (inReplyTo !== undefined && inReplyTo !== target)
      places.push({ name: bucketOf(inReplyTo), work: (each) => refer(each, answersName(inReplyTo), id, seq) });
    for (const url of picturesOf(interaction)) namePicture(url, home);
    for (const url of picturesOfAuthor(author)) namePicture(url, actor);
  }
  await changeEach(documents.people, people);
  await changeEach(documents.places, places);
  await changeEach(documents.pictures, pictures);
}

async function* walk({ threads, people }: SaidDocuments): AsyncIterable<KeptSaying> {
  const persons = (await readBuckets(people)).flatMap((each) => [...each.values()]);
  const authors = new Map(persons.map(({ author }) => [author.actor, author]));
  const references = persons.flatMap((person) => [...person.references]).sort((a, b) => a.seq - b.seq);
  const read = new Map<string, Thread>();
  const met = new Set<string>();
  for (let from = 0; from < references.length; from += AT_ONCE) {
    const some = references.slice(from, from + AT_ONCE);
    const homes = [...new Set(some.map(({ home }) => home))].filter((home) => !read.has(home));
    for (const [index, thread] of (await threads.readEach(homes)).entries()) read.set(homes[index] ?? '', thread);
    for (const { id, entry } of foundIn(read, some)) {
      const author = authors.get(entry.interaction.actor);
      // A mention that moves is in two documents for a moment.
      if (met.has(id) || author === undefined) continue;
      met.add(id);
      yield { interaction: entry.interaction, isApproved: entry.isApproved, author };
    }
    for (const home of read.keys()) if (read.size > AT_ONCE) read.delete(home);
  }
}

/** What references refer to; what is not there counts for nothing. */
function foundIn(read: ReadonlyMap<string, Thread>, references: readonly PlaceReference[]) {
  return references.flatMap(({ id, home }) => {
    const entry = read.get(home)?.entries.get(id);
    return entry ? [{ id, entry }] : [];
  });
}
