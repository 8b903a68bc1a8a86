import { type Effect, ignored, type Outcome, refused } from '../outcome.ts';
import { ACTIVITY_TYPES, type Activity, type Thing } from './activity.ts';
import { concerns, ownTarget, receivedTarget } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { isAboutItself, isKnownActor } from './delete.ts';
import { followerOf } from './follow.ts';
import { keep } from './keep.ts';
import { sameOrigin } from './references.ts';
import { readRemoteActor } from './remote-actor.ts';

const WRAPPABLE: ReadonlySet<string> = new Set(ACTIVITY_TYPES);

/**
 * Decides a Create or an Update: kept when the object replies to, mentions, quotes or addresses the blog, or is an edit
 * of something that did.
 *
 * The object must be the actor's own: on its host and attributed to it (FEP-fe34; authorship checks, CVE-2024-37903).
 * An answer to a poll is ignored: the blog has none.
 */
export function decidePost(activity: Activity, context: DecisionContext): Outcome {
  if (isAboutItself(activity)) return decideActorUpdate(activity, context);
  const { object, actor } = activity;
  if (object.id === undefined) return ignored('object-without-id');
  if (!sameOrigin(object.id, actor)) {
    return refused('object-on-another-host', 403, "The object is not on the actor's host.");
  }
  if (object.attributedTo.length > 0 && !object.attributedTo.includes(actor)) {
    return refused('not-the-author', 403, 'The object is attributed to somebody else.');
  }
  if (object.vote) return ignored('vote');
  const target = concerns(activity, context) ?? receivedTarget(object, context);
  return target === undefined ? ignored('not-concerned') : keep(activity, target, context);
}

/**
 * Decides a Like, EmojiReact, Announce or QuoteRequest: kept when it is about a post or the actor of the blog.
 *
 * Only the id of what it is about counts; our own object is the truth, whatever copy is embedded. An Announce of an
 * activity is how Lemmy relays, not a boost (FEP-1b12).
 */
export function decideReaction(activity: Activity, context: DecisionContext): Outcome {
  if (activity.type === 'Announce' && wrapsActivity(activity.object)) return ignored('wrapped-activity');
  const target = ownTarget(activity.object.id, context);
  return target === undefined ? ignored('not-concerned') : keep(activity, target, context);
}

/** Decides a Block of the blog: the blocker is no follower any more, and the Block is kept (ActivityPub §6.9). */
export function decideBlock(activity: Activity, context: DecisionContext): Outcome {
  const { actor } = context.addresses;
  if (ownTarget(activity.object.id, context) !== actor) return ignored('not-our-actor');
  return keep(activity, actor, context, [{ type: 'remove-follower', actor: activity.actor }]);
}

/** Decides a Flag: kept for the owner when any of what it reports is ours. Mastodon lists actor and posts together. */
export function decideFlag(activity: Activity, context: DecisionContext): Outcome {
  for (const reported of activity.objects) {
    const target = ownTarget(reported.id, context);
    if (target !== undefined) return keep(activity, target, context);
  }
  return ignored('not-concerned');
}

/**
 * Decides a Move: kept when a known actor moves, or somebody moves to the blog. Followers come along by themselves: their
 * server sends new Follows (FEP-7628).
 */
export function decideMove(activity: Activity, context: DecisionContext): Outcome {
  const { actor } = context.addresses;
  if (activity.object.id !== activity.actor) return refused('move-of-another', 403, 'Only an actor can move itself.');
  const concerned = isKnownActor(context) || activity.target === actor;
  return concerned ? keep(activity, actor, context) : ignored('unknown-actor');
}

/** A follower that tells of a new inbox is delivered there from now on. */
function decideActorUpdate(activity: Activity, context: DecisionContext): Outcome {
  const { addresses, follower } = context;
  if (!isKnownActor(context)) return ignored('unknown-actor');
  const document = activity.object.embedded;
  const read = document === undefined ? undefined : readRemoteActor(document, activity.actor);
  const changed: readonly Effect[] =
    follower === undefined || read?.kind !== 'actor'
      ? []
      : [
          {
            type: 'store-follower',
            follower: followerOf(read.actor, { followId: follower.followId, since: follower.since }),
          },
        ];
  return keep(activity, addresses.actor, context, changed);
}

function wrapsActivity(object: Thing): boolean {
  return object.types.some((type) => WRAPPABLE.has(type));
}
