import type { RemoteActor } from '../federation/inbox/remote-actor.ts';
import type { Follower } from '../federation/outcome.ts';
import type { ResolvedHandle } from '../server/resolve-handle.ts';
import type { FollowerStore } from '../server/store/store.ts';

/** Look-ups at once: two requests and more each, to servers that a list names many times. */
const AT_ONCE = 8;

/** A list has no ids of Follows: an Undo that names the Follow it takes back, as all known servers send it, still fits. */
const UNKNOWN_FOLLOW = 'urn:postern:imported-follow';

export interface ImportReport {
  readonly added: number;
  /** Followed already: left as they are. */
  readonly known: number;
  readonly missing: readonly { readonly handle: string; readonly kind: Missing; readonly reason: string }[];
}

/** `failed`: worth another try. */
type Missing = Exclude<ResolvedHandle['kind'], 'found'>;

export interface HandleImport {
  readonly followers: Pick<FollowerStore, 'all' | 'get' | 'put'>;
  readonly resolve: (handle: string) => Promise<ResolvedHandle>;
  /** The blog's own actor, which cannot follow itself. */
  readonly actor: string;
  readonly clock: () => number;
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Finds the actors behind handles and stores them as followers, in the order of the list. Who follows already is neither
 * asked nor changed, so an import that was interrupted goes on when it is run again. Who is not found is in the report.
 */
export async function importHandles(deps: HandleImport, handles: readonly string[]): Promise<ImportReport> {
  const { followers, resolve, clock, onProgress } = deps;
  const already = new Set<string>();
  for await (const { handle } of followers.all()) if (handle !== undefined) already.add(handle.toLowerCase());
  const wanted = handles.filter((handle) => !already.has(handle.toLowerCase()));
  const missing: { handle: string; kind: Missing; reason: string }[] = [];
  const counts = { added: 0, known: handles.length - wanted.length };
  let done = 0;
  for await (const [handle, found] of inOrder(wanted, resolve)) {
    done += 1;
    onProgress?.(done, wanted.length);
    if (found.kind !== 'found') missing.push({ handle, kind: found.kind, reason: found.reason });
    else if (found.actor.id === deps.actor) missing.push({ handle, kind: 'refused', reason: 'it is this blog' });
    else counts[await add(followers, followerOf(found.actor, clock()))] += 1;
  }
  return { ...counts, missing };
}

/** Stores followers of a full export, in its order; who follows already is left as it is, for that is newer. */
export async function importFollowers(
  followers: Pick<FollowerStore, 'get' | 'put'>,
  list: readonly Follower[],
  onProgress?: (done: number, total: number) => void,
): Promise<ImportReport> {
  const counts = { added: 0, known: 0 };
  for (const [index, follower] of list.entries()) {
    counts[await add(followers, follower)] += 1;
    onProgress?.(index + 1, list.length);
  }
  return { ...counts, missing: [] };
}

async function add(followers: Pick<FollowerStore, 'get' | 'put'>, follower: Follower): Promise<'added' | 'known'> {
  if (await followers.get(follower.actor)) return 'known';
  await followers.put(follower);
  return 'added';
}

function followerOf({ id, inbox, sharedInbox, handle }: RemoteActor, now: number): Follower {
  return {
    actor: id,
    inbox,
    ...(sharedInbox === undefined ? {} : { sharedInbox }),
    followId: UNKNOWN_FOLLOW,
    ...(handle === undefined ? {} : { handle }),
    since: new Date(now).toISOString(),
  };
}

/** Looks up some at once, and gives them in the order of the list: followers keep their places. */
async function* inOrder(
  handles: readonly string[],
  resolve: (handle: string) => Promise<ResolvedHandle>,
): AsyncGenerator<[string, ResolvedHandle]> {
  const underWay: [string, Promise<ResolvedHandle>][] = [];
  for (const handle of handles) {
    underWay.push([handle, resolve(handle)]);
    if (underWay.length >= AT_ONCE) yield* first(underWay);
  }
  while (underWay.length > 0) yield* first(underWay);
}

async function* first(underWay: [string, Promise<ResolvedHandle>][]): AsyncGenerator<[string, ResolvedHandle]> {
  const next = underWay.shift();
  if (next) yield [next[0], await next[1]];
}
