import { type Outcome, refused } from '../outcome.ts';
import type { Thing } from './activity.ts';
import { sameOrigin } from './references.ts';

/** The answer to an actor whose own document could not be had, which is the fault of the moment. */
export const ACTOR_UNAVAILABLE = refused(
  'actor-unavailable',
  503,
  'The actor document could not be fetched: try again later.',
);

/**
 * Refuses an object that is not the actor's own: on another origin, or attributed to somebody else. Undefined when it may
 * be theirs; one that is attributed to nobody is (FEP-fe34; authorship checks, CVE-2024-37903).
 */
export function refuseForeign(object: Thing, id: string, actor: string): Outcome | undefined {
  if (!sameOrigin(id, actor)) return refused('object-on-another-host', 403, "The object is not on the actor's host.");
  if (object.attributedTo.length > 0 && !object.attributedTo.includes(actor)) {
    return refused('not-the-author', 403, 'The object is attributed to somebody else.');
  }
  return undefined;
}
