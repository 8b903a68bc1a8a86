import type { Interaction } from '../../federation/interaction.ts';
import { SIZE_KINDS, type SizeKind } from './size-kinds.ts';
import type { StoreSize } from './store.ts';

/** What there is of each kind. */
export type Contents = Readonly<Record<SizeKind, Iterable<unknown>>>;

/** Counts what is stored, by the length of its JSON. */
export function sizesOf(contents: Contents): StoreSize[] {
  return SIZE_KINDS.map((kind) => {
    const all = [...contents[kind]];
    return { kind, count: all.length, bytes: all.reduce((sum: number, each) => sum + bytesOf(each), 0) };
  });
}

function bytesOf(value: unknown): number {
  let extra = 0;
  const json = JSON.stringify(value, (_, each: unknown) => {
    if (!(each instanceof Uint8Array)) return each;
    extra += each.length;
    return undefined;
  });
  return Buffer.byteLength(json) + extra;
}

/** Interactions by their kind. */
export function byKind(interactions: readonly Interaction[]) {
  const of = (kind: Interaction['kind']) => interactions.filter((each) => each.kind === kind);
  return {
    replies: of('reply'),
    quotes: of('quote'),
    mentions: of('mention'),
    likes: of('like'),
    boosts: of('boost'),
  };
}
