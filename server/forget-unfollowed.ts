import { followedAmong } from './followed.ts';
import type { Deps } from './ports.ts';
import { MAX_READING } from './store/account-store.ts';

/**
 * Drops what is kept of those whom the blog follows no more: what they posted, and what became of the Follow, so that a
 * later one begins anew. By the ledger: until the Undo is sent they are followed. Gives how many posts; done again it finds
 * nothing. Rejects when the store does.
 */
export async function forgetUnfollowed({ store }: Pick<Deps, 'store'>): Promise<number> {
  const actors = new Set((await store.reading.newest(MAX_READING)).map(({ actor }) => actor));
  for await (const { actor } of store.following.all()) actors.add(actor);
  const head = actors.size === 0 ? undefined : await store.ledger.head();
  if (head === undefined) return 0;
  const followed = await followedAmong({ store }, new URL(head.actor.id).origin, [...actors]);
  let dropped = 0;
  for (const actor of actors) {
    if (followed.has(actor)) continue;
    dropped += await store.reading.forgetActor(actor);
    await store.following.remove(actor);
  }
  return dropped;
}
