import { accepted, type Follower, ignored, type Outcome, refused } from '../outcome.ts';
import { buildAccept } from './accept.ts';
import type { Activity } from './activity.ts';
import type { DecisionContext } from './context.ts';
import type { RemoteActor } from './remote-actor.ts';

/** What a peer reads when its actor cannot be answered. */
const UNUSABLE = {
  'actor-id-differs': 'The actor document has another id than the actor.',
  'no-usable-inbox': 'The actor document has no usable inbox.',
  'inbox-on-another-host': "The inbox is not on the actor's host.",
} as const;

/**
 * Decides a Follow: every valid Follow of the blog's actor is accepted, a repeated one again.
 *
 * The follower comes before the Accept, so that nobody is told yes whom we then forget. A new id gets a new Accept, the
 * same id the same Accept once more, delivered from the start: the peer asks again because it has no answer
 * (ActivityPub §7.5; Mastodon re-sends a Follow whose Accept was lost). Refused when the actor has no inbox of its own.
 */
export function decideFollow(activity: Activity, context: DecisionContext): Outcome {
  const { addresses, remoteActor } = context;
  if (activity.object.id !== addresses.actor) return ignored('not-our-actor');
  if (remoteActor === undefined) return refused('actor-unavailable', 503, 'The actor document could not be fetched.');
  if (remoteActor.kind === 'fault') return refused(remoteActor.reason, 400, UNUSABLE[remoteActor.reason]);
  const since = context.follower?.since ?? context.now;
  const follower = followerOf(remoteActor.actor, { followId: activity.id, since });
  const accept = buildAccept(context, { id: activity.id, actor: activity.actor });
  return accepted([
    { type: 'store-follower', follower },
    { type: 'send', activity: accept, inbox: follower.inbox, again: true },
  ]);
}

/** Gives the follower that an actor is. `since`: RFC 3339 UTC. */
export function followerOf(actor: RemoteActor, follow: Pick<Follower, 'followId' | 'since'>): Follower {
  const { id, ...addresses } = actor;
  return { actor: id, ...addresses, ...follow };
}
