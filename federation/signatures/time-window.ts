const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Clocks of servers differ: this much is forgiven on either side. */
const MARGIN = HOUR;
/** How long a signature holds when it does not say. */
const LIFETIME = 5 * MINUTE;
/** How long a signature may say that it holds. */
const LONGEST_LIFETIME = 12 * HOUR;

export interface SignatureTimes {
  /** When it was made, by its signed `created` or `Date`: milliseconds. */
  readonly made: number;
  /** Its `expires`, if it has one: milliseconds. */
  readonly expires?: number;
  /** Whether `expires` is itself signed. One that is not may only shorten the lifetime: anyone could have added it. */
  readonly expiresSigned: boolean;
}

/**
 * Says whether a signature is valid at `now` (milliseconds): at most 1 h from the future, not past its lifetime of 5 min
 * (or `expires`, at most 12 h) by more than 1 h. These are the bounds of Mastodon 4.6, which every peer keeps to.
 */
export function withinWindow(times: SignatureTimes, now: number): boolean {
  const usual = times.made + LIFETIME;
  const said = times.expires ?? usual;
  const bound = times.expiresSigned ? times.made + LONGEST_LIFETIME : usual;
  return times.made <= now + MARGIN && now <= Math.min(said, bound) + MARGIN;
}

const IMF_FIXDATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Reads an HTTP date in the form that must be generated, IMF-fixdate (RFC 9110 §5.6.7): milliseconds, or undefined. */
export function parseHttpDate(text: string): number | undefined {
  if (!IMF_FIXDATE.test(text)) return undefined;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** Writes `time` (milliseconds) as IMF-fixdate (RFC 9110 §5.6.7). */
export function httpDate(time: number): string {
  return new Date(time).toUTCString();
}
