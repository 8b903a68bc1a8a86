import type { InteractionCounts } from './interaction.ts';
import { countedCollections } from './post-object.ts';
import type { JsonObject } from './vocabulary.ts';

/** The collections of a post, and which count each of them shows. */
export const POST_COLLECTIONS = {
  // Replies have an order, likes and shares have none (ActivityPub §5.7, §5.8).
  replies: { kind: 'reply', count: 'replies', ordered: true },
  likes: { kind: 'like', count: 'likes', ordered: false },
  shares: { kind: 'boost', count: 'boosts', ordered: false },
} as const;

export type PostCollection = keyof typeof POST_COLLECTIONS;

/** Says whether a word of an address names a collection of a post. Never fails. */
export function isPostCollection(name: string): name is PostCollection {
  return Object.hasOwn(POST_COLLECTIONS, name);
}

/**
 * Gives the object of a post with what is counted now in place of what its build counted. Takes the document of the build;
 * a member that the document lacks is left out. Never fails. (ActivityPub §5; see `countedCollections`)
 */
export function withCounts(document: JsonObject, id: string, counts: InteractionCounts): JsonObject {
  const shown: JsonObject = { ...document };
  for (const [name, collection] of Object.entries(countedCollections(id, counts))) {
    if (Object.hasOwn(document, name)) shown[name] = collection;
  }
  return shown;
}
