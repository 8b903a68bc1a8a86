import { readHandle } from './handles.ts';
import type { FindPerson } from './markdown-mentions.ts';
import { peopleOf, type RemoteCache } from './remote-cache.ts';
import type { OriginRule } from './settings.ts';

/** By what the blog itself is named. */
export interface OwnName {
  /** The one that the build is for comes first; the profile's names the same blog. */
  readonly origins: ReadonlySet<string>;
  /** `@user@host`, in lower case. */
  readonly handles: ReadonlySet<string>;
}

/** Gives the names of the blog, also where it is built for another origin than the profile's, for a look. */
export function ownName(
  rule: OriginRule,
  profile: { readonly origin?: string | undefined; readonly username?: string } | undefined,
): OwnName {
  const written = profile?.origin;
  const origins = new Set([rule.override ?? written ?? rule.fallback, ...(written === undefined ? [] : [written])]);
  const handles = [...origins].flatMap((origin) => {
    const handle =
      profile?.username === undefined ? undefined : readHandle(`${profile.username}@${new URL(origin).host}`);
    return handle ? [handle.handle] : [];
  });
  return { origins, handles: new Set(handles) };
}

/** Finds who is behind a handle: the blog itself, or somebody whom the cache knows. */
export function findPeople(cache: RemoteCache, { handles }: OwnName): FindPerson {
  const people = peopleOf(cache);
  return ({ handle }) => {
    if (handles.has(handle)) return { href: '/' };
    const actor = people.get(handle);
    return actor && { href: actor.url, actor };
  };
}
