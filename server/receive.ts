import { hostOf } from '../federation/audience.ts';
import type { Activity } from '../federation/inbox/activity.ts';
import { isBlocked } from '../federation/inbox/blocks.ts';
import { forgetActor, isAboutItself } from '../federation/inbox/delete.ts';
import { parseActivity } from '../federation/inbox/parse.ts';
import { ignored, type Outcome, refused } from '../federation/outcome.ts';
import { SIGNATURE_ANSWERS } from '../federation/signatures/failure.ts';
import { type Verification, verifyRequest } from '../federation/signatures/verify.ts';
import { applyEffects } from './apply-effects.ts';
import { carryOut, createSeal, decideAndApply } from './carry-out.ts';
import { sha256, sha256Hex, sha512, verify } from './crypto.ts';
import { confirmForwarded } from './forwarded.ts';
import { isKnownActor } from './gather-context.ts';
import { noteHostHeard } from './host-health.ts';
import { type InboundRequest, readInboundBody } from './inbound-body.ts';
import { logOutcome, type Trace } from './log-outcome.ts';
import type { Deps } from './ports.ts';
import { openRemoteActors, type RemoteActors } from './remote-actors.ts';
import { inTurn } from './turns.ts';

export type ReceiveDeps = Pick<Deps, 'store' | 'site' | 'documents' | 'clock' | 'log' | 'limits'>;

/**
 * Handles one request to the inbox: ends in one outcome and one log line, whatever comes (invariant 9).
 *
 * Cheap refusals come first, then the signature, then the decision; effects are applied in their order and the activity
 * is marked seen last, so that a crash anywhere is mended by the sender's next attempt (invariants 7 and 8). Our own
 * faults end in 503: the sender tries again.
 */
export async function receive(deps: ReceiveDeps, request: InboundRequest): Promise<Outcome> {
  const trace: Trace = { envelope: {} };
  let outcome: Outcome;
  try {
    outcome = await handle(deps, request, trace);
  } catch (error) {
    trace.fault = error;
    outcome = refused('internal', 503, 'Something is wrong on our side: try again later.');
  }
  logOutcome(deps.log, outcome, trace);
  return outcome;
}

async function handle(deps: ReceiveDeps, request: InboundRequest, trace: Trace): Promise<Outcome> {
  // Nobody is here any more: whatever it is, it is not worth a look, and who retries shall stop.
  if ((await deps.store.ledger.head())?.actor.deleted !== undefined) {
    return refused('account-deleted', 410, 'This account was deleted.');
  }
  const body = readInboundBody(request);
  if (body.kind === 'refused') return body.outcome;
  const parsed = parseActivity(body.json);
  trace.envelope = parsed.envelope;
  if (parsed.kind === 'fault') return refused(parsed.reason, 400, parsed.message);
  // Nothing can come of it, so its signature is not worth a fetch.
  if (parsed.kind === 'unsupported') return ignored('unsupported-type');
  const { activity } = parsed;
  if (isAboutItself(activity) && !(await isKnownActor(deps.store, activity.actor))) return ignored('unknown-actor');
  // A follower that repeats its Follow has no answer yet: it gets one again.
  if (activity.type !== 'Follow' && (await deps.store.inbound.seen(activity.id))) return ignored('already-seen');
  return handleSigned(deps, request, activity, trace);
}

async function handleSigned(
  deps: ReceiveDeps,
  request: InboundRequest,
  activity: Activity,
  trace: Trace,
): Promise<Outcome> {
  const actors = openRemoteActors(deps);
  const verification = await verifyRequest(
    { sha256, sha512, verify, clock: deps.clock, fetchKey: (keyId, options) => actors.key(keyId, options) },
    request,
  );
  if (verification.kind === 'failed') return handleUnverified(deps, actors, activity, verification, trace);
  const { owner, signature } = verification;
  // Not before: who is told something else without a signature could ask for the whole list. By id and host alone; who has
  // a handle that is blocked is known only later.
  const { blocks } = await deps.site.rules();
  if (isBlocked(blocks, { actor: owner }) || (owner !== activity.actor && isBlocked(blocks, activity)))
    return ignored('blocked');
  if (deps.limits?.takeRequest(hostOf(owner), deps.clock()) === false) {
    return refused('too-many-requests', 429, 'Your server sends too much: try again later.');
  }
  await noteHostHeard(deps, hostOf(owner));
  // The signature says nothing about this actor: forwarded by another server, or an impostor.
  if (owner !== activity.actor) return handleForwarded(deps, actors, activity, owner);
  return inTurn(deps.store, activity.actor, () => handleVerified(deps, actors, activity, signature));
}

async function handleVerified(
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

/** Its sender does not matter any more once it is known to be true; until then nothing of it is believed. */
async function handleForwarded(
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
 * Without a signature nothing is believed, with one exception: that an actor is gone, when its own server says so (410).
 * The key of a deleted actor is deleted too, so its Delete cannot be verified in any other way; and what else still comes
 * in its name tells as much, should the Delete never come.
 */
async function handleUnverified(
  deps: ReceiveDeps,
  actors: RemoteActors,
  activity: Activity,
  failure: Extract<Verification, { kind: 'failed' }>,
  trace: Trace,
): Promise<Outcome> {
  trace.detail = failure.detail;
  if (failure.reason === 'key-gone' && (await isGone(deps, actors, activity))) {
    if (isDeleteOfItself(activity)) return carryOut(deps, activity, forgetActor(activity.actor));
    const effects = [{ type: 'remove-follower', actor: activity.actor }] as const;
    await applyEffects(deps.store, effects, { now: deps.clock(), seal: createSeal(deps) });
  }
  const { status, message } = SIGNATURE_ANSWERS[failure.reason];
  return refused(failure.reason, status, message);
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
