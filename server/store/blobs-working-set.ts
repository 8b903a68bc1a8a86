import { type Author, type InteractionKind, isSaid } from '../../federation/interaction.ts';
import type { People, Person } from './blobs-people.ts';
import { bucketOf, type References } from './blobs-references.ts';
import { homeOf, MAX_SAID, newerAuthor, nextSeq, sideOf, type Thread } from './blobs-threads.ts';
import { type InteractionTable, type KeptInteraction, MAX_MOVED } from './interaction-rules.ts';
import type { InteractionEntry } from './memory-interactions.ts';

/** Documents as they were read, by name. */
export interface ReadDocuments {
  readonly threads: Map<string, Thread>;
  readonly people: Map<string, People>;
  readonly places: Map<string, References>;
}

export type Wanted = { readonly [Kind in keyof ReadDocuments]?: readonly string[] };

/** Thrown where a document is needed that was not read: it is read, and all is worked out again. */
export class Missing extends Error {
  readonly wanted: Wanted;

  constructor(wanted: Wanted) {
    super('documents are missing');
    this.wanted = wanted;
  }
}

/** Thrown where others wrote in the meantime: all is read and worked out again. */
export class Overtaken extends Error {}

/** Under this name `places` has the documents in which an interaction is. */
export function placeName(id: string): string {
  return `is ${id}`;
}

/** Under this name `places` has the ids of what answers an interaction. */
export function answersName(id: string): string {
  return `to ${id}`;
}

/** The interactions of the documents that were read, and what is to become of them. It changes no document. */
export class WorkingSet implements InteractionTable {
  /** By id, in the order in which they were changed; undefined: dropped. */
  readonly changed = new Map<string, InteractionEntry | undefined>();
  /** Documents that are written whether or not anything changes, so that whoever adds to them is overtaken. */
  readonly fenced = new Set<string>();
  /** The ids of what found no room. */
  readonly refused = new Set<string>();
  /** Who said it, if that is to be stored. */
  author: Author | undefined;
  readonly read: ReadDocuments;
  readonly #tick: () => number;
  readonly #mayMiss: boolean;
  /** By document, how much of `MAX_SAID` is taken. */
  readonly #taken = new Map<string, number>();

  /** `mayMiss`: a place where nothing is was left by somebody who did not come to the end. */
  constructor(read: ReadDocuments, options: { tick: () => number; mayMiss: boolean }) {
    this.read = read;
    this.#tick = options.tick;
    this.#mayMiss = options.mayMiss;
  }

  get(id: string): InteractionEntry | undefined {
    if (this.changed.has(id)) return this.changed.get(id);
    const found = this.stored(id);
    // A mention that moves is in two documents for a moment. Where it was, the owner's word may have come since.
    const [, entry] = found.find(([home]) => sideOf(home) !== undefined) ?? found[0] ?? [];
    return entry;
  }

  done(actor: string, target: string, kind: InteractionKind): InteractionEntry[] {
    const { entries } = this.thread(homeOf({ actor, target, kind }));
    const theirs = [...entries.values()].filter(({ interaction: each }) => each.actor === actor && each.kind === kind);
    return this.#entries(theirs.map(({ interaction }) => interaction.id));
  }

  answers(id: string): string[] {
    return this.#answers(id).map(({ interaction }) => interaction.id);
  }

  mentions(id: string, limit: number): string[] {
    const mentions = this.#answers(id).filter(({ interaction }) => interaction.kind === 'mention');
    return mentions.slice(0, limit).map(({ interaction }) => interaction.id);
  }

  /** The ids of the answers that are in their thread, or may not move because too many did at once. */
  settled(id: string): ReadonlySet<string> {
    const isFull = this.changed.size > MAX_MOVED;
    const settled = this.#answers(id).filter(({ interaction }) => isFull || interaction.kind !== 'mention');
    return new Set(settled.map(({ interaction }) => interaction.id));
  }

  save(kept: KeptInteraction): void {
    const { interaction, isApproved } = kept;
    const home = homeOf(interaction);
    if (isSaid(interaction) && !this.#makeRoom(home, kept)) {
      this.refused.add(interaction.id);
      return;
    }
    const seq = this.get(interaction.id)?.seq ?? nextSeq(home, this.thread(home), this.#tick());
    this.changed.set(interaction.id, { interaction, isApproved, seq });
  }

  drop(id: string): void {
    this.changed.set(id, undefined);
  }

  /** What was about to move when others were first, and is not to move any more, stays where it was. */
  putBack(ids: Iterable<string>): void {
    for (const id of ids) {
      const entry = this.get(id);
      if (entry && !this.changed.has(id) && this.stored(id).length > 1) this.changed.set(id, entry);
    }
  }

  putAuthor(author: Author): void {
    this.author = newerAuthor(this.person(author.actor)?.author, author);
  }

  thread(home: string): Thread {
    return this.#need('threads', [home]).get(home) ?? never();
  }

  person(actor: string): Person | undefined {
    const bucket = bucketOf(actor);
    return this.#need('people', [bucket]).get(bucket)?.get(actor);
  }

  references(id: string): References {
    const bucket = bucketOf(id);
    return this.#need('places', [bucket]).get(bucket) ?? never();
  }

  /** Where an interaction is stored, and as what. */
  stored(id: string): (readonly [home: string, entry: InteractionEntry])[] {
    const homes = this.#homes(id);
    this.#need('threads', homes);
    const found = [...this.read.threads].flatMap(([home, { entries }]) => {
      const entry = entries.get(id);
      return entry ? [[home, entry] as const] : [];
    });
    if (homes.length > 0 && found.length === 0 && !this.#mayMiss) throw new Overtaken();
    return found;
  }

  /** What the owner decides needs none, and neither does what is shortened. */
  #makeRoom(home: string, { interaction }: KeptInteraction): boolean {
    const { entries } = this.thread(home);
    const former = (this.changed.get(interaction.id) ?? entries.get(interaction.id))?.interaction;
    const isHere = former !== undefined && homeOf(former) === home;
    const grows = lengthOf(interaction) - (isHere ? lengthOf(former) : 0);
    if (isHere && lengthOf(interaction.content) <= lengthOf(former.content)) return true;
    const taken =
      this.#taken.get(home) ??
      [...entries.values()].reduce((sum, each) => sum + (isSaid(each.interaction) ? lengthOf(each.interaction) : 0), 0);
    if (taken + grows > MAX_SAID) return false;
    this.#taken.set(home, taken + grows);
    return true;
  }

  #homes(id: string): string[] {
    return [...(this.references(id).get(placeName(id))?.keys() ?? [])];
  }

  #entries(ids: Iterable<string>): InteractionEntry[] {
    return [...ids].flatMap((id) => this.get(id) ?? []);
  }

  #answers(id: string): InteractionEntry[] {
    const known = [...(this.references(id).get(answersName(id))?.keys() ?? [])];
    // All at once, not each in its turn.
    this.#need('places', known.map(bucketOf));
    this.#need(
      'threads',
      known.flatMap((each) => this.#homes(each)),
    );
    const met = [...this.read.threads.values()].flatMap(({ entries }) =>
      [...entries.values()].flatMap(({ interaction }) => (interaction.inReplyTo === id ? interaction.id : [])),
    );
    const answers = this.#entries(new Set([...known, ...met])).filter(
      ({ interaction }) => interaction.inReplyTo === id,
    );
    return answers.sort((a, b) => a.seq - b.seq);
  }

  #need<Kind extends keyof ReadDocuments>(kind: Kind, names: readonly string[]): ReadDocuments[Kind] {
    const missing = names.filter((name) => !this.read[kind].has(name));
    if (missing.length > 0) throw new Missing({ [kind]: missing });
    return this.read[kind];
  }
}

function lengthOf(stored: unknown): number {
  return JSON.stringify(stored)?.length ?? 0;
}

function never(): never {
  throw new TypeError('a document is missing that was read');
}
