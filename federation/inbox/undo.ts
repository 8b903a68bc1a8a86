import { accepted, ignored, type Outcome, refused } from '../outcome.ts';
import type { Activity, Thing } from './activity.ts';
import { ownTarget, receivedTarget } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { keep } from './keep.ts';

/**
 * Decides an Undo: of a Follow it removes the follower, of anything else that concerns the blog it is kept.
 *
 * What is undone may be embedded or only named. An embedded Follow counts by actor and target, for its id may be one we
 * never saw (Misskey makes another one for the Undo; Mastodon after a followers synchronisation, FEP-8fcf). An inner
 * actor, where there is one, must be the outer one (ActivityPub §7.10); activitypub-bot leaves it out.
 */
export function decideUndo(activity: Activity, context: DecisionContext): Outcome {
  const undone = activity.object;
  if (undone.actor !== undefined && undone.actor !== activity.actor) {
    return refused('undo-of-another', 403, 'Only the actor of an activity can undo it.');
  }
  if (isFollow(undone, context)) return decideUnfollow(activity, context);
  const target = ownTarget(undone.object, context) ?? receivedTarget(undone, context);
  return target === undefined ? ignored('not-concerned') : keep(activity, target, context);
}

function decideUnfollow(activity: Activity, context: DecisionContext): Outcome {
  const followed = activity.object.object;
  if (followed !== undefined && followed !== context.addresses.actor) return ignored('not-our-actor');
  if (context.follower === undefined) return ignored('not-following');
  if (followed === undefined && activity.object.id !== context.follower.followId) return ignored('unknown-follow');
  return accepted([{ type: 'remove-follower', actor: activity.actor }]);
}

function isFollow(undone: Thing, context: DecisionContext): boolean {
  if (undone.types.includes('Follow')) return true;
  return undone.types.length === 0 && undone.id !== undefined && undone.id === context.follower?.followId;
}
