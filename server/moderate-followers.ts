import { buildAccept, buildReject } from '../federation/inbox/accept.ts';
import type { Effect, Follower, OutgoingActivity } from '../federation/outcome.ts';
import { applyEffects, nothingToSeal } from './apply-effects.ts';
import { sha256Hex } from './crypto.ts';
import type { ModerateDeps } from './moderate.ts';

export type FollowDecision = 'approve' | 'reject' | 'remove';

/** What came of a decision about one follower or request. `unknown`: the actor neither follows nor asks to. */
export interface FollowDecided {
  readonly actor: string;
  readonly handle?: string;
  readonly result: 'changed' | 'unchanged' | 'unknown';
}

type FollowerDeps = Omit<ModerateDeps, 'documents'>;

/**
 * Does what the owner decided about one follower or request to follow: `approve` makes a follower of a request and tells
 * them, `reject` refuses a request, `remove` ends a follow; the last two are told by a Reject, which is how Mastodon removes
 * a follower. What was cut short is made whole by deciding again: the request or follower is dropped last, and every activity
 * has the id that the Follow gives it. (ActivityPub §7.5, §7.7; invariant 7)
 */
export async function moderateFollow(
  deps: FollowerDeps,
  decision: FollowDecision,
  actor: string,
): Promise<FollowDecided> {
  const { requests, followers } = deps.store;
  const request = await requests.get(actor);
  const follower = await followers.get(actor);
  const from = decision === 'remove' ? follower : request;
  if (from === undefined) {
    const isSo = decision === 'approve' && follower !== undefined;
    return decided(actor, follower, isSo ? 'unchanged' : 'unknown');
  }
  await apply(deps, effectsOf(deps, decision, from));
  return decided(actor, from, 'changed');
}

function effectsOf(deps: FollowerDeps, decision: FollowDecision, from: Follower): readonly Effect[] {
  const { actor, inbox, followId } = from;
  const answer = { addresses: deps.addresses, sha256: sha256Hex };
  const follow = { id: followId, actor };
  // Sent again if it was before: Pixelfed gives every Follow of a person the same id, and so its answers have one, too.
  const send = (activity: OutgoingActivity): Effect => ({ type: 'send', activity, inbox, again: true });
  switch (decision) {
    case 'approve':
      return [
        { type: 'store-follower', follower: { ...from, since: new Date(deps.clock()).toISOString() } },
        send(buildAccept(answer, follow)),
        { type: 'remove-follow-request', actor },
      ];
    case 'reject':
      return [send(buildReject(answer, follow)), { type: 'remove-follow-request', actor }];
    case 'remove':
      return [send(buildReject(answer, follow)), { type: 'remove-follower', actor }];
    default:
      return decision satisfies never;
  }
}

/** Nothing is sent any more once the account was deleted. */
async function apply({ store, clock }: FollowerDeps, effects: readonly Effect[]): Promise<void> {
  const isDeleted = (await store.ledger.head())?.actor.deleted !== undefined;
  const left = isDeleted ? effects.filter(({ type }) => type !== 'send') : effects;
  await applyEffects(store, left, { now: clock(), seal: nothingToSeal });
}

function decided(actor: string, follower: Follower | undefined, result: FollowDecided['result']): FollowDecided {
  const handle = follower?.handle;
  return { actor, ...(handle === undefined ? {} : { handle }), result };
}
