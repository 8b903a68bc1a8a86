import { objectId } from './addresses.ts';

/** What a post needs to get its id; `Post` of the build has this shape. */
export interface Keyed {
  readonly kind: 'article' | 'note';
  readonly key: string;
  /** The Markdown file, relative to the content folder. */
  readonly source: string;
  readonly federate: boolean | 'silent' | 'update';
}

/** What the ledger says of ids. */
export interface KnownIds {
  /** Ids of deleted objects. */
  readonly retired: ReadonlySet<string>;
  /** The Markdown file of each live object, by id: a post that got a new id keeps it when another would like it too. */
  readonly live?: ReadonlyMap<string, string>;
}

export type Renewed<P> = P & { readonly restores?: string };

/**
 * Gives each post that federates and whose id is retired a new key: `<key>-2`, `-3` … the first that is neither retired
 * nor another post's, and says in `restores` which deleted id it had last. It keeps the rule that a tombstoned id is never
 * used again; a post that does not federate keeps its id, for nobody is told of it and feeds know it. The order stays.
 * `posts` have keys that differ (without case) within their kind. Never fails. (CONTRIBUTING, invariant 3)
 */
export function renewKeys<P extends Keyed>(
  posts: readonly P[],
  origin: string,
  known: KnownIds,
): readonly Renewed<P>[] {
  if (known.retired.size === 0) return posts;
  const idOf = ({ kind }: Keyed, key: string): string => objectId(origin, kind === 'article' ? 'posts' : 'notes', key);
  const returning = posts.filter((post) => post.federate !== false && known.retired.has(idOf(post, post.key)));
  if (returning.length === 0) return posts;
  // A file system may not tell names apart by case.
  const owners = new Map(posts.map((post) => [idOf(post, post.key).toLowerCase(), post]));
  const renewed = new Map<P, { key: string; restores?: string }>();
  const give = (post: P, restores: string | undefined): void => {
    let last = restores;
    for (let number = 2; ; number += 1) {
      const key = `${post.key}-${number}`;
      const id = idOf(post, key);
      const owner = owners.get(id.toLowerCase());
      if (known.retired.has(id)) {
        if (last !== undefined) last = id;
      } else if (!owner || (!renewed.has(owner) && known.live?.get(id) === post.source)) {
        owners.set(id.toLowerCase(), post);
        renewed.set(post, { key, ...(last === undefined ? {} : { restores: last }) });
        // It came later, and followers know the id as that of the post which returned.
        if (owner) give(owner, undefined);
        return;
      }
    }
  };
  for (const post of returning) give(post, idOf(post, post.key));
  return posts.map((post) => ({ ...post, ...renewed.get(post) }));
}
