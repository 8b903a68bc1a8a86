import { fromBase64Url } from './bytes.ts';
import { type KeySetFault, memberOf } from './jwk.ts';

/** The ids of the owner's two keys in `owner.json`. */
export const OWNER_KID = 'owner-key';
export const MESSAGE_KID = 'message-key';

/** The public halves of the owner's keys, as they stand in `content/owner.json` and in the rules. */
export interface OwnerKeySet {
  /** Ed25519: by it the owner's commands are known. */
  readonly ownerKey: Readonly<Record<string, string>>;
  /** P-256: messages are sealed for it. */
  readonly messageKey: Readonly<Record<string, string>>;
}

/**
 * Reads the owner's two public keys from a JWK Set (RFC 7517 §5), public or private: only the named public members are taken.
 * The fault names the member that is missing or wrong, never its value.
 */
export function parseOwnerKeySet(value: unknown): OwnerKeySet | KeySetFault {
  const owner = memberOf(value, OWNER_KID);
  const message = memberOf(value, MESSAGE_KID);
  if (owner === undefined) return { fault: `it has no key, or several, with the kid "${OWNER_KID}"` };
  if (message === undefined) return { fault: `it has no key, or several, with the kid "${MESSAGE_KID}"` };
  if (owner.kty !== 'OKP' || owner.crv !== 'Ed25519' || !is32Bytes(owner.x)) {
    return { fault: `the key "${OWNER_KID}" is not an Ed25519 key` };
  }
  const { x, y } = message;
  if (message.kty !== 'EC' || message.crv !== 'P-256' || !is32Bytes(x) || !is32Bytes(y)) {
    return { fault: `the key "${MESSAGE_KID}" is not a P-256 key` };
  }
  return {
    ownerKey: { kty: 'OKP', crv: 'Ed25519', kid: OWNER_KID, alg: 'EdDSA', use: 'sig', x: owner.x },
    messageKey: { kty: 'EC', crv: 'P-256', kid: MESSAGE_KID, alg: 'ECDH-ES+A256KW', use: 'enc', x, y },
  };
}

/** Coordinates of both curves have 32 bytes (RFC 7518 §6.2.1.2, RFC 8037 §2). */
function is32Bytes(value: unknown): value is string {
  return typeof value === 'string' && fromBase64Url(value)?.length === 32;
}
