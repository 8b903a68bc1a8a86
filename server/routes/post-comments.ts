import { mediaAddress, mediaDigest } from '../../federation/addresses.ts';
import { readOwnPoll } from '../../federation/inbox/own-poll.ts';
import type { InteractionCounts } from '../../federation/interaction.ts';
import { languageOf } from '../../federation/own-words.ts';
import { type PollNow, pollAt } from '../../federation/question.ts';
import { areRepliesClosed, type Rules } from '../../federation/rules.ts';
import { buildThread, type Thread } from '../../federation/thread.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
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
  /** When the next of these comes, in milliseconds since the epoch, if any does: no more replies, no more votes. */
  readonly changesAt?: number;
  readonly avatars: Rules['avatars'];
  /** Gives the path at which a picture of another server is shown. */
  readonly mediaPath: (url: string) => string;
  /** Of a post that asks. */
  readonly poll?: PollNow;
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
  const poll = await readPoll({ store, clock }, id, document);
  const coming = [closesAt, Date.parse(poll?.poll.ends ?? '')].filter((time) => time > clock());
  return {
    thread,
    // The number stands above them all.
    counts: { ...counts, replies: counts.replies + thread.counts.replies - heard.counts.replies },
    language: languageOf(document) ?? 'en',
    closed,
    ...(coming.length > 0 ? { changesAt: Math.min(...coming) } : {}),
    ...(poll === undefined ? {} : { poll }),
    avatars: rules.avatars,
    mediaPath: (picture) => mediaAddress('', mediaDigest(sha256Hex, picture)),
    url: page,
  };
}

async function readPoll(
  { store, clock }: Pick<CommentsDeps, 'store' | 'clock'>,
  id: string,
  document: JsonObject,
): Promise<PollNow | undefined> {
  const poll = readOwnPoll(document, id);
  if (poll?.ends === undefined) return undefined;
  return pollAt(clock(), { ...poll, ends: poll.ends }, await store.answers.tally(id));
}
