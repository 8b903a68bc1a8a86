import { accepted, type Effect, ignored, type Outcome, refused, undoneMark } from '../outcome.ts';
import type { Activity } from './activity.ts';
import type { DecisionContext } from './context.ts';
import { sameOrigin } from './references.ts';

/**
 * Says whether an activity is an actor's word about itself: its own Delete or Update.
 *
 * Mastodon sends these to every server it knows. About an actor unknown to us they are answered before any fetch: the
 * key of a deleted actor is gone, and each look would be one request of a flood.
 */
export function isAboutItself(activity: Activity): boolean {
  return (activity.type === 'Delete' || activity.type === 'Update') && activity.object.id === activity.actor;
}

/** Says whether anything is known of the actor: it follows the blog or asked to, or something that it sent is kept. */
export function isKnownActor(context: Pick<DecisionContext, 'follower' | 'followRequest' | 'isKnown'>): boolean {
  return context.follower !== undefined || context.followRequest !== undefined || context.isKnown;
}

/**
 * Decides a Delete: of a known actor it forgets the actor, of an object it drops what is kept of it.
 *
 * The object must be on the actor's origin, and only what the same actor sent is dropped, so nobody deletes for another
 * (ActivityPub §6.4, §7.4). It is remembered in any case: a Delete may overtake its Create, and what was sealed is known
 * by its digest alone.
 */
export function decideDelete(activity: Activity, context: DecisionContext): Outcome {
  const { actor, object } = activity;
  if (isAboutItself(activity)) return isKnownActor(context) ? forgetActor(actor) : ignored('unknown-actor');
  const { id } = object;
  if (id === undefined) return ignored('object-without-id');
  if (!sameOrigin(id, actor)) return refused('object-on-another-host', 403, "The object is not on the actor's host.");
  const { existing } = context;
  const stored: readonly Effect[] =
    existing === undefined ? [] : [{ type: 'remove-interaction', of: { actor, id: existing.id } }];
  return accepted([...stored, { type: 'remove-message', actor, id }, { type: 'mark', mark: undoneMark(actor, id) }]);
}

/** Gives what follows from an actor being no more: it follows nobody, and what it said is dropped. */
export function forgetActor(actor: string): Outcome {
  return accepted([
    { type: 'remove-follower', actor },
    { type: 'forget-actor', actor },
  ]);
}
