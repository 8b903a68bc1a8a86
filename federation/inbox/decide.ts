import { ignored, type Outcome } from '../outcome.ts';
import type { Activity, ActivityType } from './activity.ts';
import { decideAnnounce } from './announce.ts';
import { decideAnswer, withRevocation } from './answer.ts';
import { decideBlock } from './block.ts';
import { isBlocked } from './blocks.ts';
import type { DecisionContext } from './context.ts';
import { decidePost } from './create.ts';
import { decideDelete, isAboutItself } from './delete.ts';
import { decideFlag } from './flag.ts';
import { decideFollow } from './follow.ts';
import { decideLike } from './like.ts';
import { decideMove } from './move.ts';
import { decideQuoteRequest } from './quote-request.ts';
import { withReading } from './reading.ts';
import { sameOrigin } from './references.ts';
import { decideUndo } from './undo.ts';

type Decision = (activity: Activity, context: DecisionContext) => Outcome;

/** Which file decides which activity. */
const DECISIONS: Readonly<Record<ActivityType, Decision>> = {
  Follow: decideFollow,
  Accept: decideAnswer,
  Reject: decideAnswer,
  Undo: decideUndo,
  Delete: decideDelete,
  Create: decidePost,
  Update: decidePost,
  Like: decideLike,
  EmojiReact: decideLike,
  Announce: decideAnnounce,
  QuoteRequest: decideQuoteRequest,
  Block: decideBlock,
  Flag: decideFlag,
  Move: decideMove,
};

/** What is kept or told of under somebody's name. */
const ASKS_FOR_AUTHOR: ReadonlySet<ActivityType> = new Set([
  'Create',
  'Update',
  'Like',
  'EmojiReact',
  'Announce',
  'QuoteRequest',
  'Flag',
  'Accept',
  'Reject',
]);

/** Says whether `context.remoteActor` must be gathered: only somebody who will be answered needs an inbox. */
export function asksForRemoteActor({ type, object }: Activity, ownActor: string): boolean {
  if (type === 'Follow') return object.id === ownActor;
  if (type === 'Create') return object.vote && object.inReplyTo.some((each) => sameOrigin(each, ownActor));
  return type === 'QuoteRequest' && object.id !== undefined && sameOrigin(object.id, ownActor);
}

/** Says whether `context.author` must be gathered, provided that the activity concerns the blog. */
export function asksForAuthor(activity: Activity): boolean {
  return ASKS_FOR_AUTHOR.has(activity.type) && !isAboutItself(activity);
}

/**
 * Decides what a verified activity changes.
 *
 * Its signer must already be known to be its actor. Of somebody whom the owner blocks nothing is taken, and nobody is told.
 * Gives one outcome, whose effects are in the order in which they must be applied; a pure function of its arguments, it
 * never throws (CONTRIBUTING, Paths, Receive).
 */
export function decide(activity: Activity, context: DecisionContext): Outcome {
  const { actor, type } = activity;
  if (isBlocked(context.rules.blocks, { actor, handle: handleOf(context) })) return ignored('blocked');
  const outcome = withRevocation(DECISIONS[type](activity, context), activity, context);
  return withReading(outcome, activity, context);
}

function handleOf({ author, remoteActor, follower, followRequest }: DecisionContext): string | undefined {
  const answered = remoteActor?.kind === 'actor' ? remoteActor.actor : undefined;
  return (author ?? answered ?? follower ?? followRequest)?.handle;
}
