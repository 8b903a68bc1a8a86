import { isJsonObject, type Json, type JsonObject } from '../vocabulary.ts';

/** Real activities nest about ten levels (Mastodon's contexts included); JSON.stringify recurses, so depth must end. */
const MAX_DEPTH = 32;
const MAX_VALUES = 20_000;
const MAX_ARRAY = 4_096;
const MAX_STRING = 262_144;
const MAX_KEY = 2_048;

/**
 * Keys that no peer has reason to send. The JSON-LD ones restructure a document behind a signature (Mastodon
 * CVE-2026-46349, Fedify CVE-2026-42462); the last one reaches for the prototype.
 */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['@graph', '@included', '@reverse', '__proto__']);

export type Bounded =
  | { readonly kind: 'document'; readonly document: JsonObject }
  | { readonly kind: 'fault'; readonly reason: BoundsFault };

export type BoundsFault =
  | 'not-an-object'
  | 'too-deep'
  | 'too-many-values'
  | 'array-too-long'
  | 'string-too-long'
  | 'forbidden-key';

/**
 * Takes what `JSON.parse` gave and makes sure that it is an object of bearable size and shape.
 *
 * At most 32 levels, 20,000 values, 4,096 items in an array, 256 Ki characters in a string; none of the keys that
 * restructure JSON-LD or reach for a prototype, at any depth. Never throws and never recurses: a fault is a value
 * (security checks: oversized fields, LD restructuring, prototype pollution).
 */
export function readBounded(value: unknown): Bounded {
  if (!isJsonObject(value)) return { kind: 'fault', reason: 'not-an-object' };
  const pending: { value: unknown; depth: number }[] = [{ value, depth: 1 }];
  let values = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    values += 1;
    const reason = values > MAX_VALUES ? 'too-many-values' : faultOf(next.value, next.depth);
    if (reason !== undefined) return { kind: 'fault', reason };
    if (typeof next.value !== 'object' || next.value === null) continue;
    for (const child of Object.values(next.value)) pending.push({ value: child, depth: next.depth + 1 });
  }
  return { kind: 'document', document: value };
}

function faultOf(value: unknown, depth: number): BoundsFault | undefined {
  if (depth > MAX_DEPTH) return 'too-deep';
  if (typeof value === 'string') return value.length > MAX_STRING ? 'string-too-long' : undefined;
  if (Array.isArray(value)) return value.length > MAX_ARRAY ? 'array-too-long' : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const key of Object.keys(value)) {
    if (FORBIDDEN_KEYS.has(key)) return 'forbidden-key';
    if (key.length > MAX_KEY) return 'string-too-long';
  }
  return undefined;
}

/** Reads an own property: what an object inherits was not sent by anybody. */
export function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
