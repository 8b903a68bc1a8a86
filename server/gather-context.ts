import { type Addresses, addressesOf } from '../federation/addresses.ts';
import type { Activity } from '../federation/inbox/activity.ts';
import type { DecisionContext } from '../federation/inbox/context.ts';
import { asksForReceived, asksForRemoteActor } from '../federation/inbox/decide.ts';
import { type RemoteActorRead, readRemoteActor } from '../federation/inbox/remote-actor.ts';
import type { Manifest } from '../federation/manifest.ts';
import { type Outcome, type Received, refused } from '../federation/outcome.ts';
import { sha256Hex } from './crypto.ts';
import type { Deps } from './ports.ts';
import type { RemoteActors } from './remote-actors.ts';

export type Gathered =
  | { readonly kind: 'context'; readonly context: DecisionContext }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

type GatherDeps = Pick<Deps, 'store' | 'site' | 'clock'>;

/** Gathers what the decision about a verified activity may know, and no more than that decision asks for. */
export async function gatherContext(deps: GatherDeps, actors: RemoteActors, activity: Activity): Promise<Gathered> {
  const manifest = await deps.site.manifest();
  const addresses = addressesOf(manifest.origin);
  if (activity.actor === addresses.actor) return refuse('own-actor', 403, 'The blog does not write to itself.');
  const remote = await gatherRemoteActor(activity, addresses, actors);
  if (remote.kind === 'refused') return remote;
  const context: DecisionContext = {
    addresses,
    now: new Date(deps.clock()).toISOString(),
    sha256: sha256Hex,
    follower: await deps.store.followers.get(activity.actor),
    remoteActor: remote.actor,
    received: asksForReceived(activity) ? await gatherReceived(deps, activity) : [],
    ownsObject: (reference) => ownObject(manifest, reference),
  };
  return { kind: 'context', context };
}

/** One activity at most: each may be 256 KiB, and whoever sent many could have them all read for each Undo. */
async function gatherReceived({ store }: GatherDeps, { actor, object }: Activity): Promise<readonly Received[]> {
  if (object.id === undefined) return [];
  if (object.id === actor) return store.inbound.received({ limit: 1, actor });
  const earlier = await store.inbound.earlier(actor, object.id);
  return earlier === undefined ? [] : [earlier];
}

type RemoteActorGathered =
  | { readonly kind: 'gathered'; readonly actor: RemoteActorRead | undefined }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

async function gatherRemoteActor(
  activity: Activity,
  addresses: Addresses,
  actors: RemoteActors,
): Promise<RemoteActorGathered> {
  if (!asksForRemoteActor(activity, addresses.actor)) return { kind: 'gathered', actor: undefined };
  const lookup = await actors.document(activity.actor);
  if (lookup.kind === 'document') return { kind: 'gathered', actor: readRemoteActor(lookup.document, activity.actor) };
  if (lookup.kind === 'failed') return refuse('actor-unavailable', 503, 'The actor could not be fetched: try again.');
  return refuse('actor-refused', 400, 'The actor could not be fetched.');
}

const idsOf = new WeakMap<Manifest, ReadonlyMap<string, string>>();

/** A fragment names a part of a page: the page is still ours. */
function ownObject(manifest: Manifest, reference: string): string | undefined {
  return namesIn(manifest).get(reference.split('#', 1)[0] ?? '');
}

/** Ids by id and page, made once for each build: one activity may name thousands of things. */
function namesIn(manifest: Manifest): ReadonlyMap<string, string> {
  const known = idsOf.get(manifest);
  if (known) return known;
  const made = new Map(manifest.objects.flatMap(({ id, url }) => [[url, id] as const, [id, id] as const]));
  idsOf.set(manifest, made);
  return made;
}

function refuse(reason: string, status: 400 | 403 | 503, message: string): { kind: 'refused'; outcome: Outcome } {
  return { kind: 'refused', outcome: refused(reason, status, message) };
}
