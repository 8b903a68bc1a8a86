import { type ContentDate, parseDate } from './dates.ts';
import { isTypo, nearestName } from './front-matter-keys.ts';

/** `poll` of a note as it is written; when it ends may depend on the date of the note. */
export interface WrittenPoll {
  readonly options: readonly string[];
  readonly multiple: boolean;
  /** RFC 3339 UTC, or milliseconds after the note's date. */
  readonly ends: string | number;
}

export interface PollRead {
  /** Absent when there is a fault. */
  readonly poll?: WrittenPoll;
  /** `path` is within `poll`; a message goes on after the name of the key. */
  readonly faults: readonly { readonly path: readonly (string | number)[]; readonly message: string }[];
}

/** Mastodon's own polls have up to 4 options of 50 characters; what others show of ours is bounded likewise. */
const MOST_OPTIONS = 20;
const LONGEST_OPTION = 200;

const KEYS = ['options', 'multiple', 'ends'];

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const DAY_MS = 86_400_000;
const LONGEST_MS = 366 * DAY_MS;

/** Reads `poll: {options: [...], multiple: false, ends: 3d}`. All that is wrong comes at once. */
export function readPoll(value: unknown): PollRead {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { faults: [{ path: [], message: 'must have options and ends, such as {options: [Yes, No], ends: 3d}' }] };
  const faults: { path: (string | number)[]; message: string }[] = [];
  const entries = new Map<string, unknown>(Object.entries(value));
  for (const key of entries.keys()) if (!KEYS.includes(key)) faults.push({ path: [key], message: unknownKey(key) });
  const options = readOptions(entries.get('options'), faults);
  const multiple = readMultiple(entries.get('multiple'));
  if (multiple === undefined) faults.push({ path: ['multiple'], message: ': multiple is neither true nor false' });
  const ends = readEnds(entries.get('ends'));
  if (typeof ends === 'object') faults.push({ path: ['ends'], message: ends.message });
  if (faults.length > 0 || multiple === undefined || typeof ends === 'object') return { faults };
  return { poll: { options, multiple, ends }, faults };
}

/**
 * Gives the instant at which a poll ends, RFC 3339 UTC, or says why it cannot. `date` is that of its note: without a time it may
 * go out at any hour of its day, so a span begins when that is over, as a day that is named is counted whole.
 */
export function endOfPoll({ ends }: WrittenPoll, date: ContentDate): { ends: string } | { fault: string } {
  const published = Date.parse(date.instant);
  const end = typeof ends === 'number' ? published + (date.dateOnly ? DAY_MS : 0) + ends : Date.parse(ends);
  const text = `${new Date(end).toISOString().slice(0, 19)}Z`;
  if (end > published) return { ends: text };
  return {
    fault: `poll ends at ${text}, before its note is out (${date.instant}); give it a later end, or one such as 3d`,
  };
}

function readOptions(value: unknown, faults: { path: (string | number)[]; message: string }[]): string[] {
  const refuse = (path: (string | number)[], message: string): void => {
    faults.push({ path: ['options', ...path], message });
  };
  if (!Array.isArray(value)) {
    refuse([], ': options must be a list of two or more answers, such as [Yes, No]');
    return [];
  }
  const options = value.map((option) => (isScalar(option) ? String(option).replace(/\s+/g, ' ').trim() : ''));
  if (options.length < 2) refuse([], ': a poll has two options or more');
  if (options.length > MOST_OPTIONS) refuse([], `: a poll has up to ${MOST_OPTIONS} options`);
  const seen = new Set<string>();
  options.forEach((option, index) => {
    if (option === '') refuse([index], `: option ${index + 1} has no text; put it in quotes if it has a colon`);
    else if (option.length > LONGEST_OPTION)
      refuse([index], `: option ${index + 1} has more than ${LONGEST_OPTION} letters`);
    else if (seen.has(option)) refuse([index], `: "${option}" is there twice; a vote names an option by its text`);
    seen.add(option);
  });
  return options;
}

function readMultiple(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return false;
  const word = isScalar(value) ? String(value).toLowerCase() : '';
  if (['true', 'yes', 'on', '1'].includes(word)) return true;
  return ['false', 'no', 'off', '0'].includes(word) ? false : undefined;
}

function readEnds(value: unknown): string | number | { message: string } {
  const wanted = 'write a time such as 2026-12-01T12:00Z, or how long it runs, such as 3d, 12h or 30m';
  if (value === undefined || value === null || value === '') return { message: `: ends is missing; ${wanted}` };
  const text = isScalar(value) ? String(value).trim() : '';
  const span = /^(\d{1,6})\s*([mhdw])$/i.exec(text);
  if (span) {
    const length = Number(span[1]) * (UNITS[(span[2] ?? '').toLowerCase()] ?? 0);
    if (length >= 60_000 && length <= LONGEST_MS) return length;
    return { message: `: ends: "${text}" is not between a minute and a year` };
  }
  const read = parseDate(text);
  if (!read.ok) return { message: `: ends: "${text}" is not a time that can be read; ${wanted}` };
  // One votes on the day that is named, too.
  if (!read.date.dateOnly) return read.date.instant;
  return `${new Date(Date.parse(read.date.instant) + DAY_MS).toISOString().slice(0, 19)}Z`;
}

function unknownKey(key: string): string {
  const nearest = nearestName(key, KEYS);
  if (nearest && isTypo(key, nearest.edits)) return `: unknown key "${key}"; did you mean "${nearest.name}"?`;
  return `: unknown key "${key}"; a poll has options, multiple and ends`;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
