import { ignored, type Outcome } from '../outcome.ts';
import { ACTIVITY_TYPES, type Activity } from './activity.ts';
import type { DecisionContext } from './context.ts';
import { keepReaction } from './like.ts';

const WRAPPABLE: ReadonlySet<string> = new Set([...ACTIVITY_TYPES, 'Add', 'Remove', 'Dislike']);

/**
 * Decides an Announce of a post of ours: a boost, when it is public.
 *
 * Only the id of the post counts. An Announce of an activity is how Lemmy relays, not a boost (FEP-1b12), and one of
 * somebody else's object is a relay's.
 */
export function decideAnnounce(activity: Activity, context: DecisionContext): Outcome {
  if (activity.object.types.some((type) => WRAPPABLE.has(type))) return ignored('wrapped-activity');
  if (!activity.isPublic) return ignored('not-public');
  return keepReaction(activity, { kind: 'boost' }, context);
}
