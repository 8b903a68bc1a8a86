import { accepted, type Effect, type Follower, ignored, type Outcome } from '../outcome.ts';
import type { Activity } from './activity.ts';
import { own } from './bounds.ts';
import type { DecisionContext } from './context.ts';
import { isKnownActor } from './delete.ts';
import { followerOf } from './follow.ts';
import { readAuthor } from './read-author.ts';
import { readRemoteActor } from './remote-actor.ts';

/**
 * Decides an actor's Update of itself: what it said is shown with the new name from now on, and a follower that tells of a
 * new inbox is delivered there (ActivityPub §7.3).
 *
 * A document that says to be another actor changes nothing; neither does a bare id, beyond that the receiver forgets what
 * it remembers of the actor.
 */
export function decideActorUpdate(activity: Activity, context: DecisionContext): Outcome {
  const { follower, followRequest, now } = context;
  const { actor } = activity;
  if (!isKnownActor(context)) return ignored('unknown-actor');
  const document = activity.object.embedded;
  if (document === undefined) return accepted([]);
  if (own(document, 'id') !== actor) return ignored('actor-id-differs');
  const effects: Effect[] = [];
  const read = readRemoteActor(document, actor);
  const renewed = ({ followId, since }: Follower): Follower | undefined =>
    read.kind === 'actor' ? followerOf(read.actor, { followId, since }) : undefined;
  const newFollower = follower && renewed(follower);
  const newRequest = followRequest && renewed(followRequest);
  if (newFollower !== undefined) effects.push({ type: 'store-follower', follower: newFollower });
  if (newRequest !== undefined) effects.push({ type: 'store-follow-request', request: newRequest });
  return accepted([...effects, { type: 'update-author', author: readAuthor(document, actor, now) }]);
}
