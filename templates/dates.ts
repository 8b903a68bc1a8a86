import { escapeHtml } from './escape.ts';

const formatters = new Map<string, Intl.DateTimeFormat>();

/** A `<time>` element: the day in words for people, the RFC 3339 date for machines. */
export function timeElement(className: string, when: string, dateOnly: boolean, language: string): string {
  const machine = escapeHtml(dateOnly ? when.slice(0, 10) : when);
  return `<time class="${className}" datetime="${machine}">${dayInWords(when, language)}</time>`;
}

/** “22 November 2026”, in UTC, so that the same input gives the same bytes on every machine. */
export function dayInWords(when: string, language: string): string {
  const date = new Date(when);
  if (Number.isNaN(date.getTime())) return escapeHtml(when);
  let formatter = formatters.get(language);
  if (formatter === undefined) {
    formatter = dayFormatter(language);
    formatters.set(language, formatter);
  }
  return escapeHtml(formatter.format(date));
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
