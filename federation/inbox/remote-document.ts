import type { JsonObject } from '../vocabulary.ts';
import { own, readBounded } from './bounds.ts';

/** All that is read of an actor or a key: what `keyFromDocument`, `confirmOwner` and `readRemoteActor` look at. */
const READ = [
  ...['id', 'type', 'preferredUsername', 'inbox', 'endpoints', 'publicKey'],
  ...['owner', 'controller', 'publicKeyPem', 'publicKeyMultibase'],
] as const;

/** In characters of JSON. Mastodon's come to 1,000; the largest key that is accepted to 8,192. */
const MAX_LENGTH = 16_384;

/**
 * Gives the part of a remote actor or key document that is worth remembering, or undefined when that part is too large or
 * too deep to be an honest one.
 *
 * Anybody can make us fetch a document, with a signature that fits nothing: what is kept must be small whatever a server
 * sends. Never throws (JSON.stringify recurses, so depth is looked at first).
 */
export function keptDocument(document: JsonObject): JsonObject | undefined {
  const kept: JsonObject = {};
  for (const key of READ) {
    const value = own(document, key);
    if (value !== undefined) kept[key] = value;
  }
  return readBounded(kept).kind === 'document' && JSON.stringify(kept).length <= MAX_LENGTH ? kept : undefined;
}
