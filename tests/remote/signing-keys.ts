import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { SigningKeys } from '../../server/ports.ts';

/** Ed25519 of a fixed seed (RFC 8410 §7): processes that take up each other's work prove with the same key. */
const HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const secret = createPrivateKey({ key: Buffer.concat([HEAD, Buffer.alloc(32, 7)]), format: 'der', type: 'pkcs8' });

/** The public half of the key that every test's activities are proved with. */
export const PROOF_KEY: KeyObject = createPublicKey(secret);

/** The key of integrity proofs, for what never signs a request. */
export function proofKeys(actor: string): Pick<SigningKeys, 'proofKeyId' | 'signProof'> {
  return { proofKeyId: `${actor}#ed25519-key`, signProof: (data) => sign(null, data, secret) };
}

/** The keys of an actor: `key` is the RSA one, absent where no request is signed. */
export function signingKeys(actor: string, key?: KeyObject): SigningKeys {
  const signRequest = (data: Uint8Array): Uint8Array => (key ? sign('sha256', data, key) : new Uint8Array());
  return { keyId: `${actor}#main-key`, sign: signRequest, ...proofKeys(actor) };
}
