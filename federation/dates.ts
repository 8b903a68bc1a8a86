const HOUR = 3_600_000;

/** Milliseconds of 24 hours. */
export const DAY = 24 * HOUR;

/** The first and last time zones: a calendar day begins at UTC+14 and ends at UTC-12. */
const FIRST_ZONE = 14 * HOUR;
const LAST_ZONE = 12 * HOUR;

/** Mastodon puts a Create that is older than this into no home timeline (4.6: `REAL_TIME_WINDOW`). */
export const HOME_TIMELINE_WINDOW = 6 * HOUR;

/** Writes milliseconds since the epoch as RFC 3339 UTC in whole seconds, rounded down: peers store no more. */
export function toSeconds(time: number): string {
  return `${new Date(Math.floor(time / 1000) * 1000).toISOString().slice(0, 19)}Z`;
}

/** Reads RFC 3339 as milliseconds since the epoch; undefined when it is absent or no date. */
export function toTime(date: string | undefined): number | undefined {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(time) ? undefined : time;
}

/** Where `now` stands to the calendar day that begins at `midnight` (UTC): it counts as that day while it is anywhere on Earth. */
function compareToDay(now: number, midnight: number): 'before' | 'during' | 'after' {
  const day = Math.floor(midnight / DAY) * DAY;
  if (now < day - FIRST_ZONE) return 'before';
  return now < day + DAY + LAST_ZONE ? 'during' : 'after';
}

/** Gives the instant from which a date counts as come: itself, or the day's first hour on Earth when it has no time. */
export function comesAt(entry: { readonly published: string; readonly dateOnly: boolean }): number {
  const time = toTime(entry.published) ?? 0;
  return entry.dateOnly ? Math.floor(time / DAY) * DAY - FIRST_ZONE : time;
}

/** Gives the instant until which a date counts as now: itself, or the day's last hour on Earth when it has no time. */
export function endsAt(entry: { readonly published: string; readonly dateOnly: boolean }): number {
  const time = toTime(entry.published) ?? 0;
  return entry.dateOnly ? Math.floor(time / DAY) * DAY + DAY + LAST_ZONE : time;
}

/**
 * Gives the `published` of a Create, RFC 3339 UTC in whole seconds.
 *
 * A date without a time becomes the instant of publishing while it is that day anywhere on Earth: midnight would be
 * too old for Mastodon's home timelines. Every other date stays as written. `now` is milliseconds since the epoch.
 */
export function publishedAt(entry: { readonly published: string; readonly dateOnly: boolean }, now: number): string {
  const time = toTime(entry.published) ?? now;
  return toSeconds(entry.dateOnly && compareToDay(now, time) === 'during' ? now : time);
}

/** Whether a told `published` is what the file's date stands for: the same second, or any time on a day without one. */
export function isSamePublished(
  told: string,
  entry: { readonly published: string; readonly dateOnly: boolean },
): boolean {
  const toldTime = toTime(told);
  const time = toTime(entry.published);
  if (toldTime === undefined || time === undefined) return told === entry.published;
  if (Math.floor(toldTime / 1000) === Math.floor(time / 1000)) return true;
  return entry.dateOnly && compareToDay(toldTime, time) === 'during';
}

/**
 * Gives the `updated` of an Update, RFC 3339 UTC in whole seconds: the front matter's when it is newer than anything
 * told and not in the future, else now.
 *
 * Always later than what was told (Mastodon takes no other Update for an edit) and never before `published`
 * (GoToSocial refuses that as malformed), even when this machine's clock runs behind.
 */
export function updatedAt(
  told: { readonly published: string; readonly updated?: string },
  dates: { readonly published: string; readonly updated?: string },
  now: number,
): string {
  const last = Math.max(toTime(told.published) ?? 0, toTime(told.updated) ?? 0);
  const published = toTime(dates.published) ?? 0;
  const written = Math.floor((toTime(dates.updated) ?? 0) / 1000) * 1000;
  if (written > last && written >= published && written <= now) return toSeconds(written);
  const later = (Math.floor(last / 1000) + 1) * 1000;
  return toSeconds(Math.max(now, later, Math.ceil(published / 1000) * 1000));
}
