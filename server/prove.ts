import { addProof } from '../federation/signatures/proof.ts';
import type { JsonObject } from '../federation/vocabulary.ts';
import { sha256 } from './crypto.ts';
import type { SigningKeys } from './ports.ts';

/**
 * Gives the bytes of an activity as it is sent: with an integrity proof of the blog's, so that whoever gets it forwarded need
 * not ask us (FEP-8b32). The proof is made when the activity is sent, so one that waited is proved by the key that is
 * published then. It is dated as the activity is, else `storedAt` (milliseconds since the
 * epoch), so that what is sent again has the same bytes.
 */
export function provenBody(
  keys: Pick<SigningKeys, 'proofKeyId' | 'signProof'>,
  activity: JsonObject,
  storedAt: number,
): Uint8Array {
  const published = typeof activity.published === 'string' ? Date.parse(activity.published) : Number.NaN;
  const at = Number.isNaN(published) ? storedAt : Math.min(published, storedAt);
  const created = `${new Date(at).toISOString().slice(0, 19)}Z`;
  const proven = addProof({ sha256, sign: keys.signProof }, activity, { keyId: keys.proofKeyId, created });
  return new TextEncoder().encode(JSON.stringify(proven));
}
