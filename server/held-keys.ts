import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import {
  ED25519_KID,
  type Ed25519PublicJwk,
  memberOf,
  type PublicKeySet,
  parseKeySet,
  RSA_KID,
  type RsaPublicJwk,
} from '../federation/signatures/jwk.ts';
import { malformedKeys } from './key-faults.ts';
import { parseKeyFile } from './key-files.ts';
import type { SigningKeys } from './ports.ts';

/** The private halves of the blog's keys, as they are held in memory. */
export interface HeldKeys {
  readonly public: PublicKeySet;
  readonly rsa: KeyObject;
  readonly ed25519: KeyObject;
  /** Where they came from, for messages. */
  readonly source: string;
}

/**
 * Reads private keys and tries them once, so that a damaged pair is found at the start and not at a peer's 401. Loads no
 * package: a function that wakes for one request has no time for it.
 *
 * @throws PosternError `private-keys-malformed`, without a word of what is written there.
 */
export function parsePrivateKeys(text: string, source: string): HeldKeys {
  const set = parseKeyFile(text);
  const keys = parseKeySet(set);
  if ('fault' in keys) throw malformedKeys(source, keys.fault);
  const rsa = usablePrivateKey(set, keys.rsa, 'sha256');
  const ed25519 = usablePrivateKey(set, keys.ed25519, null);
  if (rsa === undefined) throw malformedKeys(source, `the key "${RSA_KID}" has no private half that fits it`);
  if (ed25519 === undefined) throw malformedKeys(source, `the key "${ED25519_KID}" has no private half that fits it`);
  return { public: keys, rsa, ed25519, source };
}

/** The keys that sign requests and activities, under the ids that `actor` gives them. */
export function signingKeysOf(held: HeldKeys, actor: string): SigningKeys {
  return {
    keyId: `${actor}#${RSA_KID}`,
    sign: (data) => sign('sha256', data, held.rsa),
    proofKeyId: `${actor}#${ED25519_KID}`,
    signProof: (data) => sign(null, data, held.ed25519),
  };
}

/** The same, read when something is first signed: most requests sign nothing. Rejects then as `read` does. */
export function lazySigningKeys(read: () => HeldKeys, actor: string): SigningKeys {
  let known: SigningKeys | undefined;
  const keys = (): SigningKeys => {
    known ??= signingKeysOf(read(), actor);
    return known;
  };
  return {
    keyId: `${actor}#${RSA_KID}`,
    sign: (data) => keys().sign(data),
    proofKeyId: `${actor}#${ED25519_KID}`,
    signProof: (data) => keys().signProof(data),
  };
}

function usablePrivateKey(
  set: unknown,
  publicJwk: RsaPublicJwk | Ed25519PublicJwk,
  hash: 'sha256' | null,
): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: { ...memberOf(set, publicJwk.kid) }, format: 'jwk' });
    const probe = Buffer.from('postern');
    const publicKey = createPublicKey({ key: { ...publicJwk }, format: 'jwk' });
    return verify(hash, probe, publicKey, sign(hash, probe, key)) ? key : undefined;
  } catch {
    // What OpenSSL says of a damaged key helps nobody and might quote it.
    return undefined;
  }
}
