import { isBlocked, type Suspect } from '../federation/inbox/blocks.ts';
import type { Blocks } from '../federation/rules.ts';
import type { Store } from '../server/store/store.ts';

/** What is in the store of people who are blocked, and goes with the next publish or start. */
export interface BlockedNow {
  /** Handles, or ids where there is none. */
  readonly followers: readonly string[];
  /** Who asked to follow. */
  readonly requests: readonly string[];
  readonly authors: readonly string[];
  /** Replies, quotes, mentions, likes and boosts of those authors. */
  readonly interactions: number;
}

/** Far more than ever wait. */
const MOST_REQUESTS = 100_000;

/** Looks for what `blocks` makes go: those who are limited keep what they have. */
export async function findBlocked(
  store: Pick<Store, 'followers' | 'requests' | 'interactions'>,
  blocks: Blocks,
): Promise<BlockedNow> {
  const goes = (suspect: Suspect): boolean => isBlocked(blocks, suspect);
  if (blocks.accounts.length + blocks.hosts.length === 0)
    return { followers: [], requests: [], authors: [], interactions: 0 };
  const followers: string[] = [];
  for await (const each of store.followers.all()) if (goes(each)) followers.push(each.handle ?? each.actor);
  const requests = (await store.requests.list(MOST_REQUESTS)).filter(goes).map(({ handle, actor }) => handle ?? actor);
  const authors: string[] = [];
  let interactions = 0;
  for await (const author of store.interactions.authors()) {
    if (!goes(author)) continue;
    authors.push(author.handle);
    interactions += await store.interactions.countSince(author.actor, new Date(0).toISOString());
  }
  return { followers, requests, authors, interactions };
}
