import { isJsonObject, type Json, type JsonObject } from '../vocabulary.ts';
import { own, readBounded } from './bounds.ts';
import { listOf, stringsOf } from './references.ts';

/** All that is read of an actor or a key: what `keyFromDocument`, `confirmOwner` and `readRemoteActor` look at. */
const READ = [
  ...['id', 'type', 'preferredUsername', 'inbox', 'endpoints', 'publicKey', 'assertionMethod'],
  ...['owner', 'controller', 'publicKeyPem', 'publicKeyMultibase'],
] as const;

/** In characters of JSON. Mastodon's come to 1,000; the largest key that is accepted to 8,192. */
const MAX_LENGTH = 16_384;

/** What people see of an author; left out, piece by piece, where it is larger than this, in characters of JSON. */
const SEEN: Readonly<Record<'name' | 'url' | 'icon', number>> = { name: 2_048, url: 4_096, icon: 4_096 };

/** Mastodon lists every emoji of the name and of the biography; a name has room for few. */
const MAX_EMOJIS = 20;
const MAX_EMOJI = 2_048;

/**
 * Gives the part of a remote actor or key document that is worth remembering, or undefined when that part is too large or
 * too deep to be an honest one.
 *
 * Anybody can make us fetch a document, with a signature that fits nothing: what is kept must be small whatever a server
 * sends. What is only for people (name, page, picture, emoji) is left out where it is too large; the rest is still good.
 * Never throws (JSON.stringify recurses, so depth is looked at first).
 */
export function keptDocument(document: JsonObject): JsonObject | undefined {
  const kept: JsonObject = {};
  for (const key of READ) {
    const value = own(document, key);
    if (value !== undefined) kept[key] = value;
  }
  if (lengthOf(kept) > MAX_LENGTH) return undefined;
  return { ...kept, ...seenByPeople(document) };
}

function seenByPeople(document: JsonObject): JsonObject {
  const seen: JsonObject = {};
  for (const [key, most] of Object.entries(SEEN)) {
    const value = own(document, key);
    if (value !== undefined && lengthOf({ value }) <= most) seen[key] = value;
  }
  const emojis = listOf(own(document, 'tag')).flatMap(emojiOf).slice(0, MAX_EMOJIS);
  if (emojis.length > 0) seen.tag = emojis;
  return seen;
}

/** An emoji without what is not read of it. */
function emojiOf(tag: Json): JsonObject[] {
  if (!isJsonObject(tag) || !stringsOf(own(tag, 'type')).includes('Emoji')) return [];
  const [name, icon] = [own(tag, 'name'), own(tag, 'icon')];
  if (typeof name !== 'string' || !isJsonObject(icon)) return [];
  const emoji = { type: 'Emoji', name, icon };
  return lengthOf(emoji) <= MAX_EMOJI ? [emoji] : [];
}

function lengthOf(value: JsonObject): number {
  return readBounded(value).kind === 'document' ? JSON.stringify(value).length : Number.POSITIVE_INFINITY;
}
