import { fromBase64, toBase64 } from './bytes.ts';

/** A bare item of RFC 8941 §3.3, tagged with its type: the serialization depends on it. */
export type BareItem =
  | { readonly type: 'integer' | 'decimal'; readonly value: number }
  | { readonly type: 'string' | 'token'; readonly value: string }
  | { readonly type: 'bytes'; readonly value: Uint8Array }
  | { readonly type: 'boolean'; readonly value: boolean };

export type Parameters = ReadonlyMap<string, BareItem>;
export interface Item {
  readonly item: BareItem;
  readonly parameters: Parameters;
}
export interface InnerList {
  readonly items: readonly Item[];
  readonly parameters: Parameters;
}
export type Member = Item | InnerList;

/**
 * Parses a dictionary (RFC 8941 §4.2.2), or gives undefined when it is malformed. Stricter than the RFC in one thing: a key
 * that occurs twice is malformed, for which of the two counts is where verifiers differ.
 */
export function parseDictionary(text: string): ReadonlyMap<string, Member> | undefined {
  const cursor: Cursor = { text: withoutOuterSpaces(text), at: 0 };
  try {
    return dictionary(cursor);
  } catch (fault) {
    if (fault instanceof Malformed) return undefined;
    throw fault;
  }
}

/** By hand: ` +$` takes time quadratic in a run of spaces that is not at the end, and anybody can send one. */
function withoutOuterSpaces(text: string): string {
  let [start, end] = [0, text.length];
  while (text[start] === ' ') start++;
  while (end > start && text[end - 1] === ' ') end--;
  return text.slice(start, end);
}

/** Serializes an inner list with its parameters (RFC 8941 §4.1.1.1): the value of `@signature-params`. */
export function serializeInnerList(list: InnerList): string {
  const items = list.items.map((entry) => serializeItem(entry));
  return `(${items.join(' ')})${serializeParameters(list.parameters)}`;
}

/** Serializes an item with its parameters (RFC 8941 §4.1.3). */
function serializeItem(entry: Item): string {
  return `${serializeBare(entry.item)}${serializeParameters(entry.parameters)}`;
}

function serializeParameters(parameters: Parameters): string {
  const parts = [...parameters].map(([key, value]) =>
    value.type === 'boolean' && value.value ? `;${key}` : `;${key}=${serializeBare(value)}`,
  );
  return parts.join('');
}

function serializeBare(item: BareItem): string {
  switch (item.type) {
    case 'integer':
    case 'token':
      return `${item.value}`;
    case 'decimal':
      return Number.isInteger(item.value) ? `${item.value}.0` : `${item.value}`;
    case 'string':
      return `"${item.value.replace(/["\\]/g, '\\$&')}"`;
    case 'bytes':
      return `:${toBase64(item.value)}:`;
    case 'boolean':
      return item.value ? '?1' : '?0';
  }
}

interface Cursor {
  readonly text: string;
  at: number;
}

class Malformed extends Error {}

/** Takes what `pattern` (sticky) matches at the cursor, or fails. */
function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0];
  if (found === undefined) throw new Malformed();
  cursor.at += found.length;
  return found;
}

function takeIf(cursor: Cursor, character: string): boolean {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at++;
  return true;
}

function dictionary(cursor: Cursor): Map<string, Member> {
  const members = new Map<string, Member>();
  while (cursor.at < cursor.text.length) {
    const key = take(cursor, /[a-z*][a-z0-9_.*-]*/y);
    if (members.has(key)) throw new Malformed();
    members.set(key, takeIf(cursor, '=') ? member(cursor) : { item: TRUE, parameters: parameters(cursor) });
    take(cursor, /[ \t]*/y);
    if (cursor.at === cursor.text.length) return members;
    take(cursor, /,[ \t]*/y);
    if (cursor.at === cursor.text.length) throw new Malformed();
  }
  return members;
}

const TRUE: BareItem = { type: 'boolean', value: true };

function member(cursor: Cursor): Member {
  return takeIf(cursor, '(') ? innerList(cursor) : { item: bareItem(cursor), parameters: parameters(cursor) };
}

function innerList(cursor: Cursor): InnerList {
  const items: Item[] = [];
  for (;;) {
    take(cursor, / */y);
    if (takeIf(cursor, ')')) return { items, parameters: parameters(cursor) };
    items.push({ item: bareItem(cursor), parameters: parameters(cursor) });
    const next = cursor.text[cursor.at];
    if (next !== ' ' && next !== ')') throw new Malformed();
  }
}

function parameters(cursor: Cursor): Parameters {
  const found = new Map<string, BareItem>();
  while (takeIf(cursor, ';')) {
    take(cursor, / */y);
    const key = take(cursor, /[a-z*][a-z0-9_.*-]*/y);
    if (found.has(key)) throw new Malformed();
    found.set(key, takeIf(cursor, '=') ? bareItem(cursor) : TRUE);
  }
  return found;
}

function bareItem(cursor: Cursor): BareItem {
  const first = cursor.text[cursor.at] ?? '';
  if (first === '"') return { type: 'string', value: quoted(cursor) };
  if (first === ':') return { type: 'bytes', value: byteSequence(cursor) };
  if (first === '?') return { type: 'boolean', value: take(cursor, /\?[01]/y) === '?1' };
  if (/[-0-9]/.test(first)) return number(cursor);
  return { type: 'token', value: take(cursor, /[A-Za-z*][A-Za-z0-9!#$%&'*+.^_`|~:/-]*/y) };
}

function quoted(cursor: Cursor): string {
  const raw = take(cursor, /"(?:[ !#-[\]-~]|\\["\\])*"/y);
  return raw.slice(1, -1).replace(/\\(.)/g, '$1');
}

function byteSequence(cursor: Cursor): Uint8Array {
  const bytes = fromBase64(take(cursor, /:[A-Za-z0-9+/=]*:/y).slice(1, -1));
  if (bytes === undefined) throw new Malformed();
  return bytes;
}

function number(cursor: Cursor): BareItem {
  const raw = take(cursor, /-?[0-9]{1,15}(?:\.[0-9]{1,3})?/y);
  if (/[0-9.]/.test(cursor.text[cursor.at] ?? '')) throw new Malformed();
  if (!raw.includes('.')) return { type: 'integer', value: Number(raw) };
  if (raw.indexOf('.') - (raw.startsWith('-') ? 1 : 0) > 12) throw new Malformed();
  return { type: 'decimal', value: Number(raw) };
}
