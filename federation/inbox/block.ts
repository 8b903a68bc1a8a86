import { accepted, type Effect, ignored, type Outcome } from '../outcome.ts';
import type { Activity } from './activity.ts';
import { namesActor } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { notify } from './notification.ts';

/**
 * Decides a Block of the blog: the blocker is no follower any more and asks no more to be one (ActivityPub §6.9). What it
 * said stays until it deletes it. The owner reads of a follower who left, not of a Block.
 */
export function decideBlock(activity: Activity, context: DecisionContext): Outcome {
  const { actor, id } = activity;
  const { follower, followRequest, now } = context;
  if (!namesActor(activity.object.id, context)) return ignored('not-our-actor');
  const effects: Effect[] = [];
  if (followRequest !== undefined) effects.push({ type: 'remove-follow-request', actor });
  if (follower !== undefined) {
    effects.push({ type: 'remove-follower', actor });
    effects.push(notify('unfollow', id, { actor, handle: follower.handle, at: now }));
  }
  return effects.length > 0 ? accepted(effects) : ignored('not-following');
}
