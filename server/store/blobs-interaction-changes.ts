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

export function changesOf(set: WorkingSet): Changes {
  const early: Indexing = { people: [], places: [], pictures: [] };
  const late: Indexing = { people: [], places: [], pictures: [] };
  const touched: Touched = new Map([...set.fenced].map((home) => [home, new Set()]));
  for (const [id, entry] of set.changed) {
    const home = entry && homeOf(entry.interaction);
    if (entry && home !== undefined) {
      idsAt(touched, home).add(id);
      if (!isReferred(set, home, entry)) referTo(set, early, home, entry);
    }
    for (const [from, old] of set.stored(id)) {
      if (old.interaction.inReplyTo !== entry?.interaction.inReplyTo) forgetAnswer(late, old);
      if (from === home) continue;
      idsAt(touched, from).add(id);
      forget(late, from, old);
    }
  }
  if (set.author) changeAuthor(set, set.author, { early, late, touched });
  const threads = [...touched].flatMap(([home, ids]) => changeOf(set, home, ids, early) ?? []);
  return { early, threads, late };
}

function idsAt(touched: Touched, home: string): Set<string> {
  const ids = touched.get(home) ?? new Set();
  touched.set(home, ids);
  return ids;
}

/**
 * A new face is noted first, as one that is spreading, then it goes into every document that shows it. Whoever is about to
 * add the former one somewhere is overtaken, by what is expected of `people` or by the fence of the document.
 */
function changeAuthor(
  set: WorkingSet,
  author: Author,
  { early, late, touched }: { early: Indexing; late: Indexing; touched: Touched },
): void {
  const { actor } = author;
  const name = bucketOf(actor);
  const person = set.person(actor);
  const isNew = person !== undefined && (person.isSpreading || !isSameFace(person.author, author));
  const isAt = ({ home }: { home: string }): boolean => touched.has(home);
  early.people.unshift({ name, work: (people) => expect(people, actor, person?.author) });
  if (isNew) {
    for (const { home } of person.references) {
      idsAt(touched, home);
      set.fenced.add(home);
    }
    early.people.unshift({
      name,
      work: (people) => {
        if (!people.get(actor)?.references.every(isAt)) throw new Overtaken();
      },
    });
    late.people.push({
      name,
      work: (people) => {
        if (people.has(actor)) expect(people, actor, author);
        renew(people, author, false);
      },
    });
  }
  early.people.push({ name, work: (people) => renew(people, author, isNew) });
  namePictures(early, actor, picturesOfAuthor(author), person ? picturesOfAuthor(person.author) : []);
}

function expect(people: People, actor: string, author: Author | undefined): void {
  if (!isSameFace(people.get(actor)?.author, author)) throw new Overtaken();
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
  const known = set.person(actor)?.author;
  const author = set.author?.actor === actor ? set.author : authorOf(set, actor);
  const name = bucketOf(actor);
  people.unshift({ name, work: (each) => expect(each, actor, known) });
  people.push({ name, work: (each) => addReference(each, author, { id, home, kind, activity, at, seq }) });
  places.push({ name: bucketOf(id), work: (each) => refer(each, placeName(id), home, seq) });
  // What answers a post itself is found with the post.
  if (inReplyTo === undefined || inReplyTo === target) return;
  places.push({ name: bucketOf(inReplyTo), work: (each) => refer(each, answersName(inReplyTo), id, seq) });
}

function forget({ people, places }: Indexing, home: string, { seq, interaction }: InteractionEntry): void {
  const { id, actor } = interaction;
  people.push({ name: bucketOf(actor), work: (each) => dropReference(each, actor, { id, home, seq }) });
  places.push({ name: bucketOf(id), work: (each) => unrefer(each, placeName(id), home, seq) });
}

function forgetAnswer({ places }: Indexing, { seq, interaction: { id, inReplyTo } }: InteractionEntry): void {
  if (inReplyTo === undefined) return;
  places.push({ name: bucketOf(inReplyTo), work: (each) => unrefer(each, answersName(inReplyTo), id, seq) });
}

/** Of an actor whose words are moved. Hands from outside may have left words of somebody whom `people` does not know. */
function authorOf(set: WorkingSet, actor: string): Author {
  const known = set.person(actor)?.author;
  if (known) return known;
  const copies = [...set.read.threads.values()].flatMap(({ authors }) => authors.get(actor) ?? []);
  return copies[0] ?? { actor, handle: actor, url: actor, emojis: [], at: '' };
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
    const author = set.author?.actor === interaction.actor ? set.author : (known ?? authorOf(set, interaction.actor));
    authors.set(author.actor, author);
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
    pictures.push({ name: digest, work: (each) => refer(each, `${digest} ${url}`, by, 0) });
  }
}
