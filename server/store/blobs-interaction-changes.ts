import { mediaDigest } from '../../federation/addresses.ts';
import type { Author } from '../../federation/interaction.ts';
import { sha256Hex } from '../crypto.ts';
import { addReference, dropReference, type People, renew } from './blobs-people.ts';
import { bucketOf, type References, refer, unrefer, type Work } from './blobs-references.ts';
import { homeOf, isSameFace, type Thread } from './blobs-threads.ts';
import { answersName, Overtaken, placeName, type WorkingSet } from './blobs-working-set.ts';
import { picturesOf, picturesOfAuthor } from './interaction-rules.ts';
import type { InteractionEntry } from './memory-interactions.ts';

/** What is to be written, in this order. */
export interface Changes {
  /** References come before what they refer to: what nothing refers to would not be found again. */
  readonly early: Indexing;
  readonly threads: readonly ThreadChange[];
  /** And they go after it. */
  readonly late: Indexing;
}

export interface Indexing {
  readonly people: Work<People>[];
  readonly places: Work<References>[];
  readonly pictures: Work<References>[];
}

export interface ThreadChange {
  readonly home: string;
  /** As it was read. */
  readonly revision: number;
  readonly next: Pick<Thread, 'target' | 'entries' | 'authors' | 'version'>;
}

/** By document, the ids of what changes in it. */
type Touched = Map<string, Set<string>>;

/** `isDoubtful`: copies of the author may be older than what `people` has. */
export function changesOf(set: WorkingSet, isDoubtful: boolean): Changes {
  const early: Indexing = { people: [], places: [], pictures: [] };
  const late: Indexing = { people: [], places: [], pictures: [] };
  const touched: Touched = new Map([...set.fenced].map((home) => [home, new Set()]));
  if (set.author) changeAuthor(set, set.author, { early, late, touched, isDoubtful });
  for (const [id, entry] of set.changed) {
    const home = entry && homeOf(entry.interaction);
    const stored = set.stored(id);
    if (entry && home !== undefined) {
      idsAt(touched, home).add(id);
      if (!isReferred(set, home, entry)) referTo(set, early, home, entry);
    }
    for (const [from, old] of stored) {
      if (old.interaction.inReplyTo !== entry?.interaction.inReplyTo) forgetAnswer(late, old);
      if (from === home) continue;
      idsAt(touched, from).add(id);
      forget(late, from, old);
    }
  }
  const threads = [...touched].flatMap(([home, ids]) => changeOf(set, home, ids, early) ?? []);
  return { early, threads, late };
}

function idsAt(touched: Touched, home: string): Set<string> {
  const ids = touched.get(home) ?? new Set();
  touched.set(home, ids);
  return ids;
}

interface AuthorChange {
  readonly early: Indexing;
  readonly late: Indexing;
  readonly touched: Touched;
  readonly isDoubtful: boolean;
}

/** A new face goes into every document that shows it, and then into `people`: cut short, it is seen that it is new. */
function changeAuthor(set: WorkingSet, author: Author, { early, late, touched, isDoubtful }: AuthorChange): void {
  const person = set.person(author.actor);
  const homes = (person?.references ?? []).map(({ home }) => home);
  const name = bucketOf(author.actor);
  const known = person?.author;
  const expect = (people: People): void => {
    if (!isSameFace(people.get(author.actor)?.author, known)) throw new Overtaken();
  };
  early.people.push({ name, work: expect });
  const isNew = person !== undefined && (isDoubtful || !isSameFace(known, author));
  if (isNew) {
    for (const home of homes) idsAt(touched, home);
    late.people.push({
      name,
      work: (people) => {
        expect(people);
        const isComplete = people.get(author.actor)?.references.every(({ home }) => touched.has(home)) ?? true;
        if (!isComplete) throw new Overtaken();
      },
    });
  }
  (isNew ? late : early).people.push({ name, work: (people) => renew(people, author) });
  const named = known ? picturesOfAuthor(known) : [];
  namePictures(early, author.actor, picturesOfAuthor(author), named);
}

/** Whether all that was read of the references to it says so. */
function isReferred(set: WorkingSet, home: string, { seq, interaction }: InteractionEntry): boolean {
  const { id, actor, activity, inReplyTo, target } = interaction;
  const before = set.stored(id).find(([each]) => each === home)?.[1].interaction;
  if (before?.activity !== activity || before.inReplyTo !== inReplyTo) return false;
  const person = set.read.people.get(bucketOf(actor))?.get(actor);
  const answers = inReplyTo === undefined ? undefined : set.read.places.get(bucketOf(inReplyTo));
  return (
    set.references(id).get(placeName(id))?.get(home) === seq &&
    (person === undefined ||
      person.references.some((each) => each.id === id && each.home === home && each.seq === seq)) &&
    (answers === undefined ||
      inReplyTo === undefined ||
      inReplyTo === target ||
      answers.get(answersName(inReplyTo))?.get(id) === seq)
  );
}

function referTo(set: WorkingSet, { people, places }: Indexing, home: string, entry: InteractionEntry): void {
  const { seq, interaction } = entry;
  const { id, actor, kind, activity, at, inReplyTo, target } = interaction;
  const author = authorOf(set, actor);
  if (author) {
    const work = (each: People): void => addReference(each, author, { id, home, kind, activity, at, seq });
    people.push({ name: bucketOf(actor), work });
  }
  places.push({ name: bucketOf(id), work: (each) => refer(each, placeName(id), home, seq) });
  // What answers a post itself is found with the post.
  if (inReplyTo === undefined || inReplyTo === target) return;
  places.push({ name: bucketOf(inReplyTo), work: (each) => refer(each, answersName(inReplyTo), id, seq) });
}

function forget({ people, places }: Indexing, home: string, { seq, interaction }: InteractionEntry): void {
  const { id, actor, kind, activity, at } = interaction;
  const reference = { id, home, kind, activity, at, seq };
  people.push({ name: bucketOf(actor), work: (each) => dropReference(each, actor, reference) });
  places.push({ name: bucketOf(id), work: (each) => unrefer(each, placeName(id), home, seq) });
}

function forgetAnswer({ places }: Indexing, { seq, interaction: { id, inReplyTo } }: InteractionEntry): void {
  if (inReplyTo === undefined) return;
  places.push({ name: bucketOf(inReplyTo), work: (each) => unrefer(each, answersName(inReplyTo), id, seq) });
}

/** Of an actor whose words are moved or decided about, what `people` has, or else the copy beside the words. */
function authorOf(set: WorkingSet, actor: string): Author | undefined {
  if (set.author?.actor === actor) return set.author;
  const copies = [...set.read.threads.values()].flatMap(({ authors }) => authors.get(actor) ?? []);
  return set.read.people.get(bucketOf(actor))?.get(actor)?.author ?? copies[0];
}

function changeOf(set: WorkingSet, home: string, ids: ReadonlySet<string>, early: Indexing): ThreadChange | undefined {
  const { entries: former, authors: formerAuthors, ...thread } = set.thread(home);
  const after = new Map(former);
  let { version, target } = thread;
  for (const id of ids) {
    const entry = set.changed.get(id);
    const isHere = entry !== undefined && homeOf(entry.interaction) === home;
    if (isHere) after.set(id, entry);
    else after.delete(id);
    const states = [former.get(id), after.get(id)].map((each) => each?.interaction.state);
    if (states.includes('shown')) version += 1;
    target ||= entry?.interaction.target ?? '';
  }
  const entries = new Map([...after].sort(([, a], [, b]) => a.seq - b.seq));
  const authors = new Map<string, Author>();
  let isNewFace = false;
  for (const { interaction } of entries.values()) {
    const known = formerAuthors.get(interaction.actor);
    const author = authorOf(set, interaction.actor);
    if (author) authors.set(author.actor, author);
    if (known === undefined || isSameFace(known, author)) continue;
    isNewFace = true;
    if (interaction.state === 'shown') version += 1;
  }
  if (ids.size === 0 && !isNewFace && !set.fenced.has(home)) return undefined;
  namePictures(early, home, picturesIn(entries), picturesIn(former));
  return { home, revision: thread.revision, next: { target, entries, authors, version } };
}

function picturesIn(entries: ReadonlyMap<string, InteractionEntry>): string[] {
  return [...entries.values()].flatMap(({ interaction }) => picturesOf(interaction));
}

/** The name of a picture begins with its digest. */
function namePictures({ pictures }: Indexing, by: string, urls: readonly string[], known: readonly string[]): void {
  for (const url of new Set(urls)) {
    if (known.includes(url)) continue;
    const digest = mediaDigest(sha256Hex, url);
    pictures.push({ name: digest.slice(0, 2), work: (each) => refer(each, `${digest} ${url}`, by, 0) });
  }
}
