import { deedOf } from '../federation/deeds.ts';
import { sha256Hex } from './crypto.ts';
import type { Deps } from './ports.ts';

/** Gives the id under which the ledger knows that the blog follows an actor. */
export function followOf(actor: string, origin: string): string {
  return deedOf({ sha256: sha256Hex }, origin, { type: 'Follow', object: actor }).id;
}

/**
 * Gives those among some actors to whom a Follow was sent that was not undone, each with the handle by which the owner follows
 * it. Reads the ledger once.
 */
export async function followedAmong(
  { store }: Pick<Deps, 'store'>,
  origin: string,
  actors: readonly string[],
): Promise<Map<string, string>> {
  const byDeed = new Map(actors.map((actor) => [followOf(actor, origin), actor]));
  const part = await store.ledger.part({ buckets: [], ids: byDeed.keys() });
  const standing = (part?.objects ?? []).filter(({ state }) => state !== 'deleted');
  return new Map(
    standing.flatMap(({ id, title }) => {
      const actor = byDeed.get(id);
      return actor === undefined ? [] : [[actor, title] as const];
    }),
  );
}
