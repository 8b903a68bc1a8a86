import { mediaAddress, mediaDigest } from '../../federation/addresses.ts';
import type { InteractionCounts } from '../../federation/interaction.ts';
import { languageOf } from '../../federation/own-words.ts';
import { areRepliesClosed, type Rules } from '../../federation/rules.ts';
import { buildThread, type Thread } from '../../federation/thread.ts';
import { sha256Hex } from '../crypto.ts';
import type { Deps } from '../ports.ts';
import type { FoundObject } from './find-object.ts';
import { completeThread } from './own-replies.ts';

export type CommentsDeps = Pick<Deps, 'site' | 'store' | 'clock'>;

/** What was said about one post, and what else its page needs. */
export interface PostComments {
  readonly thread: Thread;
  /** Of all that is shown, where the thread is but the first of it. */
  readonly counts: InteractionCounts;
  /** Of the post, a BCP 47 tag. */
  readonly language: string;
  /** The post takes no more replies. */
  readonly closed: boolean;
  /** Until when it takes them, in milliseconds since the epoch, where the rules say so. */
  readonly closesAt?: number;
  readonly avatars: Rules['avatars'];
  /** Gives the path at which a picture of another server is shown. */
  readonly mediaPath: (url: string) => string;
  /** The page of the post. */
  readonly url: string;
}

/** Reads what is shown now at a post that was found. */
export async function readComments(
  { site, store, clock }: CommentsDeps,
  { id, document }: Extract<FoundObject, { kind: 'live' }>,
): Promise<PostComments> {
  const [parts, rules, counts, { items, authors }] = await Promise.all([
    site.parts(),
    site.rules(),
    store.interactions.counts(id),
    store.interactions.thread(id),
  ]);
  const { url } = document;
  const published = typeof document.published === 'string' ? document.published : '';
  const closed = areRepliesClosed(rules.replies, published, clock());
  const page = typeof url === 'string' ? url : `${parts.head.origin}/`;
  const heard = buildThread(id, items, authors);
  const thread = await completeThread(site, heard, page);
  const closesAt = Date.parse(published) + (rules.replies.closeAfterMs ?? Number.NaN);
  return {
    thread,
    // The number stands above them all.
    counts: { ...counts, replies: counts.replies + thread.counts.replies - heard.counts.replies },
    language: languageOf(document) ?? 'en',
    closed,
    ...(closed || Number.isNaN(closesAt) ? {} : { closesAt }),
    avatars: rules.avatars,
    mediaPath: (picture) => mediaAddress('', mediaDigest(sha256Hex, picture)),
    url: page,
  };
}
