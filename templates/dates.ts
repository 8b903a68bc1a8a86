import { escapeHtml } from './escape.ts';

/** The days of a language already put into words: every date is shown on several pages. */
interface Days {
  readonly formatter: Intl.DateTimeFormat;
  readonly known: Map<string, string>;
}

const languages = new Map<string, Days>();

/** A `<time>` element: the day in words for people, the RFC 3339 date for machines. */
export function timeElement(className: string, when: string, dateOnly: boolean, language: string): string {
  const machine = escapeHtml(dateOnly ? when.slice(0, 10) : when);
  return `<time class="${className}" datetime="${machine}">${dayInWords(when, language)}</time>`;
}

/** “22 November 2026” as HTML, in UTC, so that the same input gives the same bytes on every machine. */
function dayInWords(when: string, language: string): string {
  let days = languages.get(language);
  if (days === undefined) {
    days = { formatter: dayFormatter(language), known: new Map() };
    languages.set(language, days);
  }
  const day = when.slice(0, 10);
  let words = days.known.get(day);
  if (words === undefined) {
    const date = new Date(day);
    words = escapeHtml(Number.isNaN(date.getTime()) ? when : days.formatter.format(date));
    days.known.set(day, words);
  }
  return words;
}

function dayFormatter(language: string): Intl.DateTimeFormat {
  // "November 22, 2026" is right for en-US alone; a bare "en" says nothing about the country.
  const locale = language.toLowerCase() === 'en' ? 'en-GB' : language;
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'long', timeZone: 'UTC' };
  try {
    return new Intl.DateTimeFormat(locale, options);
  } catch {
    return new Intl.DateTimeFormat('en-GB', options);
  }
}
