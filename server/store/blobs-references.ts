import { sha256Hex } from '../crypto.ts';
import type { DocumentKind, Documents } from './blobs-documents.ts';
import { atOnce } from './blobs-documents.ts';
import type { Ground } from './blobs-ground.ts';

/** Names, and what each refers to with a mark: by it a reference is told from a later one to the same. */
export type References = Map<string, Map<string, number>>;

export function referenceKind(folder: string): DocumentKind<References> {
  return {
    folder,
    empty: () => new Map(),
    parse: (json) => {
      const parsed: References = new Map();
      if (!Array.isArray(json)) throw new TypeError('no references');
      for (const entry of json) {
        const [name, ...all]: unknown[] = entry;
        if (typeof name !== 'string') throw new TypeError('no name');
        parsed.set(name, new Map(all.map(parsePair)));
      }
      return parsed;
    },
    print: (references) => [...references].map(([name, all]) => [name, ...all]),
  };
}

function parsePair(json: unknown): [string, number] {
  const [to, mark]: unknown[] = Array.isArray(json) ? json : [];
  if (typeof to !== 'string' || typeof mark !== 'number') throw new TypeError('no reference');
  return [to, mark];
}

export function refer(references: References, name: string, to: string, mark: number): void {
  references.set(name, (references.get(name) ?? new Map<string, number>()).set(to, mark));
}

/** Takes a reference back, but not one that somebody made anew since. */
export function unrefer(references: References, name: string, to: string, mark: number): void {
  const all = references.get(name);
  if (all?.get(to) !== mark) return;
  all.delete(to);
  if (all.size === 0) references.delete(name);
}

const BUCKETS = Array.from({ length: 256 }, (_, bucket) => bucket.toString(16).padStart(2, '0'));

/** The name by which `inBuckets` knows the document that has what belongs to a text. */
export function bucketOf(text: string): string {
  return sha256Hex(text);
}

/**
 * Documents by the digests of texts, some of which share one: 256 in all, each of which has its two digits for a name, too.
 * Of a document that has two names both are read and changed as if they were two.
 */
export function inBuckets<Value>(documents: Documents<Value>, ground: Ground): Documents<Value> {
  const nameIn = async (name: string): Promise<string> =>
    name.length === 2 ? name : (BUCKETS[(await ground())(BUCKETS.length, name)] ?? name);
  return {
    read: async (name) => documents.read(await nameIn(name)),
    readEach: async (names) => documents.readEach(await Promise.all(names.map(nameIn))),
    readToChange: async (name) => documents.readToChange(await nameIn(name)),
    change: (name, work) => nameIn(name).then((each) => documents.change(each, work)),
  };
}

/** Every document of what lies in 256. */
export function readBuckets<Value>(documents: Documents<Value>): Promise<Value[]> {
  return documents.readEach(BUCKETS);
}

/** Something to be done to one document. */
export interface Work<Value> {
  readonly name: string;
  readonly work: (value: Value) => void;
}

/** Does all that is to be done, with one change of each document. */
export async function changeEach<Value>(documents: Documents<Value>, works: readonly Work<Value>[]): Promise<void> {
  await atOnce([...new Set(works.map(({ name }) => name))], (name) =>
    documents.change(name, (value) => {
      for (const each of works) if (each.name === name) each.work(value);
    }),
  );
}
