import { accepted, type Effect, type Follower, ignored, type Outcome, refused } from '../outcome.ts';
import { buildAccept } from './accept.ts';
import type { Activity } from './activity.ts';
import type { DecisionContext } from './context.ts';
import { notify } from './notification.ts';
import { ACTOR_UNAVAILABLE } from './ownership.ts';
import type { RemoteActor, RemoteActorRead } from './remote-actor.ts';

/** What a peer reads when its actor cannot be answered. */
const UNUSABLE = {
  'actor-id-differs': 'The actor document has another id than the actor.',
  'no-usable-inbox': 'The actor document has no usable inbox.',
  'inbox-on-another-host': "The inbox is not on the actor's host.",
} as const;

/**
 * Decides a Follow of the blog's actor: it is accepted, a repeated one again; or it waits for the owner, when the rules
 * say so and the actor does not follow yet.
 *
 * The follower comes before the Accept, so that nobody is told yes whom we then forget. A new id gets a new Accept, the
 * same id the same Accept once more, delivered from the start: the peer asks again because it has no answer
 * (ActivityPub §7.5; Mastodon re-sends a Follow whose Accept was lost). Refused when the actor has no inbox of its own.
 * An Undo that came before does not count: Pixelfed gives every Follow of a person the same id.
 */
export function decideFollow(activity: Activity, context: DecisionContext): Outcome {
  const { addresses, remoteActor, rules, now } = context;
  // `as:Public` is followed at relays (FEP-ae0c); the blog is none.
  if (activity.object.id !== addresses.actor) return ignored('not-our-actor');
  if (remoteActor?.kind !== 'actor') return refuseUnusable(remoteActor);
  const earlier = context.follower ?? context.followRequest;
  const follower = followerOf(remoteActor.actor, { followId: activity.id, since: earlier?.since ?? now });
  const waits = rules.approveFollowers && context.follower === undefined;
  const isNews = earlier === undefined || earlier.followId === activity.id;
  const { actor, handle } = follower;
  const told = isNews ? [notify(waits ? 'follow-request' : 'follow', activity.id, { actor, handle, at: now })] : [];
  if (waits) return accepted([{ type: 'store-follow-request', request: follower }, ...told]);
  const ended: readonly Effect[] =
    context.followRequest === undefined ? [] : [{ type: 'remove-follow-request', actor }];
  const accept = buildAccept(context, { id: activity.id, actor });
  return accepted([
    { type: 'store-follower', follower },
    ...ended,
    ...told,
    { type: 'send', activity: accept, inbox: follower.inbox, again: true },
  ]);
}

/** Refuses an actor that cannot be answered: its document is missing, not its own, or has no usable inbox. */
export function refuseUnusable(read: Exclude<RemoteActorRead, { kind: 'actor' }> | undefined): Outcome {
  return read === undefined ? ACTOR_UNAVAILABLE : refused(read.reason, 400, UNUSABLE[read.reason]);
}

/** Gives the follower that an actor is. `since`: RFC 3339 UTC. */
export function followerOf(actor: RemoteActor, follow: Pick<Follower, 'followId' | 'since'>): Follower {
  const { id, ...addresses } = actor;
  return { actor: id, ...addresses, ...follow };
}
