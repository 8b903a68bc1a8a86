import { accepted, ignored, type Outcome, refused } from '../outcome.ts';
import type { Activity } from './activity.ts';
import { namesActor } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { isKnownActor } from './delete.ts';
import { notify } from './notification.ts';

/**
 * Decides a Move: the owner is told when a known actor moves, or somebody moves to the blog. Followers come along by
 * themselves: their server sends new Follows (FEP-7628).
 */
export function decideMove(activity: Activity, context: DecisionContext): Outcome {
  const { actor, id, object, target } = activity;
  if (object.id !== actor) return refused('move-of-another', 403, 'Only an actor can move itself.');
  if (!isKnownActor(context) && !namesActor(target, context)) return ignored('unknown-actor');
  const handle = (context.author ?? context.follower ?? context.followRequest)?.handle;
  return accepted([notify('move', id, { actor, handle, at: context.now })]);
}
