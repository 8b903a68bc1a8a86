import { utf8 } from './bytes.ts';
import { type Claim, readClaim, type SignatureAlgorithm } from './claim.ts';
import { checkContentDigest, checkDigest, type Hashes } from './digest.ts';
import type { SignatureFailure } from './failure.ts';
import { type KeyLookup, keyDocumentUrl, type RemoteKey } from './keys.ts';
import { headerValue, type RequestMessage, targetOf } from './request.ts';
import { withinWindow } from './time-window.ts';

export interface VerifyDeps extends Hashes {
  /** Whether `signature` over `data` was made with the private half of the key; false for a key that cannot be read. */
  readonly verify: (
    algorithm: SignatureAlgorithm,
    publicKeyPem: string,
    data: Uint8Array,
    signature: Uint8Array,
  ) => boolean;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Finds a key; `refresh` passes over the cache. `lookUpKey` does the work over a document client. */
  readonly fetchKey: (keyId: string, options: { readonly refresh: boolean }) => Promise<KeyLookup>;
}

export type Verification =
  /** `signature`: the bytes that were verified: however the header is written, a replay has the same. */
  | { readonly kind: 'verified'; readonly keyId: string; readonly owner: string; readonly signature: Uint8Array }
  /** `detail` is for the log: what the look-up of the key said. `SIGNATURE_ANSWERS` has what the peer may read. */
  | { readonly kind: 'failed'; readonly reason: SignatureFailure; readonly keyId?: string; readonly detail?: string };

/**
 * Verifies the signature of an inbound request (draft-cavage-12 or RFC 9421) and gives the key's owner: the actor that the
 * caller must find in the activity. Everything that needs no key is checked before one is fetched: form, coverage, time,
 * digest. A cached key that does not fit is refreshed once. Never throws for what a peer does; each failure has its reason.
 */
export async function verifyRequest(deps: VerifyDeps, sent: RequestMessage): Promise<Verification> {
  // A fetch `Headers` is sorted anew each time that it is walked through, and each covered field is a walk.
  const request: RequestMessage = { ...sent, headers: [...sent.headers] };
  const target = targetOf(request.url);
  if (target === undefined) return { kind: 'failed', reason: 'signature-malformed' };
  const claim = readClaim(request, target);
  if (typeof claim === 'string') return { kind: 'failed', reason: claim };
  const failure = checkClaim(deps, request, claim);
  if (failure !== undefined) return { kind: 'failed', reason: failure, keyId: claim.keyId };
  return verifyClaim(deps, claim);
}

function checkClaim(deps: VerifyDeps, request: RequestMessage, claim: Claim): SignatureFailure | undefined {
  if (!withinWindow(claim.times, deps.clock())) return 'signature-expired';
  if (keyDocumentUrl(claim.keyId) === undefined) return 'key-id-refused';
  for (const [name, check] of [['digest', checkDigest] as const, ['content-digest', checkContentDigest] as const]) {
    if (!claim.covered.includes(name)) continue;
    const result = check(deps, headerValue(request.headers, name) ?? '', request.body);
    if (result === 'malformed') return 'digest-malformed';
    if (result === 'unsupported') return 'digest-unsupported';
    if (result === 'differs') return 'digest-mismatch';
  }
  return undefined;
}

async function verifyClaim(deps: VerifyDeps, claim: Claim): Promise<Verification> {
  const first = await deps.fetchKey(claim.keyId, { refresh: false });
  const verdict = judge(deps, claim, first);
  // The owner may have changed keys since the cache was filled. Once only: a stranger must not make us fetch at will.
  if (verdict.kind === 'verified' || first.kind !== 'key' || !first.cached) return verdict;
  return judge(deps, claim, await deps.fetchKey(claim.keyId, { refresh: true }));
}

function judge(deps: VerifyDeps, claim: Claim, lookup: KeyLookup): Verification {
  const { keyId } = claim;
  switch (lookup.kind) {
    case 'key':
      if (lookup.key.id === keyId && fits(deps, claim, lookup.key)) {
        return { kind: 'verified', keyId, owner: lookup.key.owner, signature: claim.signature };
      }
      return { kind: 'failed', reason: 'signature-wrong', keyId };
    case 'gone':
      return { kind: 'failed', reason: 'key-gone', keyId };
    case 'unknown':
      return { kind: 'failed', reason: 'key-unknown', keyId, detail: lookup.reason };
    case 'unreachable':
      return { kind: 'failed', reason: 'key-unreachable', keyId, detail: lookup.reason };
    default:
      return lookup satisfies never;
  }
}

function fits(deps: VerifyDeps, claim: Claim, key: RemoteKey): boolean {
  return claim.signed.some((text) => {
    const data = utf8(text);
    return claim.algorithms.some((algorithm) => deps.verify(algorithm, key.publicKeyPem, data, claim.signature));
  });
}
