import { hostOf } from '../federation/audience.ts';
import type { Activity } from '../federation/inbox/activity.ts';
import { decide } from '../federation/inbox/decide.ts';
import { forgetActor, isAboutItself, isKnownActor } from '../federation/inbox/delete.ts';
import { parseActivity } from '../federation/inbox/parse.ts';
import { type Follower, ignored, type Outcome, refused } from '../federation/outcome.ts';
import { SIGNATURE_ANSWERS } from '../federation/signatures/failure.ts';
import { type Verification, verifyRequest } from '../federation/signatures/verify.ts';
import { applyEffects } from './apply-effects.ts';
import { sha256, sha256Hex, sha512, verify } from './crypto.ts';
import { gatherContext } from './gather-context.ts';
import { noteHostHeard } from './host-health.ts';
import { type InboundRequest, readInboundBody } from './inbound-body.ts';
import { logOutcome, type Trace } from './log-outcome.ts';
import type { Deps } from './ports.ts';
import { openRemoteActors, type RemoteActors } from './remote-actors.ts';
import { inTurn } from './turns.ts';

export type ReceiveDeps = Pick<Deps, 'store' | 'site' | 'documents' | 'clock' | 'log'>;

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
  if (isAboutItself(activity) && !(await isKnown(deps, activity.actor))) return ignored('unknown-actor');
  // A follower that repeats its Follow has no answer yet: it gets one again.
  if (activity.type !== 'Follow' && (await deps.store.inbound.seen(activity.id))) return ignored('already-seen');

  const actors = openRemoteActors(deps);
  const verification = await verifyRequest(
    { sha256, sha512, verify, clock: deps.clock, fetchKey: (keyId, options) => actors.key(keyId, options) },
    request,
  );
  if (verification.kind === 'failed') return handleUnverified(deps, actors, activity, verification, trace);
  // Forwarded by another server, or an impostor: the signature says nothing about this actor.
  if (verification.owner !== activity.actor) return ignored('forwarded');
  await noteHostHeard(deps, hostOf(activity.actor));
  return inTurn(deps.store, activity.actor, () => handleVerified(deps, actors, activity, verification.signature));
}

async function handleVerified(
  deps: ReceiveDeps,
  actors: RemoteActors,
  activity: Activity,
  signature: string,
): Promise<Outcome> {
  // No activity's id begins like this: those are URLs.
  const mark = `signature:${sha256Hex(signature)}`;
  if (activity.type === 'Follow' && (await isReplayed(deps, activity, mark))) return ignored('replayed');
  const gathered = await gatherContext(deps, actors, activity);
  if (gathered.kind === 'context') await noteInboxesFound(deps, gathered.context.follower);
  const outcome = gathered.kind === 'refused' ? gathered.outcome : decide(activity, gathered.context);
  if (activity.type === 'Follow' && outcome.kind === 'accepted') await deps.store.inbound.markSeen(mark, deps.clock());
  return carryOut(deps, activity, outcome);
}

/**
 * A follower that writes has not left: 404s of its inboxes count anew. Only those on its own host: anybody may name
 * another's inbox as theirs.
 */
async function noteInboxesFound(deps: ReceiveDeps, follower: Follower | undefined): Promise<void> {
  if (follower === undefined) return;
  const { actor, inbox, sharedInbox } = follower;
  const inboxes = sharedInbox === undefined || sharedInbox === inbox ? [inbox] : [inbox, sharedInbox];
  await deps.store.inboxes.found(inboxes.filter((each) => hostOf(each) === hostOf(actor)));
}

/**
 * Says whether a Follow is one that was undone, sent once more: a signature holds for an hour and more, so whoever kept
 * the request could undo the Undo with it. The id alone proves nothing: Pixelfed gives every Follow of a person the same.
 *
 * The signature is marked before the effects and the id after them. So a Follow that was cut short is no replay when its
 * sender tries again, even with the same bytes; and one whose follower was stored is known whatever was lost after it,
 * because the removal of a follower marks the id as well.
 */
async function isReplayed(deps: ReceiveDeps, follow: Activity, mark: string): Promise<boolean> {
  const { inbound, followers } = deps.store;
  if (!(await inbound.seen(mark)) || !(await inbound.seen(follow.id))) return false;
  return (await followers.get(follow.actor)) === undefined;
}

/** Applies what was decided. Marked seen last: until then the sender's next attempt does it all again. */
async function carryOut(deps: ReceiveDeps, activity: Activity, outcome: Outcome): Promise<Outcome> {
  if (outcome.kind !== 'accepted') return outcome;
  const now = deps.clock();
  await applyEffects(deps.store, outcome.effects, now);
  // What we remember of an actor that has changed, moved or gone is out of date.
  if (activity.object.id === activity.actor) await deps.store.actors.remove(activity.actor);
  await deps.store.inbound.markSeen(activity.id, now);
  return outcome;
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
    await applyEffects(deps.store, [{ type: 'remove-follower', actor: activity.actor }], deps.clock());
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

async function isKnown(deps: ReceiveDeps, actor: string): Promise<boolean> {
  const follower = await deps.store.followers.get(actor);
  const received = follower === undefined ? await deps.store.inbound.received({ limit: 1, actor }) : [];
  return isKnownActor({ follower, received });
}
