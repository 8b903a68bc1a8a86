import { type Author, INTERACTION_KINDS, type InteractionKind } from '../../federation/interaction.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import type { DocumentKind } from './blobs-documents.ts';
import { newerAuthor } from './blobs-threads.ts';
import { isAuthor } from './stored-content.ts';
import { hasTexts } from './stored-texts.ts';

/** Where something is that an actor said or did. */
export interface PlaceReference {
  readonly id: string;
  /** The document's name. */
  readonly home: string;
  readonly kind: InteractionKind;
  readonly activity: string;
  readonly at: string;
  readonly seq: number;
}

/** Who said something, and all that they said or did. */
export interface Person {
  readonly author: Author;
  /** A new face that is not known to be in every document that shows it. */
  readonly isSpreading?: boolean;
  readonly references: readonly PlaceReference[];
}

/** By actor. */
export type People = Map<string, Person>;

export const peopleKind: DocumentKind<People> = {
  folder: 'people',
  empty: () => new Map(),
  parse: (json) => {
    if (!Array.isArray(json)) throw new TypeError('no people');
    return new Map(json.map(parsePerson).map((person) => [person.author.actor, person]));
  },
  print: (people) => [...people.values()],
};

/** Adds a reference, and the author of the first one. */
export function addReference(people: People, author: Author, added: PlaceReference): void {
  const person = people.get(author.actor) ?? { references: [], author };
  const others = person.references.filter(({ id, home }) => id !== added.id || home !== added.home);
  people.set(author.actor, { ...person, references: [...others, added] });
}

/** Takes a reference back, but not one that was made anew since; the author goes with the last. */
export function dropReference(
  people: People,
  actor: string,
  { id, home, seq }: Pick<PlaceReference, 'id' | 'home' | 'seq'>,
): void {
  const person = people.get(actor);
  const left = person?.references.filter((each) => each.id !== id || each.home !== home || each.seq !== seq) ?? [];
  if (person && left.length > 0) people.set(actor, { ...person, references: left });
  else people.delete(actor);
}

/** Replaces an author by what is not older. */
export function renew(people: People, author: Author, isSpreading: boolean): void {
  const known = people.get(author.actor);
  if (known === undefined) return;
  const { isSpreading: _, ...person } = known;
  const newest = { ...person, author: newerAuthor(person.author, author) };
  people.set(author.actor, isSpreading ? { ...newest, isSpreading } : newest);
}

function parsePerson(json: unknown): Person {
  if (!isJsonObject(json) || !isAuthor(json.author) || !Array.isArray(json.references)) throw new TypeError('nobody');
  const { author, isSpreading } = json;
  const references: unknown[] = json.references;
  if (!references.every(isReference)) throw new TypeError('no references');
  return { author, ...(isSpreading === true ? { isSpreading } : {}), references };
}

function isReference(json: unknown): json is PlaceReference {
  if (!isJsonObject(json)) return false;
  const { seq, kind } = json;
  const isPlaced = typeof seq === 'number' && INTERACTION_KINDS.some((each) => each === kind);
  return isPlaced && hasTexts(json, ['id', 'home', 'activity', 'at']);
}
