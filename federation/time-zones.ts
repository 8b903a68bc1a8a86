import { toTime } from './dates.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** No zone is farther from UTC, nor was since clocks have zones (Manila and Alaska kept the other side's day). */
const FARTHEST = 16 * HOUR;

/** Whether this is the name of a time zone, such as `Europe/Berlin`; a bare offset (`+01:00`) is none. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * Gives the first instant of a calendar day in a time zone, in milliseconds since the epoch. A day that begins at one
 * o'clock because the clock is put forward at midnight begins then; a midnight that comes twice counts at its first time;
 * a day that the zone left out begins with the next. `day` is any instant of the day in UTC; fails (RangeError) for a
 * name that `isTimeZone` refuses. (ECMA-402 §11, IANA time zone database)
 */
export function startOfDay(day: number, timeZone: string): number {
  const midnight = Math.floor(day / DAY) * DAY;
  const format = formatOf(timeZone);
  // Local days never go back by more than the hour that is repeated, so halving finds the beginning.
  let before = midnight - FARTHEST;
  let within = midnight + FARTHEST;
  while (within - before > 1000) {
    const middle = before + Math.floor((within - before) / 2000) * 1000;
    if (localDay(middle, format) < midnight) before = middle;
    else within = middle;
  }
  return within;
}

/**
 * Gives the instant from which a post is in the site, in milliseconds since the epoch: its date, or the start of that day
 * in the profile's time zone when it has no time. Never fails for a checked profile.
 */
export function appearsAt(entry: { readonly published: string; readonly dateOnly: boolean }, timeZone: string): number {
  const time = toTime(entry.published) ?? 0;
  return entry.dateOnly ? startOfDay(time, timeZone) : time;
}

/** The day on the zone's calendar at an instant, as UTC midnight. */
function localDay(time: number, format: Intl.DateTimeFormat): number {
  const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.get('year') ?? 0, (parts.get('month') ?? 1) - 1, parts.get('day') ?? 1);
}

// A format is dear to make, and a blog has one zone.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-u-ca-iso8601', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  formats.set(timeZone, made);
  return made;
}
