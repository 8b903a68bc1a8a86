/** A date as front matter or a file name gave it. */
export interface ContentDate {
  /** RFC 3339 UTC, whole seconds. */
  readonly instant: string;
  /** True when it had no time of day: `instant` is then midnight UTC. */
  readonly dateOnly: boolean;
}

export type DateResult =
  | { readonly ok: true; readonly date: ContentDate }
  | { readonly ok: false; readonly message: string };

const TIME = String.raw`(?:[Tt]|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*(Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?`;
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:${TIME})?$`);
const WEEKDAY = String.raw`(?:[A-Za-z]{3,9},?\s+)?`;
const MONTH_FIRST = new RegExp(
  String.raw`^${WEEKDAY}([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:,?${TIME})?$`,
);
const DAY_FIRST = new RegExp(String.raw`^${WEEKDAY}(\d{1,2})\.?[\s-]+([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})(?:,?${TIME})?$`);
const AMBIGUOUS = /^\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WANTED = 'write it as 2024-05-06 or 2024-05-06T07:08:09+02:00';

/**
 * Reads the dates that blogs have: ISO 8601 with or without time and offset, Jekyll's `2024-05-06 07:08:09 +0200`,
 * `2024/05/06`, and dates with the month's English name. A time without an offset is UTC, never the machine's zone:
 * the same files give the same site everywhere. A date whose day and month cannot be told apart is refused.
 */
export function parseDate(value: string): DateResult {
  const text = value.trim();
  const iso = YEAR_FIRST.exec(text);
  if (iso) return build(text, Number(iso[1]), Number(iso[3]), Number(iso[4]), iso.slice(5));
  const month = MONTH_FIRST.exec(text);
  if (month) return build(text, Number(month[3]), monthNumber(month[1]), Number(month[2]), month.slice(4));
  const day = DAY_FIRST.exec(text);
  if (day) return build(text, Number(day[3]), monthNumber(day[2]), Number(day[1]), day.slice(4));
  if (AMBIGUOUS.test(text))
    return { ok: false, message: `"${text}" can be read with the month or the day first; ${WANTED}` };
  return { ok: false, message: `"${text}" is not a date that can be read; ${WANTED}` };
}

/** The date at the head of a file name (`2024-05-06-slug`), and what is left of the name. */
export interface DatedName {
  readonly date?: ContentDate;
  readonly rest: string;
}

/** Splits a file or folder name as Jekyll and many others write it; a name without a date is all `rest`. */
export function splitDatedName(name: string): DatedName {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[-_ ]+(.+))?$/.exec(name);
  if (!match) return { rest: name };
  const result = build(name, Number(match[1]), Number(match[2]), Number(match[3]), []);
  if (!result.ok) return { rest: name };
  // A rest of digits alone ("2024-05-06-1") would clash with every other day's: such a name stays whole.
  const rest = match[4];
  return { date: result.date, rest: rest === undefined || /^[\d-]+$/.test(rest) ? name : rest };
}

/** The date that nested folders or an address spell out (`2024/05/06/slug`, `2024/05/06-slug`), if they do. */
export function dateOfFolders(path: string): ContentDate | undefined {
  const match = /(?:^|\/)(\d{4})[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)/.exec(path);
  if (!match) return undefined;
  const result = build(path, Number(match[1]), Number(match[2]), Number(match[3]), []);
  return result.ok ? result.date : undefined;
}

function build(
  text: string,
  year: number,
  month: number,
  day: number,
  time: readonly (string | undefined)[],
): DateResult {
  const [hour, minute, second, zone] = time;
  const parts = [Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)] as const;
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(parts[0], parts[1], parts[2]);
  const exists =
    local.getUTCFullYear() === year &&
    local.getUTCMonth() === month - 1 &&
    local.getUTCDate() === day &&
    parts[1] < 60 &&
    parts[2] < 60;
  if (!exists) return { ok: false, message: `"${text}" is not a day and time that exists; ${WANTED}` };
  const instant = new Date(local.getTime() - offsetMinutes(zone) * 60_000);
  // RFC 3339 has four digits for the year (section 5.6).
  if (instant.getUTCFullYear() < 0 || instant.getUTCFullYear() > 9999)
    return { ok: false, message: `"${text}" is outside the years 0 to 9999` };
  return { ok: true, date: { instant: `${instant.toISOString().slice(0, 19)}Z`, dateOnly: hour === undefined } };
}

function offsetMinutes(zone: string | undefined): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone ?? '');
  if (!match) return 0;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  return match[1] === '-' ? -minutes : minutes;
}

function monthNumber(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}
