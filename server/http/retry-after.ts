/** No peer is waited for longer than this; a longer or absurd wish counts as this. */
const MAX_MS = 7 * 86_400_000;

/**
 * Reads a `Retry-After` header, seconds or an HTTP date (RFC 9110 §10.2.3): milliseconds from `now`, never negative;
 * undefined when there is none or it cannot be read.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, MAX_MS);
  // Date.parse reads far more than HTTP dates, "-5" for one.
  if (!/^[A-Z][a-z]+,? .*\d\d:\d\d:\d\d/.test(text)) return undefined;
  const at = Date.parse(/GMT$/.test(text) ? text : `${text} GMT`);
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now), MAX_MS);
}
