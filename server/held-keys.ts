import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import {
  currentOf,
  type Ed25519PublicJwk,
  type Generations,
  kidsOf,
  memberOf,
  type PublicKeySet,
  parseKeyGenerations,
  type RsaPublicJwk,
} from '../federation/signatures/jwk.ts';
import { malformedKeys } from './key-faults.ts';
import { parseKeyFile } from './key-files.ts';
import type { SigningKeys } from './ports.ts';

/** Both halves of the keys of one generation, as they are held in memory. */
export interface HeldPair {
  readonly public: PublicKeySet;
  readonly rsa: KeyObject;
  readonly ed25519: KeyObject;
}

/** The private halves of the blog's keys: those of the current generation, and all that are held. */
export interface HeldKeys extends HeldPair {
  /** Oldest first. */
  readonly pairs: readonly HeldPair[];
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
  const generations = parseKeyGenerations(set);
  if ('fault' in generations) throw malformedKeys(source, generations.fault);
  const pairs = generations.map((keys) => usablePair(set, keys, source));
  const current = pairOf(pairs, generations);
  return { ...current, pairs, source };
}

function usablePair(set: unknown, keys: PublicKeySet, source: string): HeldPair {
  const rsa = usablePrivateKey(set, keys.rsa, 'sha256');
  const ed25519 = usablePrivateKey(set, keys.ed25519, null);
  const { kid } = rsa === undefined ? keys.rsa : keys.ed25519;
  if (rsa === undefined || ed25519 === undefined) {
    throw malformedKeys(source, `the key "${kid}" has no private half that fits it`);
  }
  return { public: keys, rsa, ed25519 };
}

function pairOf(pairs: readonly HeldPair[], generations: Generations): HeldPair {
  const { generation } = currentOf(generations);
  const found = pairs.find((pair) => pair.public.generation === generation);
  if (found === undefined) throw new Error('each generation has its pair');
  return found;
}

/** The keys that sign requests and activities, under the ids that `actor` gives them: the current ones. */
export function signingKeysOf(held: HeldPair, actor: string): SigningKeys {
  const { rsa, ed25519 } = kidsOf(held.public.generation);
  return {
    keyId: `${actor}#${rsa}`,
    sign: (data) => sign('sha256', data, held.rsa),
    proofKeyId: `${actor}#${ed25519}`,
    signProof: (data) => sign(null, data, held.ed25519),
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
