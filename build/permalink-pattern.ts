import type { ContentDate } from './dates.ts';

/** What is wrong with a pattern for addresses, or undefined. */
export function patternFault(pattern: string): string | undefined {
  const wanted = 'write one such as /blog/:slug/ or /:year/:month/:day/:slug/';
  if (!/^\/(?!\/)[\w.~:/-]*$/.test(pattern) || pattern.split('/').includes('..'))
    return `is no path on this site; ${wanted}`;
  const unknown = [...pattern.matchAll(/:(\w*)/g)].find(([, name = '']) => !PLACES.has(name));
  if (unknown) return `has "${unknown[0]}", and knows ${[...PLACES].map((name) => `:${name}`).join(', ')}; ${wanted}`;
  return /:(?:slug|title)\b/.test(pattern) ? undefined : `gives all posts one address; ${wanted}`;
}

/** `:title` is what Jekyll calls the name of the file. */
const PLACES: ReadonlySet<string> = new Set(['year', 'month', 'day', 'slug', 'title']);

export interface PatternFacts {
  readonly slug: string;
  readonly date?: ContentDate | undefined;
  /** A time counts for the day that it is in this zone, as in the generator that made the address. */
  readonly timezone: string;
}

/** Fills in a sound pattern; undefined when it wants the day of a post that has none. */
export function fillPattern(pattern: string, { slug, date, timezone }: PatternFacts): string | undefined {
  if (slug === '' || (date === undefined && /:(?:year|month|day)/.test(pattern))) return undefined;
  const [year = '', month = '', day = ''] = date ? dayOf(date, timezone).split('-') : [];
  const values: Readonly<Record<string, string>> = { year, month, day, slug, title: slug };
  return pattern.replace(/:(\w+)/g, (_, name: string) => values[name] ?? '');
}

// A format is dear to make, and a blog has one zone.
const formats = new Map<string, Intl.DateTimeFormat>();

function dayOf({ instant, dateOnly }: ContentDate, timezone: string): string {
  if (dateOnly) return instant.slice(0, 10);
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  const format = formats.get(timezone) ?? new Intl.DateTimeFormat('en', { ...options, timeZone: timezone });
  formats.set(timezone, format);
  const parts = new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
}
