import { accepted, type Effect, ignored, type Outcome } from '../outcome.ts';
import type { Activity } from './activity.ts';
import type { DecisionContext } from './context.ts';

/** The largest activity that is kept, in bytes of UTF-8. */
export const MAX_KEPT = 262_144;

/** Decides to keep an activity as it was received, under the post or actor of ours that it is about. */
export function keep(
  activity: Activity,
  target: string,
  context: DecisionContext,
  before: readonly Effect[] = [],
): Outcome {
  const { id, type, actor, json } = activity;
  const object = activity.object.id;
  if (new TextEncoder().encode(JSON.stringify(json)).length > MAX_KEPT) {
    return before.length > 0 ? accepted(before) : ignored('too-large-to-keep');
  }
  return accepted([
    ...before,
    {
      type: 'store-received',
      received: { id, type, actor, target, ...(object === undefined ? {} : { object }), json, at: context.now },
    },
  ]);
}
