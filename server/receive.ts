import type { Activity } from '../federation/inbox/activity.ts';
import { decide } from '../federation/inbox/decide.ts';
import { forgetActor, isAboutItself, isKnownActor } from '../federation/inbox/delete.ts';
import { parseActivity } from '../federation/inbox/parse.ts';
import { ignored, type Outcome, refused } from '../federation/outcome.ts';
import { SIGNATURE_ANSWERS } from '../federation/signatures/failure.ts';
import { type Verification, verifyRequest } from '../federation/signatures/verify.ts';
import { applyEffects } from './apply-effects.ts';
import { sha256, sha512, verify } from './crypto.ts';
import { gatherContext } from './gather-context.ts';
import { type InboundRequest, readInboundBody } from './inbound-body.ts';
import { logOutcome, type Trace } from './log-outcome.ts';
import type { Deps } from './ports.ts';
import { openRemoteActors, type RemoteActors } from './remote-actors.ts';

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
  const body = readInboundBody(request);
  if (body.kind === 'refused') return body.outcome;
  const parsed = parseActivity(body.json);
  trace.envelope = parsed.envelope;
  if (parsed.kind === 'fault') return refused(parsed.reason, 400, parsed.message);
  // Nothing can come of it, so its signature is not worth a fetch.
  if (parsed.kind === 'unsupported') return ignored('unsupported-type');
  const { activity } = parsed;
  if (isAboutItself(activity) && !(await isKnown(deps, activity.actor))) return ignored('unknown-actor');
  const repeated = await repeatOf(deps, activity);
  if (repeated !== undefined) return ignored(repeated);

  const actors = openRemoteActors(deps);
  const verification = await verifyRequest(
    { sha256, sha512, verify, clock: deps.clock, fetchKey: (keyId, options) => actors.key(keyId, options) },
    request,
  );
  const outcome =
    verification.kind === 'failed'
      ? await decideUnverified(actors, activity, verification, trace)
      : await decideVerified(deps, actors, activity, verification.owner);
  if (outcome.kind === 'accepted') await carryOut(deps, activity, outcome.effects);
  return outcome;
}

/** Applies what was decided. Marked seen last: until then the sender's next attempt does it all again. */
async function carryOut(
  deps: ReceiveDeps,
  activity: Activity,
  effects: Extract<Outcome, { kind: 'accepted' }>['effects'],
): Promise<void> {
  const now = deps.clock();
  await applyEffects(deps.store, effects, now);
  // What we remember of an actor that has changed, moved or gone is out of date.
  if (activity.object.id === activity.actor) await deps.store.actors.remove(activity.actor);
  await deps.store.inbound.markSeen(activity.id, now);
}

async function decideVerified(
  deps: ReceiveDeps,
  actors: RemoteActors,
  activity: Activity,
  signer: string,
): Promise<Outcome> {
  // Forwarded by another server, or an impostor: the signature says nothing about this actor.
  if (signer !== activity.actor) return ignored('forwarded');
  const gathered = await gatherContext(deps, actors, activity);
  return gathered.kind === 'refused' ? gathered.outcome : decide(activity, gathered.context);
}

/**
 * Without a signature nothing is believed, with one exception: that an actor is gone, when its own server says so (410).
 * The key of a deleted actor is deleted too, so its Delete cannot be verified in any other way.
 */
async function decideUnverified(
  actors: RemoteActors,
  activity: Activity,
  failure: Extract<Verification, { kind: 'failed' }>,
  trace: Trace,
): Promise<Outcome> {
  trace.detail = failure.detail;
  if (failure.reason === 'key-gone' && activity.type === 'Delete' && isAboutItself(activity)) {
    const lookup = await actors.document(activity.actor, { refresh: true });
    if (lookup.kind === 'refused' && lookup.status === 410) return forgetActor(activity.actor);
  }
  const { status, message } = SIGNATURE_ANSWERS[failure.reason];
  return refused(failure.reason, status, message);
}

/**
 * Says why an activity that was handled before is not handled again.
 *
 * A follower that repeats its Follow has no answer yet: it gets one again. From anybody else it is a Follow that was
 * undone: a signature holds for an hour and more, so whoever kept the request could undo the Undo with it.
 */
async function repeatOf(deps: ReceiveDeps, activity: Activity): Promise<string | undefined> {
  if (!(await deps.store.inbound.seen(activity.id))) return undefined;
  if (activity.type !== 'Follow') return 'already-seen';
  return (await deps.store.followers.get(activity.actor)) === undefined ? 'follow-undone' : undefined;
}

async function isKnown(deps: ReceiveDeps, actor: string): Promise<boolean> {
  const follower = await deps.store.followers.get(actor);
  const received = follower === undefined ? await deps.store.inbound.received({ limit: 1, actor }) : [];
  return isKnownActor({ follower, received });
}
