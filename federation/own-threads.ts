import { type Addresses, addressesOf } from './addresses.ts';
import { isDeedAlone } from './deed-entries.ts';
import type { SiteFacts } from './emission.ts';
import type { InteractionCounts } from './interaction.ts';
import { type EmissionDeps, emitPost, type RenderedPost } from './object-emission.ts';
import { ownAuthor, ownRepliesBelow } from './own-replies.ts';
import { withOwnReplies } from './own-thread.ts';
import { type OwnReply, readOwnReply } from './own-words.ts';
import { answeredBy, postId, postUrl } from './post-object.ts';
import { buildThread, idsIn, type Thread } from './thread.ts';
import { isJsonObject } from './vocabulary.ts';

/** What is shown at posts, by their ids. */
export interface ShownThreads {
  readonly threads: ReadonlyMap<string, Thread>;
  /** Of all that is shown, where a thread is but the first of it. */
  readonly counts: ReadonlyMap<string, InteractionCounts>;
}

/**
 * Gives what was heard with what the posts of the blog itself say in it, as a server completes a thread that it reads from its
 * store: the page of the build and the same page refreshed have the same bytes. Takes a checked site; posts that are in no
 * thread cost nothing. Never fails.
 */
export function withOwnThreads(
  deps: EmissionDeps,
  site: Pick<SiteFacts, 'profile' | 'posts'>,
  heard: ShownThreads,
): ShownThreads {
  const addresses = addressesOf(site.profile.origin);
  const author = ownAuthor(site.profile, addresses);
  const posts = site.posts.filter((post) => post.federate && !isDeedAlone(post));
  const pairs = posts.flatMap((post): [string, string][] => {
    const answered = answeredBy(post);
    return answered === undefined ? [] : [[postId(post, addresses), answered]];
  });
  if (pairs.length === 0) return heard;
  const byId = new Map(posts.map((post) => [postId(post, addresses), post]));
  const read = remembering((id) => readPost(deps, addresses, byId.get(id)));
  const threads = new Map(heard.threads);
  const counts = new Map(heard.counts);
  for (const target of targetsOf(pairs, byId, heard.threads)) {
    const post = byId.get(target);
    const before = heard.threads.get(target) ?? buildThread(target, [], []);
    if (post === undefined) continue;
    const below = ownRepliesBelow(pairs, [target, ...idsIn(before)]).flatMap(({ id }) => read(id) ?? []);
    const after = withOwnReplies(before, { author, replies: below, page: postUrl(post, addresses) });
    const count = counts.get(target);
    threads.set(target, after);
    if (count) counts.set(target, { ...count, replies: count.replies + after.counts.replies - before.counts.replies });
  }
  return { threads, counts };
}

/** The posts at which something of ours may stand: those that we answer, and those at which something stands that we answer. */
function targetsOf(
  pairs: readonly (readonly [string, string])[],
  posts: ReadonlyMap<string, RenderedPost>,
  threads: ReadonlyMap<string, Thread>,
): Set<string> {
  const answered = new Set(pairs.map(([, inReplyTo]) => inReplyTo));
  const targets = new Set([...answered].filter((id) => posts.has(id)));
  for (const thread of threads.values())
    for (const id of idsIn(thread)) if (answered.has(id)) targets.add(thread.target);
  return targets;
}

/** Out of its document, as a server has it. */
function readPost(deps: EmissionDeps, addresses: Addresses, post: RenderedPost | undefined): OwnReply | undefined {
  if (post === undefined) return undefined;
  const document: unknown = JSON.parse(emitPost(deps, addresses, post).file.json);
  return isJsonObject(document) ? readOwnReply(document) : undefined;
}

function remembering<Value>(read: (id: string) => Value): (id: string) => Value {
  const known = new Map<string, Value>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const value = read(id);
    known.set(id, value);
    return value;
  };
}
