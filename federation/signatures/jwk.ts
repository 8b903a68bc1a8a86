import { fromBase64Url } from './bytes.ts';
import { toEd25519Multikey } from './multibase.ts';

/** The ids of the blog's two keys: in its key files, and as fragments of the actor's id. */
export const RSA_KID = 'main-key';
export const ED25519_KID = 'ed25519-key';

export interface RsaPublicJwk {
  readonly kty: 'RSA';
  readonly kid: typeof RSA_KID;
  readonly alg: 'RS256';
  readonly use: 'sig';
  readonly n: string;
  readonly e: string;
}
export interface Ed25519PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly kid: typeof ED25519_KID;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
  readonly x: string;
}

/** The public halves of the blog's keys. */
export interface PublicKeySet {
  readonly rsa: RsaPublicJwk;
  readonly ed25519: Ed25519PublicJwk;
}

/** What is wrong with a key file, in words that carry no key material. */
export interface KeySetFault {
  readonly fault: string;
}

/**
 * Reads the two public halves from a JWK Set (RFC 7517 §5), public or private: only the named public members are taken.
 * The fault names the member that is missing or wrong, never its value.
 */
export function parseKeySet(value: unknown): PublicKeySet | KeySetFault {
  if (!isRecord(value) || !Array.isArray(value.keys)) return { fault: 'it is not a JWK Set: {"keys": […]}' };
  const rsa = memberOf(value, RSA_KID);
  const ed25519 = memberOf(value, ED25519_KID);
  if (rsa === undefined) return { fault: `it has no key, or several, with the kid "${RSA_KID}"` };
  if (ed25519 === undefined) return { fault: `it has no key, or several, with the kid "${ED25519_KID}"` };
  const { n, e } = rsa;
  if (rsa.kty !== 'RSA' || !isBytes(n, 256) || !isBytes(e, 1)) {
    return { fault: `the key "${RSA_KID}" is not an RSA key of at least 2048 bits` };
  }
  const { x } = ed25519;
  if (ed25519.kty !== 'OKP' || ed25519.crv !== 'Ed25519' || !isBytes(x, 32)) {
    return { fault: `the key "${ED25519_KID}" is not an Ed25519 key` };
  }
  return {
    rsa: { kty: 'RSA', kid: RSA_KID, alg: 'RS256', use: 'sig', n, e },
    ed25519: { kty: 'OKP', crv: 'Ed25519', kid: ED25519_KID, alg: 'EdDSA', use: 'sig', x },
  };
}

/** Says whether a JWK Set holds the private half of any key (RFC 7518 §6.2.2, RFC 8037 §2). */
export function hasPrivateMembers(value: unknown): boolean {
  const keys = isRecord(value) && Array.isArray(value.keys) ? value.keys : [];
  return keys.some((key) => isRecord(key) && ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'].some((name) => name in key));
}

/** Gives the `publicKeyMultibase` of the Ed25519 key (FEP-521a). */
export function multikeyOf(keys: PublicKeySet): string {
  return toEd25519Multikey(fromBase64Url(keys.ed25519.x) ?? new Uint8Array());
}

/** Gives the one key of a JWK Set with this `kid`, or undefined when there is none or more than one. */
export function memberOf(set: unknown, kid: string): Readonly<Record<string, unknown>> | undefined {
  const keys: readonly unknown[] = isRecord(set) && Array.isArray(set.keys) ? set.keys : [];
  const found = keys.filter((key) => isRecord(key)).filter((key) => key.kid === kid);
  return found.length === 1 ? found[0] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBytes(value: unknown, least: number): value is string {
  return typeof value === 'string' && (fromBase64Url(value)?.length ?? 0) >= least;
}
