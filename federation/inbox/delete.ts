import { accepted, ignored, type Outcome } from '../outcome.ts';
import type { Activity } from './activity.ts';
import { receivedTarget } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { keep } from './keep.ts';

/**
 * Says whether an activity is an actor's word about itself: its own Delete or Update.
 *
 * Mastodon sends these to every server it knows. About an actor unknown to us they are answered before any fetch: the
 * key of a deleted actor is gone, and each look would be one request of a flood.
 */
export function isAboutItself(activity: Activity): boolean {
  return (activity.type === 'Delete' || activity.type === 'Update') && activity.object.id === activity.actor;
}

/** Says whether anything is known of the actor: it follows the blog, or sent something that was kept. */
export function isKnownActor(context: Pick<DecisionContext, 'follower' | 'received'>): boolean {
  return context.follower !== undefined || context.received.length > 0;
}

/**
 * Decides a Delete: of a known actor it forgets the actor, of an object that concerned the blog it is kept.
 *
 * Only what the same actor sent counts as known, so nobody deletes for another (ActivityPub §6.4, §7.4).
 */
export function decideDelete(activity: Activity, context: DecisionContext): Outcome {
  if (isAboutItself(activity)) return isKnownActor(context) ? forgetActor(activity.actor) : ignored('unknown-actor');
  const target = receivedTarget(activity.object, context);
  return target === undefined ? ignored('unknown-object') : keep(activity, target, context);
}

/** Gives what follows from an actor being no more: it follows nobody, and what it said is dropped. */
export function forgetActor(actor: string): Outcome {
  return accepted([
    { type: 'remove-follower', actor },
    { type: 'forget-actor', actor },
  ]);
}
