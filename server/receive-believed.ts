import type { Activity } from '../federation/inbox/activity.ts';
import { forgetActor, isAboutItself } from '../federation/inbox/delete.ts';
import { ignored, type Outcome } from '../federation/outcome.ts';
import { applyEffects } from './apply-effects.ts';
import { carryOut, createSeal, decideAndApply } from './carry-out.ts';
import { sha256Hex } from './crypto.ts';
import { confirmForwarded } from './forwarded.ts';
import type { ReceiveDeps } from './receive.ts';
import type { RemoteActors } from './remote-actors.ts';
import { inTurn } from './turns.ts';

/** Deals with an activity that its actor signed. */
export async function handleVerified(
  deps: ReceiveDeps,
  actors: RemoteActors,
  activity: Activity,
  signature: Uint8Array,
): Promise<Outcome> {
  if (activity.type !== 'Follow') return decideAndApply(deps, actors, activity);
  // No activity's id begins like this: those are URLs.
  const mark = `signature:${sha256Hex(Buffer.from(signature).toString('base64'))}`;
  if (await isReplayed(deps, activity, mark)) return ignored('replayed');
  const before = () => deps.store.inbound.markSeen(mark, deps.clock());
  return decideAndApply(deps, actors, activity, { before });
}

/** Deals with one that `signer` sent and its actor made, or not: until it is known to be true nothing of it is believed. */
export async function handleForwarded(
  deps: ReceiveDeps,
  actors: RemoteActors,
  activity: Activity,
  signer: string,
): Promise<Outcome> {
  // By whom it was sent, since a forger may give any id: what is confirmed is not asked for again for the same sender.
  const mark = `forwarded:${signer} ${activity.id}`;
  if (await deps.store.inbound.seen(mark)) return ignored('already-seen');
  const forwarded = await confirmForwarded(deps, actors, activity, signer);
  switch (forwarded.kind) {
    case 'outcome':
      return forwarded.outcome;
    case 'proved':
      return inTurn(deps.store, activity.actor, () =>
        decideAndApply(deps, actors, forwarded.activity, { causedBy: signer }),
      );
    case 'confirmed':
      return inTurn(deps.store, activity.actor, () =>
        decideAndApply(deps, actors, forwarded.activity, { mark, causedBy: signer }),
      );
    default:
      return forwarded satisfies never;
  }
}

/**
 * Says whether a Follow is one that was undone, sent once more: a signature holds for an hour and more, so whoever kept
 * the request could undo the Undo with it. The id alone proves nothing: Pixelfed gives every Follow of a person the same.
 *
 * The signature is marked before the effects and the id after them. So a Follow that was cut short is no replay when its
 * sender tries again, even with the same bytes; and one whose follower was stored is known whatever was lost after it,
 * because the removal of a follower marks the id as well.
 */
async function isReplayed({ store }: ReceiveDeps, follow: Activity, mark: string): Promise<boolean> {
  if (!(await store.inbound.seen(mark)) || !(await store.inbound.seen(follow.id))) return false;
  const isHere = (await store.followers.get(follow.actor)) ?? (await store.requests.get(follow.actor));
  return isHere === undefined;
}

/**
 * Deals with an activity whose key is gone; undefined when its actor is not. Without a signature nothing is believed, with one
 * exception: that an actor is gone, when its own server says so (410). The key of a deleted actor is deleted too, so its Delete
 * cannot be verified in any other way; and what else still comes in its name tells as much, should the Delete never come, and
 * is refused all the same.
 */
export async function handleGone(
  deps: ReceiveDeps,
  actors: RemoteActors,
  activity: Activity,
): Promise<Outcome | undefined> {
  if (!(await isGone(deps, actors, activity))) return undefined;
  if (isDeleteOfItself(activity)) return carryOut(deps, activity, forgetActor(activity.actor));
  const effects = [{ type: 'remove-follower', actor: activity.actor }] as const;
  await applyEffects(deps.store, effects, { now: deps.clock(), seal: createSeal(deps) });
  return undefined;
}

/** Asked only about actors that matter here, since anybody can have us ask. */
async function isGone(deps: ReceiveDeps, actors: RemoteActors, activity: Activity): Promise<boolean> {
  const { actor } = activity;
  if (!isDeleteOfItself(activity) && (await deps.store.followers.get(actor)) === undefined) return false;
  const lookup = await actors.document(actor, { refresh: true });
  return lookup.kind === 'refused' && lookup.status === 410;
}

function isDeleteOfItself(activity: Activity): boolean {
  return activity.type === 'Delete' && isAboutItself(activity);
}
