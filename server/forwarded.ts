import { hostOf } from '../federation/audience.ts';
import type { Activity } from '../federation/inbox/activity.ts';
import { parseActivity } from '../federation/inbox/parse.ts';
import { sameOrigin } from '../federation/inbox/references.ts';
import { isSaid } from '../federation/interaction.ts';
import { ignored, type Outcome, refused } from '../federation/outcome.ts';
import { verifyProof } from '../federation/signatures/proof.ts';
import { isJsonObject, type Json, type JsonObject } from '../federation/vocabulary.ts';
import { sha256, verify } from './crypto.ts';
import { couldConcern } from './gather-context.ts';
import type { Deps } from './ports.ts';
import type { RemoteActors } from './remote-actors.ts';

export type ForwardedDeps = Pick<Deps, 'store' | 'site' | 'clock'>;

/** Longer than senders retry, shorter than ids are remembered. */
const PROOF_COUNTS_MS = 7 * 86_400_000;

export type Forwarded =
  /** As good as signed by its actor: it carries the actor's proof. */
  | { readonly kind: 'proved'; readonly activity: Activity }
  /** What its author's server says now, as if the author had sent it. */
  | { readonly kind: 'confirmed'; readonly activity: Activity }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

/**
 * Finds out what is true of an activity that another server sent than its actor's: Mastodon and others forward replies of
 * the threads that they host, with their edits and deletes.
 *
 * What was sent is never believed. A proof of the actor counts as its signature (FEP-8b32); without one a Create or Update is
 * asked for at the object's own server, and a Delete counts when that server has it no more. Anything else is ignored, as is
 * what does not concern the blog, before any fetch. LD signatures are not looked at (security checks: LD restructuring).
 */
export async function confirmForwarded(
  deps: ForwardedDeps,
  actors: RemoteActors,
  activity: Activity,
  signer: string,
): Promise<Forwarded> {
  if (!(await couldConcern(deps, activity))) return end(ignored('forwarded'));
  const proof = await checkProof(deps, actors, activity);
  if (proof === 'unreachable') return end(unavailable());
  if (proof === 'holds') return { kind: 'proved', activity };
  switch (activity.type) {
    case 'Create':
    case 'Update':
      return confirmPost(actors, activity, signer);
    case 'Delete':
      return confirmDelete(deps, actors, activity, signer);
    default:
      return end(ignored('forwarded'));
  }
}

/**
 * Whether the actor itself made the activity. An old proof counts for nothing: whoever kept the activity could send it again
 * once its id was forgotten. Neither does the proof of a Follow, which nobody forwards, and which an Undo must end.
 */
async function checkProof(
  deps: ForwardedDeps,
  actors: RemoteActors,
  { type, json, actor }: Activity,
): Promise<'holds' | 'unreachable' | 'none'> {
  if (type === 'Follow' || json.proof === undefined || !couldHold(json.proof, actor, deps.clock())) return 'none';
  const fetchKey = (keyId: string, options: { readonly refresh: boolean }) => actors.key(keyId, options);
  const proof = await verifyProof({ sha256, verify, clock: deps.clock, fetchKey }, json);
  if (proof.kind === 'valid') return proof.owner === actor ? 'holds' : 'none';
  return proof.reason === 'proof-key-unreachable' ? 'unreachable' : 'none';
}

/**
 * Recent, and by a key of the actor's own server: nobody else is asked for one. Of several proofs each must be, however many
 * they are, since whichever stands first may be the one that is verified.
 */
function couldHold(proofs: Json, actor: string, now: number): boolean {
  return [proofs].flat().every((proof) => {
    const { created, verificationMethod } = isJsonObject(proof) ? proof : {};
    if (typeof created !== 'string' || typeof verificationMethod !== 'string') return false;
    return now - Date.parse(created) < PROOF_COUNTS_MS && sameOrigin(verificationMethod, actor);
  });
}

async function confirmPost(
  actors: RemoteActors,
  { type, actor, object }: Activity,
  signer: string,
): Promise<Forwarded> {
  const { id } = object;
  if (id === undefined || id === actor || !sameOrigin(id, actor)) return end(ignored('forwarded'));
  const lookup = await actors.object(id, { causedBy: hostOf(signer) });
  if (lookup.kind === 'failed') return end(unavailable());
  if (lookup.kind === 'refused') return end(ignored('forwarded-not-found'));
  const confirmed = activityOf({ id, type, actor, object: lookup.document });
  const isTheirs = confirmed?.object.attributedTo.length === 1 && confirmed.object.attributedTo[0] === actor;
  return isTheirs ? { kind: 'confirmed', activity: confirmed } : end(ignored('forwarded'));
}

async function confirmDelete(
  { store }: ForwardedDeps,
  actors: RemoteActors,
  activity: Activity,
  signer: string,
): Promise<Forwarded> {
  const { actor, object } = activity;
  const { id } = object;
  if (id === undefined || !sameOrigin(id, actor)) return end(ignored('forwarded'));
  // Many servers never serve their activities: that a Like or a Create is not found does not say that it was taken back.
  const known = await store.interactions.find(actor, id);
  if (id !== actor && (known?.id !== id || !isSaid(known))) return end(ignored('forwarded'));
  const lookup = await actors.object(id, { causedBy: hostOf(signer) });
  if (lookup.kind === 'failed') return end(unavailable());
  // An actor that is not found may come back; only 410 is its end.
  const isGone = lookup.kind === 'refused' && (lookup.status === 410 || (lookup.status === 404 && id !== actor));
  if (!isGone) return end(ignored('forwarded-not-gone'));
  const confirmed = activityOf({ id, type: 'Delete', actor, object: id });
  return confirmed === undefined ? end(ignored('forwarded')) : { kind: 'confirmed', activity: confirmed };
}

/**
 * The activity's own id is left behind with what else was sent: a forger may give any, also that of an activity which the
 * actor has yet to send.
 */
function activityOf(json: JsonObject): Activity | undefined {
  const parsed = parseActivity(json);
  return parsed.kind === 'activity' ? parsed.activity : undefined;
}

function unavailable(): Outcome {
  return refused('origin-unavailable', 503, "The author's server could not be asked: try again later.");
}

function end(outcome: Outcome): Forwarded {
  return { kind: 'outcome', outcome };
}
