import { parseDate } from '../../build/dates.ts';
import type { WordPressItem } from './wordpress-item.ts';

const LOCAL = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})$/;

/**
 * When a post was published. In the database drafts, and posts of some plugins, have zeros for the time in UTC: then the local
 * time counts, in the zone of the blog.
 */
export function publishedOf(item: WordPressItem, timezone: string): string | undefined {
  return utcOf(item.dateGmt) ?? localOf(item.date, timezone) ?? pubDateOf(item.pubDate) ?? utcOf(item.modifiedGmt);
}

export function updatedOf(item: WordPressItem): string | undefined {
  return utcOf(item.modifiedGmt);
}

/** Zeros are no day, so no instant either. */
function utcOf(written: string): string | undefined {
  const [, day, time] = LOCAL.exec(written) ?? [];
  return day === undefined ? undefined : instantOf(`${day}T${time}Z`);
}

function instantOf(written: string): string | undefined {
  const read = parseDate(written);
  return read.ok ? read.date.instant : undefined;
}

/** A draft that was never published has one of the year -1. */
function pubDateOf(written: string): string | undefined {
  return / -\d{4} /.test(written) ? undefined : instantOf(written);
}

function localOf(written: string, timezone: string): string | undefined {
  const utc = utcOf(written);
  return utc === undefined ? undefined : toUtc(utc, timezone);
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** The instant at which clocks of a zone show what a time in UTC says. */
export function toUtc(shown: string, timezone: string): string {
  const wanted = Date.parse(shown);
  // The offset is that of the instant, which is looked for: the second step corrects the first where a change of clocks is near.
  const first = wanted - offsetAt(wanted, timezone);
  return `${new Date(wanted - offsetAt(first, timezone)).toISOString().slice(0, 19)}Z`;
}

function offsetAt(time: number, timezone: string): number {
  const clock = clocks.get(timezone) ?? clockOf(timezone);
  clocks.set(timezone, clock);
  const parts = new Map(clock.formatToParts(time).map(({ type, value }) => [type, value]));
  const at = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  return Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second')) - time;
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const digits = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  return new Intl.DateTimeFormat('en', { ...digits, timeZone, hourCycle: 'h23', calendar: 'gregory' });
}
