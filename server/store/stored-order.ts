/** Milliseconds since the epoch of an RFC 3339 time, 0 for what is none: as text, times with fractions do not compare. */
export function timeOf(time: string): number {
  const at = Date.parse(time);
  return Number.isNaN(at) ? 0 : at;
}

/** A cursor comes back in a URL, so it may be anything; undefined for what is none. */
export function placeOf(cursor: string): number | undefined {
  return /^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined;
}
