import type { Manifest } from '../federation/manifest.ts';

/** A quote of ours that asks for consent. */
export interface AskedQuote {
  readonly id: string;
  /** The post of ours. */
  readonly object: string;
  readonly quoted: string;
  /** Who wrote what is quoted, where the build knows it. */
  readonly author: string | undefined;
}

/** Of the deeds of a build those that others answer. */
export interface AskingDeeds {
  /** Ids of the actors that are followed. */
  readonly follows: ReadonlySet<string>;
  /** Some line of the list of the followed names nobody whom the build knows. */
  readonly isAnyUnresolved: boolean;
  readonly quotes: readonly AskedQuote[];
}

const known = new WeakMap<Manifest, AskingDeeds>();

/** Gives the deeds of a build that others answer. Made once for each build: every activity may be an answer. */
export function deedsIn(manifest: Manifest): AskingDeeds {
  const before = known.get(manifest);
  if (before) return before;
  const follows = new Set<string>();
  const quotes: AskedQuote[] = [];
  let isAnyUnresolved = false;
  for (const { id, type, object, instrument, addressees: [addressee] = [] } of manifest.objects) {
    if (type === 'Follow' && object !== undefined) follows.add(object);
    else if (type === 'Follow') isAnyUnresolved = true;
    else if (type === 'QuoteRequest' && object !== undefined && instrument !== undefined) {
      quotes.push({ id, object: instrument, quoted: object, author: addressee?.actor });
    }
  }
  const made = { follows, isAnyUnresolved, quotes };
  known.set(manifest, made);
  return made;
}
