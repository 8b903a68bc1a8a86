import type { Addresses } from './addresses.ts';
import { ACTIVITY_STREAMS } from './contexts.ts';
import type { Json, JsonObject } from './vocabulary.ts';

/** Items of one page. */
export const PAGE_SIZE = 20;

/** How many posts stand in `featured` when none is pinned. */
const FEATURED_RECENT = 5;

/**
 * Builds the head of a paged collection. `first` and `last` are ids of pages; there is always a first one, though it may be
 * empty: Mastodon says that a profile without one hides its followers. Never fails. (ActivityPub §5)
 */
export function buildPagedCollection(collection: {
  readonly id: string;
  readonly total: number;
  readonly first: string;
  readonly last?: string;
  /** False for likes and shares, which have no order (ActivityPub §5.7, §5.8). */
  readonly ordered?: boolean;
}): JsonObject {
  return {
    '@context': ACTIVITY_STREAMS,
    id: collection.id,
    type: collection.ordered === false ? 'Collection' : 'OrderedCollection',
    totalItems: collection.total,
    first: collection.first,
    ...(collection.last === undefined ? {} : { last: collection.last }),
  };
}

/** Builds one page of a collection; `next` leads to the items that follow. Never fails. (ActivityPub §5) */
export function buildCollectionPage(page: {
  readonly id: string;
  readonly partOf: string;
  readonly total?: number;
  readonly items: readonly Json[];
  readonly next?: string;
  readonly ordered?: boolean;
}): JsonObject {
  const isOrdered = page.ordered !== false;
  return {
    '@context': ACTIVITY_STREAMS,
    id: page.id,
    type: isOrdered ? 'OrderedCollectionPage' : 'CollectionPage',
    partOf: page.partOf,
    ...(page.total === undefined ? {} : { totalItems: page.total }),
    ...(page.next === undefined ? {} : { next: page.next }),
    [isOrdered ? 'orderedItems' : 'items']: [...page.items],
  };
}

/** Builds a collection whose items stand in it, such as the replies of a post. Never fails. (ActivityPub §5) */
export function buildCollection(collection: {
  readonly id: string;
  readonly items: readonly Json[];
  /** Members that have no order are a plain Collection: likes and shares (ActivityPub §5.7, §5.8). */
  readonly ordered?: boolean;
}): JsonObject {
  const { id, items, ordered = true } = collection;
  return {
    '@context': ACTIVITY_STREAMS,
    id,
    type: ordered ? 'OrderedCollection' : 'Collection',
    totalItems: items.length,
    ...(ordered ? { orderedItems: [...items] } : { items: [...items] }),
  };
}

/**
 * Builds `featured`: the pinned posts, or else the most recent public ones, newest first. Items are id strings: Mastodon
 * ignores an embedded Article there, and does not backfill, so that this is what a new follower sees of the blog's past. What
 * answers something says little by itself, and stands there only when it is pinned. Takes posts newest first; never fails. (Mastodon `featured`)
 */
export function buildFeatured(
  addresses: Addresses,
  posts: readonly {
    readonly id: string;
    readonly pinned: boolean;
    readonly isAnswer: boolean;
    readonly visibility: 'public' | 'unlisted';
  }[],
): JsonObject {
  const pinned = posts.filter((post) => post.pinned);
  const shown =
    pinned.length > 0
      ? pinned
      : posts.filter((post) => post.visibility === 'public' && !post.isAnswer).slice(0, FEATURED_RECENT);
  return buildCollection({ id: addresses.featured, items: shown.map((post) => post.id) });
}

/** Gives the id of page `number`, from 1, of the outbox: a file of the build, so it ends in `.json`. */
export function outboxPage(addresses: Addresses, number: number): string {
  return `${addresses.origin}/ap/outbox/${number}.json`;
}
