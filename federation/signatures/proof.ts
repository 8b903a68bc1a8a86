import { canonicalJson } from '../canonical-json.ts';
import { isJsonObject, type Json, type JsonObject } from '../vocabulary.ts';
import { utf8 } from './bytes.ts';
import type { KeyLookup } from './keys.ts';
import { fromMultibase, toMultibase } from './multibase.ts';
import type { VerifyDeps } from './verify.ts';

const SUITE = 'eddsa-jcs-2022';
/** Readers that process JSON-LD need the terms; each Fedify preloads this context, only newer ones preload its second version. */
const CONTEXT = 'https://w3id.org/security/data-integrity/v1';
/** Clocks differ; a proof from further ahead is none. */
const AHEAD_MS = 3_600_000;

type Sha256 = VerifyDeps['sha256'];

/** What it takes to verify a request does for a proof. */
export type ProofDeps = Omit<VerifyDeps, 'sha512'>;

export type ProofVerification =
  /** The document was made by `owner`; the caller compares it with whom the document names. */
  | { readonly kind: 'valid'; readonly keyId: string; readonly owner: string }
  | { readonly kind: 'failed'; readonly reason: ProofFailure };

export type ProofFailure =
  | 'no-proof'
  | 'proof-malformed'
  | 'proof-of-another-context'
  | 'proof-expired'
  | 'proof-key-unknown'
  | 'proof-key-unreachable'
  | 'proof-wrong';

/**
 * Adds an object integrity proof to an activity, so that whoever gets it forwarded knows its author without asking.
 *
 * `created` is RFC 3339, `keyId` a key of the actor's `assertionMethod`; `sign` is Ed25519 over the two digests. The same input
 * gives the same bytes. Never fails. (FEP-8b32, eddsa-jcs-2022)
 */
export function addProof(
  deps: { readonly sha256: Sha256; readonly sign: (data: Uint8Array) => Uint8Array },
  activity: JsonObject,
  options: { readonly keyId: string; readonly created: string },
): JsonObject {
  const document: JsonObject = { ...activity, '@context': withContext(activity['@context'] ?? []) };
  const proof: JsonObject = {
    '@context': document['@context'] ?? null,
    type: 'DataIntegrityProof',
    cryptosuite: SUITE,
    verificationMethod: options.keyId,
    proofPurpose: 'assertionMethod',
    created: options.created,
  };
  const proofValue = toMultibase(deps.sign(signedBytes(deps.sha256, proof, document)));
  return { ...document, proof: { ...proof, proofValue } };
}

/**
 * Verifies the object integrity proof of a document, of `readBounded` shape, and gives the owner of the key.
 *
 * All options of the proof are authenticated. A Linked Data signature is taken off first, for it was put on later; so are
 * proofs of other suites, but what counts is one of eddsa-jcs-2022. A cached key that does not fit is refreshed once. Never
 * throws for what a peer does. (FEP-8b32; Data Integrity EdDSA Cryptosuites §3.3.2)
 */
export async function verifyProof(deps: ProofDeps, document: JsonObject): Promise<ProofVerification> {
  const proof = proofOf(document);
  if (proof === undefined) return failed('no-proof');
  const read = readProof(proof);
  if (read === undefined) return failed('proof-malformed');
  if (proof['@context'] !== undefined && !same(proof['@context'], document['@context'] ?? null)) {
    return failed('proof-of-another-context');
  }
  if (!isInForce(proof, deps.clock())) return failed('proof-expired');
  const { proof: _, signature: __, ...unsecured } = document;
  const { proofValue: ___, ...stated } = proof;
  const { '@context': context } = document;
  const config = context === undefined ? stated : { ...stated, '@context': context };
  const data = signedBytes(deps.sha256, config, unsecured);

  const first = await deps.fetchKey(read.keyId, { refresh: false });
  const verdict = judge(deps, read, data, first);
  if (verdict.kind === 'valid' || first.kind !== 'key' || !first.cached) return verdict;
  return judge(deps, read, data, await deps.fetchKey(read.keyId, { refresh: true }));
}

interface ReadProof {
  readonly keyId: string;
  readonly value: Uint8Array;
}

function judge(deps: ProofDeps, { keyId, value }: ReadProof, data: Uint8Array, lookup: KeyLookup): ProofVerification {
  if (lookup.kind === 'unreachable') return failed('proof-key-unreachable');
  if (lookup.kind !== 'key' || lookup.key.id !== keyId) return failed('proof-key-unknown');
  const { publicKeyPem, owner } = lookup.key;
  return deps.verify('ed25519', publicKeyPem, data, value) ? { kind: 'valid', keyId, owner } : failed('proof-wrong');
}

function proofOf(document: JsonObject): JsonObject | undefined {
  const value = Object.hasOwn(document, 'proof') ? document.proof : undefined;
  const proofs: readonly (Json | undefined)[] = Array.isArray(value) ? value : [value];
  return proofs.filter(isJsonObject).find((proof) => proof.cryptosuite === SUITE);
}

function readProof(proof: JsonObject): ReadProof | undefined {
  const { type, proofPurpose, verificationMethod, proofValue, created } = proof;
  if (type !== 'DataIntegrityProof' || proofPurpose !== 'assertionMethod') return undefined;
  if (typeof verificationMethod !== 'string' || typeof proofValue !== 'string' || typeof created !== 'string') {
    return undefined;
  }
  const value = fromMultibase(proofValue);
  return value?.length === 64 ? { keyId: verificationMethod, value } : undefined;
}

function isInForce({ created, expires }: JsonObject, now: number): boolean {
  const since = typeof created === 'string' ? Date.parse(created) : Number.NaN;
  if (!(since <= now + AHEAD_MS)) return false;
  return expires === undefined || (typeof expires === 'string' && Date.parse(expires) > now);
}

function signedBytes(sha256: Sha256, config: JsonObject, document: JsonObject): Uint8Array {
  return Uint8Array.from([...sha256(utf8(canonicalJson(config))), ...sha256(utf8(canonicalJson(document)))]);
}

function withContext(context: Json): Json {
  const list = Array.isArray(context) ? context : [context];
  return list.includes(CONTEXT) ? list : [...list, CONTEXT];
}

function same(left: Json, right: Json): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

function failed(reason: ProofFailure): ProofVerification {
  return { kind: 'failed', reason };
}
