import { isPlainWebUrl, isWebUrl } from '../rich-text.ts';
import { isJsonObject, type Json, type JsonObject } from '../vocabulary.ts';
import { own } from './bounds.ts';

/** How many members of a list are looked at: recipients, tags, authors. */
export const MAX_ITEMS = 256;

/** Gives the values of a property that may be absent, one value, or a list (ActivityStreams Core §2.1). */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.slice(0, MAX_ITEMS) : [value];
}

/** Gives the strings among the values of a property, the empty ones left out. */
export function stringsOf(value: Json | undefined): readonly string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string' && item !== '');
}

/**
 * Gives the id that a reference stands for: an http(s) URL as it was written, alone or as the `id` of an embedded
 * object, or the `href` of a Link. Undefined for anything else (ActivityStreams Core §4.2).
 */
export function idOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return isId(value) ? value : undefined;
  if (!isJsonObject(value)) return undefined;
  return idOf(firstString(value, 'id')) ?? idOf(firstString(value, 'href'));
}

/** Gives the ids among the values of a property, in their order. */
export function idsOf(value: Json | undefined): readonly string[] {
  return listOf(value)
    .map(idOf)
    .filter((id) => id !== undefined);
}

/** Says whether two ids have the same scheme, host and port (FEP-fe34). False when one of them is no URL. */
export function sameOrigin(left: string, right: string): boolean {
  if (isPlainWebUrl(left) && isPlainWebUrl(right)) return originOf(left) === originOf(right);
  return isId(left) && isId(right) && new URL(left).origin === new URL(right).origin;
}

function originOf(plain: string): string {
  return plain.slice(0, plain.indexOf('/', 'https://'.length));
}

/**
 * The URL parser drops spaces and line breaks: an id that has them would be compared as one thing and fetched as another.
 * Controls of the writing direction would turn the owner's log line around.
 */
const UNSEEMLY = /[\s\p{Cc}\p{Bidi_Control}]/u;

/** Ids are cut nowhere: one that is longer than an address may be is no id (Mastodon refuses at 2,048 too). */
function isId(text: string): boolean {
  return isPlainWebUrl(text) || (isWebUrl(text) && !UNSEEMLY.test(text));
}

function firstString(object: JsonObject, key: string): string | undefined {
  const value = own(object, key);
  return typeof value === 'string' ? value : undefined;
}
