import { accepted, type Effect, ignored, type Outcome, refused, undoneMark } from '../outcome.ts';
import type { Activity, Thing } from './activity.ts';
import { ownPostOf } from './concerns.ts';
import type { DecisionContext } from './context.ts';
import { notify } from './notification.ts';
import { sameOrigin } from './references.ts';

/** What an Undo takes back beside a Follow, and what it is here. */
const REACTIONS: ReadonlyMap<string, 'like' | 'boost'> = new Map([
  ['Like', 'like'],
  ['EmojiReact', 'like'],
  ['Announce', 'boost'],
]);

/**
 * Decides an Undo: of a Follow it removes the follower or its request, of a Like, reaction or Announce what was kept of it,
 * of a Flag the report.
 *
 * What is undone may be embedded or only named. An embedded Follow counts by actor and target, for its id may be one we
 * never saw (Misskey makes another one for the Undo; Mastodon after a followers synchronisation, FEP-8fcf); so does an
 * embedded Like of an unknown id (Lemmy). An inner actor, where there is one, must be the outer one (ActivityPub §7.10);
 * activitypub-bot leaves it out.
 */
export function decideUndo(activity: Activity, context: DecisionContext): Outcome {
  const undone = activity.object;
  const { actor } = activity;
  if (undone.actor !== undefined && undone.actor !== actor) {
    return refused('undo-of-another', 403, 'Only the actor of an activity can undo it.');
  }
  if (isFollow(undone, context)) return decideUnfollow(activity, context);
  const kind = undone.types.map((type) => REACTIONS.get(type)).find((each) => each !== undefined);
  if (kind !== undefined) return takeBack(activity, kind, context);
  const { id } = undone;
  if (id === undefined) return ignored('object-without-id');
  if (!sameOrigin(id, actor)) return refused('undo-of-another', 403, 'Only the actor of an activity can undo it.');
  if (undone.types.includes('Flag')) {
    return accepted([
      { type: 'remove-message', actor, id },
      { type: 'mark', mark: undoneMark(actor, id) },
    ]);
  }
  return undone.types.length === 0 ? takeBack(activity, undefined, context) : ignored('nothing-to-undo');
}

/**
 * The mark comes along in any case: an Undo may overtake what it undoes. Without an id of its own the Like cannot be known
 * again, and what is kept of the same actor and post is meant.
 */
function takeBack(activity: Activity, kind: 'like' | 'boost' | undefined, context: DecisionContext): Outcome {
  const { actor, object } = activity;
  const { existing } = context;
  const isReaction = existing?.kind === 'like' || existing?.kind === 'boost';
  // What was said is taken back by a Delete, not by an Undo of its Create.
  if (existing !== undefined && !isReaction) return ignored('nothing-to-undo');
  const target = ownPostOf(object.object, context)?.id;
  const effects: Effect[] = [];
  if (existing !== undefined) effects.push({ type: 'remove-interaction', of: { actor, id: existing.id } });
  else if (kind !== undefined && target !== undefined)
    effects.push({ type: 'remove-interaction', of: { actor, target, kind } });
  else if (kind !== undefined && object.object !== undefined) return ignored('not-concerned');
  if (object.id !== undefined && sameOrigin(object.id, actor))
    effects.push({ type: 'mark', mark: undoneMark(actor, object.id) });
  return effects.length === 0 ? ignored('not-concerned') : accepted(effects);
}

function decideUnfollow(activity: Activity, context: DecisionContext): Outcome {
  const { follower, followRequest, addresses, now } = context;
  const { actor, object } = activity;
  if (object.object !== undefined && object.object !== addresses.actor) return ignored('not-our-actor');
  const isMeant = (followId: string | undefined) => object.object !== undefined || object.id === followId;
  const effects: Effect[] = [];
  if (followRequest !== undefined && isMeant(followRequest.followId))
    effects.push({ type: 'remove-follow-request', actor });
  if (follower !== undefined && isMeant(follower.followId)) {
    effects.push({ type: 'remove-follower', actor });
    effects.push(notify('unfollow', activity.id, { actor, handle: follower.handle, at: now }));
  }
  if (effects.length > 0) return accepted(effects);
  return ignored(follower === undefined && followRequest === undefined ? 'not-following' : 'unknown-follow');
}

function isFollow(undone: Thing, { follower, followRequest }: DecisionContext): boolean {
  if (undone.types.includes('Follow')) return true;
  if (undone.types.length > 0 || undone.id === undefined) return false;
  return undone.id === follower?.followId || undone.id === followRequest?.followId;
}
