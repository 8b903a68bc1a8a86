import type { Activity, Thing } from './activity.ts';
import type { DecisionContext } from './context.ts';

/**
 * Gives the post or actor of ours that an activity is about, or undefined when it does not concern the blog.
 *
 * Looked at, in this order: what it acts on, what that replies to or quotes, whom it mentions, whom it is addressed to.
 * The followers collection is nobody: a stranger may address it (ActivityPub §7.1.2, where inbox forwarding asks the same).
 */
export function concerns(activity: Activity, context: DecisionContext): string | undefined {
  const things = activity.objects;
  return first(context, [
    ...things.map((thing) => thing.id),
    activity.target,
    ...things.flatMap((thing) => [...thing.inReplyTo, ...thing.quotes, thing.object, ...thing.mentions]),
    ...activity.recipients,
    ...things.flatMap((thing) => thing.recipients),
  ]);
}

/** Gives the id of ours that a reference names: a post by id or page, the actor by id or home page. */
export function ownTarget(reference: string | undefined, context: DecisionContext): string | undefined {
  if (reference === undefined) return undefined;
  const { actor, origin } = context.addresses;
  // GoToSocial takes a mention's href as id or page, so it may send back either.
  if (reference === actor || reference === origin || reference === `${origin}/`) return actor;
  return reference.startsWith(`${origin}/`) ? context.ownsObject(reference) : undefined;
}

/** Gives what of ours an earlier activity of the same actor was about, when that activity or its object has this id. */
export function receivedTarget({ id }: Thing, context: DecisionContext): string | undefined {
  return id === undefined ? undefined : context.received.find((each) => each.id === id || each.object === id)?.target;
}

function first(context: DecisionContext, references: readonly (string | undefined)[]): string | undefined {
  for (const reference of references) {
    const target = ownTarget(reference, context);
    if (target !== undefined) return target;
  }
  return undefined;
}
