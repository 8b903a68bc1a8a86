import { canonicalJson } from './canonical-json.ts';
import type { ManifestObject, PublishPolicy } from './manifest.ts';
import type { Json } from './vocabulary.ts';

/** All that a build says, whatever its date. */
export interface BuildContent {
  /** Digest of the actor. */
  readonly actor: string;
  readonly policy: PublishPolicy;
  /** Those that are public now and those that are dated ahead, in any order. */
  readonly objects: readonly ManifestObject[];
}

/**
 * Gives a manifest's `content`, hex SHA-256: equal for builds that would tell the network the same, sooner or later. It
 * keeps the rule that a publish approves what it was shown and nothing else, so a post that comes out at its date leaves
 * it as it was, and every change of a meaning, a date or of how it is told does not. A file's name is no part of it.
 * Never fails. (CONTRIBUTING, invariant 1; RFC 8785)
 */
export function digestContent(
  deps: { readonly sha256: (text: string) => string },
  { actor, policy, objects }: BuildContent,
  options: { readonly preview: boolean } = { preview: false },
): string {
  const { limits, sendAfterMs } = policy;
  const said: Json = [
    actor,
    [limits.creates, limits.updates, limits.deletes, sendAfterMs],
    objects.map(saidOf).sort((a, b) => (a[0] < b[0] ? -1 : 1)),
  ];
  return deps.sha256(canonicalJson(options.preview ? ['preview', said] : said));
}

function saidOf(entry: ManifestObject): [string, ...Json[]] {
  const { id, digest, published, dateOnly, updated, visibility, federate } = entry;
  const said: [string, ...Json[]] = [id, digest, published, dateOnly, updated ?? null, visibility, federate ?? null];
  const reach = reachOf(entry);
  // Only what has it: an upgrade shall not take the approval of what waits for its date.
  return reach === undefined ? said : [...said, reach];
}

/** Who hears of it besides the followers and where, what a deed is done to, and what keeps it back. */
function reachOf({
  type,
  object,
  instrument,
  addressees,
  unresolved,
  ends,
  pollDigest,
}: ManifestObject): Json | undefined {
  if ([object, instrument, addressees, unresolved, ends, pollDigest].every((each) => each === undefined))
    return undefined;
  return [
    type,
    object ?? null,
    instrument ?? null,
    (addressees ?? []).map(({ actor, inbox }) => [actor, inbox]),
    [...(unresolved ?? [])],
    ends ?? null,
    pollDigest ?? null,
  ];
}
