import { sha256 } from '../crypto.ts';

/** No id begins like this: they are URLs, and our own marks begin with words of their own. */
const DIGEST = 'digest:';

/** Half of a SHA-256 in base64url: nobody finds two ids that share one. */
export function digestOfSeen(id: string): string {
  return Buffer.from(sha256(Buffer.from(id)).subarray(0, 16)).toString('base64url');
}

/** The name under which a store keeps what came from one that knew only its digest. */
export function digestName(digest: string): string {
  return DIGEST + digest;
}

/** Every name under which an id may be kept. */
export function namesOfSeen(id: string): readonly [string, string] {
  return [id, digestName(digestOfSeen(id))];
}

/** The digest of what a name stands for. */
export function digestOfName(name: string): string {
  return name.startsWith(DIGEST) ? name.slice(DIGEST.length) : digestOfSeen(name);
}
