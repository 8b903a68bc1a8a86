import { hostOf } from '../federation/audience.ts';
import type { Activity } from '../federation/inbox/activity.ts';
import { decide } from '../federation/inbox/decide.ts';
import { type Follower, type Outcome, refused } from '../federation/outcome.ts';
import { applyEffects, type Seal, type Write } from './apply-effects.ts';
import { PosternError } from './errors.ts';
import { gatherContext } from './gather-context.ts';
import { sealMessage } from './messages.ts';
import type { Deps } from './ports.ts';
import type { RemoteActors } from './remote-actors.ts';

export type CarryOutDeps = Pick<Deps, 'store' | 'site' | 'clock' | 'limits'>;

export interface CarryOutOptions {
  /** Between the decision and its effects, when it has any. */
  readonly before?: Write;
  /** What is marked seen last; the activity's id, unless something else tells that it was dealt with. */
  readonly mark?: string;
  /** Who answers for the change: whoever sent it, which is its actor unless somebody forwarded it. */
  readonly causedBy?: string;
}

/**
 * Decides an activity that is known to be its actor's, and applies what was decided. Gives the outcome.
 *
 * Marked seen last: until then the sender's next attempt does it all again.
 */
export async function decideAndApply(
  deps: CarryOutDeps,
  actors: RemoteActors,
  activity: Activity,
  options: CarryOutOptions = {},
): Promise<Outcome> {
  const gathered = await gatherContext(deps, actors, activity);
  if (gathered.kind === 'refused') return gathered.outcome;
  await noteInboxesFound(deps, gathered.context.follower);
  const outcome = decide(gathered.activity, gathered.context);
  return carryOut(deps, activity, outcome, options);
}

/** Applies what was decided about an activity, and marks it seen; unless its sender has changed too much already. */
export async function carryOut(
  deps: CarryOutDeps,
  activity: Activity,
  outcome: Outcome,
  { before, mark = activity.id, causedBy = activity.actor }: CarryOutOptions = {},
): Promise<Outcome> {
  if (outcome.kind !== 'accepted') return outcome;
  const now = deps.clock();
  if (deps.limits?.takeChange(causedBy, now) === false) {
    return refused('too-many-changes', 429, 'This account sends too much: try again later.');
  }
  const { actors, inbound } = deps.store;
  // What we remember of an actor that has changed, moved or gone is out of date.
  const forget = activity.object.id === activity.actor ? [() => actors.remove(activity.actor)] : [];
  await applyEffects(deps.store, outcome.effects, {
    now,
    seal: createSeal(deps),
    first: before === undefined ? [] : [before],
    last: [...forget, () => inbound.markSeen(mark, now)],
  });
  return outcome;
}

/** Seals for the owner by the key that the rules name now. */
export function createSeal({ site }: Pick<Deps, 'site'>): Seal {
  return async (message) => {
    const { messageKey } = await site.rules();
    // Decided against otherwise: a build went live between the two.
    if (messageKey === undefined) {
      throw new PosternError('no-message-key', 'A message came and there is no key to seal it for.', {
        hint: 'Build again with content/owner.json, which holds the public key.',
      });
    }
    return sealMessage(messageKey, message);
  };
}

/**
 * A follower that writes has not left: 404s of its inboxes count anew. Only those on its own host: anybody may name
 * another's inbox as theirs.
 */
async function noteInboxesFound(deps: CarryOutDeps, follower: Follower | undefined): Promise<void> {
  if (follower === undefined) return;
  const { actor, inbox, sharedInbox } = follower;
  const inboxes = sharedInbox === undefined || sharedInbox === inbox ? [inbox] : [inbox, sharedInbox];
  await deps.store.inboxes.found(inboxes.filter((each) => hostOf(each) === hostOf(actor)));
}
