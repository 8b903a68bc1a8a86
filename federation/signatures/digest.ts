import { fromBase64, sameBytes, toBase64 } from './bytes.ts';
import { parseDictionary } from './structured-fields.ts';

/** Hash functions, passed in: bytes in, digest bytes out. */
export interface Hashes {
  readonly sha256: (data: Uint8Array) => Uint8Array;
  readonly sha512: (data: Uint8Array) => Uint8Array;
}

export type DigestCheck = 'matches' | 'differs' | 'malformed' | 'unsupported';

/** Gives the value of a `Digest` header over the raw body (RFC 3230): the form that draft-cavage peers read. */
export function makeDigest(hashes: Pick<Hashes, 'sha256'>, body: Uint8Array): string {
  return `SHA-256=${toBase64(hashes.sha256(body))}`;
}

/** Gives the value of a `Content-Digest` header over the raw body (RFC 9530 §2). */
export function makeContentDigest(hashes: Pick<Hashes, 'sha256'>, body: Uint8Array): string {
  return `sha-256=:${toBase64(hashes.sha256(body))}:`;
}

/**
 * Checks a `Digest` header against the raw body (RFC 3230 §4.3.2). Every digest by an algorithm we know must match; an
 * algorithm named twice is malformed; digests by unknown algorithms alone are unsupported, never a match.
 */
export function checkDigest(hashes: Hashes, header: string, body: Uint8Array): DigestCheck {
  const digests = new Map<string, Uint8Array | undefined>();
  for (const part of header.split(',')) {
    const [, algorithm, value] = /^[ \t]*([A-Za-z0-9-]+)=([^ \t]*)[ \t]*$/.exec(part) ?? [];
    if (algorithm === undefined || value === undefined) return 'malformed';
    const name = algorithm.toLowerCase();
    if (digests.has(name)) return 'malformed';
    digests.set(name, fromBase64(value));
  }
  return compare(hashes, digests, body);
}

/** Checks a `Content-Digest` header against the raw body (RFC 9530 §2), by the same rules as `checkDigest`. */
export function checkContentDigest(hashes: Hashes, header: string, body: Uint8Array): DigestCheck {
  const members = parseDictionary(header);
  if (members === undefined) return 'malformed';
  const digests = new Map<string, Uint8Array | undefined>();
  for (const [name, member] of members) {
    digests.set(name, 'item' in member && member.item.type === 'bytes' ? member.item.value : undefined);
  }
  return compare(hashes, digests, body);
}

function compare(hashes: Hashes, digests: ReadonlyMap<string, Uint8Array | undefined>, body: Uint8Array): DigestCheck {
  const known = [
    ['sha-256', hashes.sha256],
    ['sha-512', hashes.sha512],
  ] as const;
  let matched = false;
  for (const [name, hash] of known) {
    if (!digests.has(name)) continue;
    const digest = digests.get(name);
    if (digest === undefined) return 'malformed';
    if (!sameBytes(digest, hash(body))) return 'differs';
    matched = true;
  }
  return matched ? 'matches' : 'unsupported';
}
