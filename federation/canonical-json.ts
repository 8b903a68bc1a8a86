import type { Json } from './vocabulary.ts';

/**
 * Gives JSON text that depends on the value alone: keys sorted by UTF-16 code units, no whitespace. Takes any JSON value;
 * a number that JSON cannot write becomes `null`, as in `JSON.stringify`. (RFC 8785 §3.2)
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}
