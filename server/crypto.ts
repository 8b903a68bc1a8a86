import { createPublicKey, hash, type KeyObject, verify as verifySignature } from 'node:crypto';
import type { SignatureAlgorithm } from '../federation/signatures/claim.ts';
import { makeRoom } from './make-room.ts';

/** Keys kept parsed: to parse one costs several times what a verification costs. Each takes some 4 KiB. */
const KEPT_KEYS = 2_000;
const parsedKeys = new Map<string, KeyObject | undefined>();

export function sha256(data: Uint8Array): Uint8Array {
  return hash('sha256', data, 'buffer');
}

export function sha512(data: Uint8Array): Uint8Array {
  return hash('sha512', data, 'buffer');
}

/** The hex SHA-256 of a text, for digests of meaning and activity ids. */
export function sha256Hex(text: string): string {
  return hash('sha256', text);
}

/** Whether the signature fits. False, never an error, for a key that cannot be read or is of another type. */
export function verify(
  algorithm: SignatureAlgorithm,
  publicKeyPem: string,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const key = parsedKey(publicKeyPem);
  const type = algorithm === 'ed25519' ? 'ed25519' : 'rsa';
  if (key?.asymmetricKeyType !== type) return false;
  const digest = algorithm === 'ed25519' ? null : algorithm === 'rsa-sha256' ? 'sha256' : 'sha512';
  try {
    return verifySignature(digest, data, key, signature);
  } catch {
    return false;
  }
}

/** Parses a public key once; the least recently used goes first when the cache is full. */
function parsedKey(publicKeyPem: string): KeyObject | undefined {
  const kept = parsedKeys.has(publicKeyPem) ? parsedKeys.get(publicKeyPem) : parse(publicKeyPem);
  parsedKeys.delete(publicKeyPem);
  makeRoom(parsedKeys, KEPT_KEYS);
  parsedKeys.set(publicKeyPem, kept);
  return kept;
}

function parse(publicKeyPem: string): KeyObject | undefined {
  try {
    return createPublicKey(publicKeyPem);
  } catch {
    return undefined;
  }
}
