import { isBlocked } from '../federation/inbox/blocks.ts';
import { followedAmong } from './followed.ts';
import type { Deps } from './ports.ts';
import type { FeedItem } from './reading-feed.ts';

/**
 * Gives the newest of what followed accounts posted, at most `limit`, for the feeds: without what is still kept of somebody
 * whom the owner blocks, and nothing where the profile asks for nothing.
 */
export async function readReading(
  { site, store }: Pick<Deps, 'site' | 'store'>,
  limit: number,
): Promise<readonly FeedItem[]> {
  const { reading, blocks } = await site.rules();
  if (reading === undefined) return [];
  const items = await readFollowed({ store }, limit);
  return items.filter(({ item: { actor, author } }) => !isBlocked(blocks, { actor }) && !isBlocked(blocks, author));
}

/** The same for who looks into the store: what is kept of somebody whom the blog follows no more is left out. */
export async function readFollowed({ store }: Pick<Deps, 'store'>, limit: number): Promise<FeedItem[]> {
  const head = await store.ledger.head();
  if (head === undefined) return [];
  const items = await store.reading.newest(limit);
  const actors = [...new Set(items.map(({ actor }) => actor))];
  const followed = await followedAmong({ store }, new URL(head.actor.id).origin, actors);
  return items.flatMap((item): FeedItem[] => {
    const handle = followed.get(item.actor);
    if (handle === undefined) return [];
    return [item.kind === 'boost' ? { item, booster: handle } : { item }];
  });
}
