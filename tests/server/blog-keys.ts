import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { ED25519_KID, multikeyOf, RSA_KID } from '../../federation/signatures/jwk.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { type HeldKeys, parsePrivateKeys } from '../../server/held-keys.ts';

/** Makes private keys as they stand in `POSTERN_PRIVATE_KEYS`. */
export function privateKeysText(): string {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return JSON.stringify({
    keys: [
      { kid: RSA_KID, alg: 'RS256', use: 'sig', ...rsa },
      { kid: ED25519_KID, alg: 'EdDSA', use: 'sig', ...ed25519 },
    ],
  });
}

export function heldKeys(): HeldKeys {
  return parsePrivateKeys(privateKeysText(), 'a test');
}

/** The actor's document, with what it shows of these keys. */
export function showing(keys: HeldKeys, actor: JsonObject | undefined): JsonObject {
  const publicKeyPem = createPublicKey(keys.rsa).export({ type: 'spki', format: 'pem' }).toString();
  const id = String(actor?.id);
  return {
    ...actor,
    publicKey: { id: `${id}#${RSA_KID}`, owner: id, publicKeyPem },
    assertionMethod: [{ id: `${id}#${ED25519_KID}`, type: 'Multikey', publicKeyMultibase: multikeyOf(keys.public) }],
  };
}
