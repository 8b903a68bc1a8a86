import { fromBase64Url } from './bytes.ts';
import { toEd25519Multikey } from './multibase.ts';

/** The ids of the blog's first two keys: in its key files, and as fragments of the actor's id. See `kidsOf`. */
export const RSA_KID = 'main-key';
export const ED25519_KID = 'ed25519-key';

export interface RsaPublicJwk {
  readonly kty: 'RSA';
  readonly kid: string;
  readonly alg: 'RS256';
  readonly use: 'sig';
  readonly n: string;
  readonly e: string;
}
export interface Ed25519PublicJwk {
  readonly kty: 'OKP';
  readonly crv: 'Ed25519';
  readonly kid: string;
  readonly alg: 'EdDSA';
  readonly use: 'sig';
  readonly x: string;
}

/** The public halves of two keys that are the blog's at the same time. */
export interface PublicKeySet {
  /** 1 for the first keys of a blog, one more with each rotation. A number is used once: see `kidsOf`. */
  readonly generation: number;
  readonly rsa: RsaPublicJwk;
  readonly ed25519: Ed25519PublicJwk;
  /** When they were made; RFC 3339 UTC. Absent for keys from before that was written down. */
  readonly made?: string;
  /** When others took their place; RFC 3339 UTC. */
  readonly retired?: string;
}

/** What is wrong with a key file, in words that carry no key material. */
export interface KeySetFault {
  readonly fault: string;
}

/**
 * Gives the ids of the keys of a generation. Each has its own: GoToSocial keeps the key that it once fetched for an id, and
 * would refuse another one under the same for ever.
 */
export function kidsOf(generation: number): { readonly rsa: string; readonly ed25519: string } {
  const end = generation === 1 ? '' : `-${generation}`;
  return { rsa: RSA_KID + end, ed25519: ED25519_KID + end };
}

/**
 * Reads the public halves of the blog's keys from a JWK Set (RFC 7517 §5), public or private: only the named public members
 * are taken. Of several generations it gives the newest that is not retired. The fault names the member that is missing or
 * wrong, never its value.
 */
export function parseKeySet(value: unknown): PublicKeySet | KeySetFault {
  const generations = parseKeyGenerations(value);
  return 'fault' in generations ? generations : currentOf(generations);
}

/** Reads the public halves of all generations of a JWK Set, oldest first, at least one; faults as `parseKeySet`. */
export function parseKeyGenerations(value: unknown): Generations | KeySetFault {
  if (!isRecord(value) || !Array.isArray(value.keys)) return { fault: 'it is not a JWK Set: {"keys": […]}' };
  const [first = 1, ...others] = generationsIn(value.keys);
  const read = parseGeneration(value, first);
  if ('fault' in read) return read;
  const generations: [PublicKeySet, ...PublicKeySet[]] = [read];
  for (const number of others) {
    const next = parseGeneration(value, number);
    if ('fault' in next) return next;
    generations.push(next);
  }
  return generations;
}

export type Generations = readonly [PublicKeySet, ...PublicKeySet[]];

/** Gives the newest generation that is not retired; should all be, the newest. */
export function currentOf([first, ...others]: Generations): PublicKeySet {
  const newer = (a: PublicKeySet, b: PublicKeySet): PublicKeySet =>
    (a.retired === undefined) === (b.retired === undefined) ? b : a.retired === undefined ? a : b;
  return others.reduce(newer, first);
}

const KID = new RegExp(`^(?:${RSA_KID}|${ED25519_KID})(?:-([1-9]\\d{0,3}))?$`);

function generationsIn(keys: readonly unknown[]): number[] {
  const numbers = keys.flatMap((key) => {
    const match = isRecord(key) && typeof key.kid === 'string' ? KID.exec(key.kid) : null;
    return match === null ? [] : [Number(match[1] ?? 1)];
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}

function parseGeneration(value: unknown, generation: number): PublicKeySet | KeySetFault {
  const kids = kidsOf(generation);
  const rsa = memberOf(value, kids.rsa);
  const ed25519 = memberOf(value, kids.ed25519);
  if (rsa === undefined) return { fault: `it has no key, or several, with the kid "${kids.rsa}"` };
  if (ed25519 === undefined) return { fault: `it has no key, or several, with the kid "${kids.ed25519}"` };
  const { n, e, made, retired } = rsa;
  if (rsa.kty !== 'RSA' || !isBytes(n, 256) || !isBytes(e, 1)) {
    return { fault: `the key "${kids.rsa}" is not an RSA key of at least 2048 bits` };
  }
  const { x } = ed25519;
  if (ed25519.kty !== 'OKP' || ed25519.crv !== 'Ed25519' || !isBytes(x, 32)) {
    return { fault: `the key "${kids.ed25519}" is not an Ed25519 key` };
  }
  return {
    generation,
    rsa: { kty: 'RSA', kid: kids.rsa, alg: 'RS256', use: 'sig', n, e },
    ed25519: { kty: 'OKP', crv: 'Ed25519', kid: kids.ed25519, alg: 'EdDSA', use: 'sig', x },
    ...(typeof made === 'string' ? { made } : {}),
    ...(typeof retired === 'string' ? { retired } : {}),
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
