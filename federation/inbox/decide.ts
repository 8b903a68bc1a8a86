import type { Outcome } from '../outcome.ts';
import type { Activity, ActivityType } from './activity.ts';
import type { DecisionContext } from './context.ts';
import { decideDelete } from './delete.ts';
import { decideFollow } from './follow.ts';
import { decideBlock, decideFlag, decideMove, decidePost, decideReaction } from './interaction.ts';
import { decideUndo } from './undo.ts';

type Decision = (activity: Activity, context: DecisionContext) => Outcome;

/** Which file decides which activity. */
const DECISIONS: Readonly<Record<ActivityType, Decision>> = {
  Follow: decideFollow,
  Undo: decideUndo,
  Delete: decideDelete,
  Create: decidePost,
  Update: decidePost,
  Like: decideReaction,
  EmojiReact: decideReaction,
  Announce: decideReaction,
  QuoteRequest: decideReaction,
  Block: decideBlock,
  Flag: decideFlag,
  Move: decideMove,
};

/** What an activity's decision looks at among the things that its actor sent before. */
const ASKS_FOR_RECEIVED: ReadonlySet<ActivityType> = new Set(['Undo', 'Delete', 'Update', 'Move']);

/** Says whether `context.received` must be gathered to decide this activity; the others never look. */
export function asksForReceived(activity: Activity): boolean {
  return ASKS_FOR_RECEIVED.has(activity.type);
}

/** Says whether `context.remoteActor` must be gathered: only somebody who will be answered needs an inbox. */
export function asksForRemoteActor(activity: Activity, actor: string): boolean {
  return activity.type === 'Follow' && activity.object.id === actor;
}

/**
 * Decides what a verified activity changes.
 *
 * Its signer must already be known to be its actor. Gives one outcome, whose effects are in the order in which they
 * must be applied; a pure function of its arguments, it never throws (CONTRIBUTING, Paths, Receive).
 */
export function decide(activity: Activity, context: DecisionContext): Outcome {
  return DECISIONS[activity.type](activity, context);
}
