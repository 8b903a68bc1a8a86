import { hostOf } from '../audience.ts';
import { isPlainWebUrl } from '../rich-text.ts';
import { isJsonObject, type Json, type JsonObject } from '../vocabulary.ts';
import { ed25519Pem, fromEd25519Multikey } from './multibase.ts';

/** A peer's public key, and the actor that it speaks for. */
export interface RemoteKey {
  readonly id: string;
  readonly owner: string;
  readonly publicKeyPem: string;
}

export type KeyInDocument =
  | { readonly kind: 'key'; readonly key: RemoteKey }
  /** The document claims an owner that it is not: the owner's own document must list the key (`confirmOwner`). */
  | { readonly kind: 'needs-owner'; readonly owner: string; readonly key: RemoteKey }
  | { readonly kind: 'none'; readonly reason: KeyRefusal };

export type KeyRefusal =
  | 'key-id-not-url'
  | 'key-not-listed'
  | 'key-owner-differs'
  | 'key-owner-elsewhere'
  | 'key-unreadable';

/** What a look-up of a key came to. `cached`: it may be out of date, and a refresh may give another. */
export type KeyLookup =
  | { readonly kind: 'key'; readonly key: RemoteKey; readonly cached: boolean }
  /** 410: the actor is gone for good. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** Worth trying again later. */
  | { readonly kind: 'unreachable'; readonly reason: string };

/** What a document client answers; `server/ports.ts` gives one of this shape. */
export type DocumentAnswer =
  | { readonly kind: 'document'; readonly document: JsonObject }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'failed' | 'blocked'; readonly reason: string };

/** No honest RSA key comes near: 16,384 bits are 2,900 characters. */
const LONGEST_PEM = 8192;

/** Gives the URL of the document that holds a key: its id without the fragment, or undefined when it is no http(s) URL. */
export function keyDocumentUrl(keyId: string): string | undefined {
  return isPlainWebUrl(keyId) || isFetchable(keyId) ? keyId.replace(/#.*$/s, '') : undefined;
}

/**
 * Finds the key `keyId` in the document that was fetched from its URL (what it says of its owner is checked, for key,
 * owner and the activity's actor must be one). An actor document counts when it lists the key and the key names it as its owner. A
 * document about the key alone (activitypub-bot 0.51 `/publickey`) or a stub actor at the key's URL (GoToSocial
 * `/main-key`) only claims an owner. Key and owner must share an origin (FEP-fe34).
 */
export function keyFromDocument(document: JsonObject, keyId: string): KeyInDocument {
  const url = keyDocumentUrl(keyId);
  if (url === undefined) return none('key-id-not-url');
  const listed = listedKeys(document).find((entry) => isJsonObject(entry) && entry.id === keyId);
  const key = isJsonObject(listed) ? listed : document.id === keyId ? document : undefined;
  if (key === undefined) return none('key-not-listed');
  const owner = key.owner ?? key.controller;
  if (typeof owner !== 'string') return none('key-owner-differs');
  if (key !== document && owner !== document.id) return none('key-owner-differs');
  if (!sameOrigin(owner, keyId)) return none('key-owner-elsewhere');
  const publicKeyPem = pemOf(key);
  if (publicKeyPem === undefined) return none('key-unreadable');
  const found: RemoteKey = { id: keyId, owner, publicKeyPem };
  return owner === url && key !== document ? { kind: 'key', key: found } : { kind: 'needs-owner', owner, key: found };
}

/**
 * Confirms a claimed owner by its own document: it must have the claimed id and list the key, by id or in full. What the
 * owner's document says of the key wins over what the key's document says.
 */
export function confirmOwner(ownerDocument: JsonObject, claimed: RemoteKey): KeyInDocument {
  if (ownerDocument.id !== claimed.owner) return none('key-owner-differs');
  for (const entry of listedKeys(ownerDocument)) {
    if (entry === claimed.id) return { kind: 'key', key: claimed };
    if (!isJsonObject(entry) || entry.id !== claimed.id) continue;
    if ((entry.owner ?? entry.controller) !== claimed.owner) return none('key-owner-differs');
    const publicKeyPem = pemOf(entry);
    return publicKeyPem === undefined ? none('key-unreadable') : { kind: 'key', key: { ...claimed, publicKeyPem } };
  }
  return none('key-not-listed');
}

/**
 * Looks a key up with at most two documents got: the key's, and its owner's where that is another. Never throws for what a
 * peer does; `cached` says what the caller's `get` is (a cache or the network).
 */
export async function lookUpKey(
  deps: { readonly get: (url: string) => Promise<DocumentAnswer> },
  keyId: string,
  options: { readonly cached: boolean },
): Promise<KeyLookup> {
  const url = keyDocumentUrl(keyId);
  if (url === undefined) return { kind: 'unknown', reason: 'key-id-not-url' };
  const answer = await deps.get(url);
  if (answer.kind !== 'document') return withoutDocument(answer);
  let found = keyFromDocument(answer.document, keyId);
  if (found.kind === 'needs-owner') {
    const owner = await deps.get(found.owner);
    if (owner.kind !== 'document') return withoutDocument(owner);
    found = confirmOwner(owner.document, found.key);
  }
  if (found.kind === 'key') return { kind: 'key', key: found.key, cached: options.cached };
  return { kind: 'unknown', reason: found.kind === 'none' ? found.reason : 'key-owner-differs' };
}

function withoutDocument(answer: Exclude<DocumentAnswer, { kind: 'document' }>): KeyLookup {
  if (answer.kind === 'failed') return { kind: 'unreachable', reason: answer.reason };
  if (answer.kind === 'refused' && answer.status === 410) return { kind: 'gone' };
  return { kind: 'unknown', reason: answer.reason };
}

function none(reason: KeyRefusal): KeyInDocument {
  return { kind: 'none', reason };
}

/** Those of requests, and those of object integrity proofs (FEP-521a). */
function listedKeys(document: JsonObject): readonly Json[] {
  return [document.publicKey, document.assertionMethod].flat().filter((value) => value !== undefined);
}

function pemOf(key: JsonObject): string | undefined {
  const { publicKeyPem, publicKeyMultibase } = key;
  if (typeof publicKeyPem === 'string') {
    return publicKeyPem.length <= LONGEST_PEM && publicKeyPem.includes('PUBLIC KEY-----') ? publicKeyPem : undefined;
  }
  const raw = typeof publicKeyMultibase === 'string' ? fromEd25519Multikey(publicKeyMultibase) : undefined;
  return raw === undefined ? undefined : ed25519Pem(raw);
}

/** Of any length, unlike an id: it is asked for and compared, never kept. */
function isFetchable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '';
}

function sameOrigin(one: string, other: string): boolean {
  if (isPlainWebUrl(one) && isPlainWebUrl(other)) return hostOf(one) === hostOf(other);
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}
