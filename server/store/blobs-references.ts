import { sha256Hex } from '../crypto.ts';
import type { DocumentKind, Documents } from './blobs-documents.ts';
import { atOnce } from './blobs-documents.ts';

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

/** The name of the document, one of 256, that has what belongs to a text. */
export function bucketOf(text: string): string {
  return sha256Hex(text).slice(0, 2);
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
