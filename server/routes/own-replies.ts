import { ownRepliesBelow } from '../../federation/own-replies.ts';
import { withOwnReplies } from '../../federation/own-thread.ts';
import { type OwnReply, readOwnReply } from '../../federation/own-words.ts';
import { buildThread, idsIn, type Thread } from '../../federation/thread.ts';
import type { Deps, Site } from '../ports.ts';

/** Gives a thread with what the blog itself says in it. `page` is the URL of the page that shows it. */
export async function completeThread(site: Site, thread: Thread, page: string): Promise<Thread> {
  const { author, replies } = await site.ownReplies();
  const below = ownRepliesBelow(replies, [thread.target, ...idsIn(thread)]);
  if (below.length === 0) return thread;
  const read = await Promise.all(below.map(({ id }) => readReply(site, id)));
  return withOwnReplies(thread, { author, replies: read.filter((each) => each !== undefined), page });
}

/**
 * Gives the ids of the blog's own posts in the thread of one: those that answer it, or something that is shown at it, or one
 * another. What others said is read only when a post of ours answers any of it.
 */
export async function ownRepliesAt({ site, store }: Pick<Deps, 'site' | 'store'>, target: string): Promise<string[]> {
  const { replies } = await site.ownReplies();
  if (replies.length === 0) return [];
  const { origin } = new URL(target);
  const answersOthers = replies.some(([, inReplyTo]) => !inReplyTo.startsWith(`${origin}/`));
  const shown = answersOthers ? idsIn(await readThread(store, target)) : [];
  return ownRepliesBelow(replies, [target, ...shown]).map(({ id }) => id);
}

async function readThread({ interactions }: Deps['store'], target: string): Promise<Thread> {
  const { items, authors } = await interactions.thread(target);
  return buildThread(target, items, authors);
}

/** Its document is of the same build, but one that a swap took the file from is left out until the next look. */
async function readReply(site: Site, id: string): Promise<OwnReply | undefined> {
  const document = await site.document(id);
  return document && readOwnReply(document);
}
