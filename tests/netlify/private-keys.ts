import { generateKeyPairSync } from 'node:crypto';
import { ED25519_KID, RSA_KID } from '../../federation/signatures/jwk.ts';
import { printKeySet } from '../../server/key-files.ts';

/** New keys of a blog, as `POSTERN_PRIVATE_KEYS` has them. */
export function newPrivateKeys(): string {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const ed25519 = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return printKeySet([
    { kid: RSA_KID, alg: 'RS256', use: 'sig', ...rsa },
    { kid: ED25519_KID, alg: 'EdDSA', use: 'sig', ...ed25519 },
  ]);
}
