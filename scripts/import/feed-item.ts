import { parseDate } from '../../build/dates.ts';

/** A post as a feed of any kind has it. */
export interface FeedItem {
  /** Whatever tells it from others. */
  readonly id: string;
  readonly link: string | undefined;
  readonly title: string;
  readonly published: string | undefined;
  readonly updated: string | undefined;
  readonly html: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly language: string;
  readonly isDraft: boolean;
  /** Files that belong to it: an episode of a podcast. */
  readonly enclosures: readonly string[];
  /** Why it is no post, where the feed is a backup of a whole blog. */
  readonly against?: string;
}

export interface FeedHead {
  readonly title: string;
  readonly description: string;
  readonly link: string | undefined;
  readonly language: string;
}

/** The zones of RFC 822 §5.1 that are names. */
const ZONES: Readonly<Record<string, string>> = {
  UT: '+0000',
  EST: '-0500',
  EDT: '-0400',
  CST: '-0600',
  CDT: '-0500',
  MST: '-0700',
  MDT: '-0600',
  PST: '-0800',
  PDT: '-0700',
};

/** Gives a date of RFC 822 or RFC 3339 as an instant. */
export function instantOf(written: string): string | undefined {
  const text = written
    .trim()
    .replace(/ ([A-Z]{2,3})$/, (whole, zone: string) => (ZONES[zone] ? ` ${ZONES[zone]}` : whole));
  // Years of two digits are of the last century, or of this one.
  const whole = text.replace(
    /^((?:[A-Za-z]{3},? )?\d{1,2} [A-Za-z]{3}) (\d{2})(?= )/,
    (_, day: string, year: string) => `${day} ${Number(year) > 69 ? 19 : 20}${year}`,
  );
  const read = parseDate(whole);
  return read.ok ? read.date.instant : undefined;
}

export function webAddress(written: string | undefined): string | undefined {
  const address = written?.trim() ?? '';
  return /^https?:\/\/\S+$/i.test(address) && URL.canParse(address) ? address : undefined;
}
