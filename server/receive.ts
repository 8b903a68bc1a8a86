import { hostOf } from '../federation/audience.ts';
import type { Activity } from '../federation/inbox/activity.ts';
import { isBlocked } from '../federation/inbox/blocks.ts';
import { isAboutItself } from '../federation/inbox/delete.ts';
import { parseActivity } from '../federation/inbox/parse.ts';
import { ignored, type Outcome, refused } from '../federation/outcome.ts';
import { SIGNATURE_ANSWERS } from '../federation/signatures/failure.ts';
import { type Verification, verifyRequest } from '../federation/signatures/verify.ts';
import { sha256, sha512, verify } from './crypto.ts';
import { noteHostHeard } from './host-health.ts';
import { type InboundRequest, readInboundBody } from './inbound-body.ts';
import { isKnownActor } from './known-actor.ts';
import { whenNeeded } from './load-when-needed.ts';
import { logOutcome, type Trace } from './log-outcome.ts';
import type { Deps } from './ports.ts';
import { openRemoteActors, type RemoteActors } from './remote-actors.ts';
import { inTurn } from './turns.ts';

/** Most of what comes ends before: it is a stranger's Delete, was seen, or is signed by nobody who could be asked. */
const believed = whenNeeded(() => import('./receive-believed.ts'));

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
  // Whoever votes in a poll is promised that nobody learns it: not who, nor that they did.
  if (activity.object.vote) trace.envelope = { type: activity.type };
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
  const { handleForwarded, handleVerified } = await believed();
  if (owner !== activity.actor) return handleForwarded(deps, actors, activity, owner);
  return inTurn(deps.store, activity.actor, () => handleVerified(deps, actors, activity, signature));
}

/** Without a signature nothing is believed, but for one thing: that an actor is gone, when its own server says so. */
async function handleUnverified(
  deps: ReceiveDeps,
  actors: RemoteActors,
  activity: Activity,
  failure: Extract<Verification, { kind: 'failed' }>,
  trace: Trace,
): Promise<Outcome> {
  trace.detail = failure.detail;
  if (failure.reason === 'key-gone') {
    const outcome = await (await believed()).handleGone(deps, actors, activity);
    if (outcome !== undefined) return outcome;
  }
  const { status, message } = SIGNATURE_ANSWERS[failure.reason];
  return refused(failure.reason, status, message);
}
