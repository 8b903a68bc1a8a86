import { join } from 'node:path';
import { shownTitle } from '../federation/object-emission.ts';
import { type KnownIds, renewKeys } from '../federation/restores.ts';
import { appearsAt } from '../federation/time-zones.ts';
import type { BodyResult } from './body.ts';
import type { DocumentHead, DocumentResult } from './document.ts';
import { byPlace, compare } from './fault-report.ts';
import type { Fault, FileCopy, Page, Post, Site } from './model.ts';
import { toPage, toPost } from './posts.ts';
import type { ProfileResult } from './profile.ts';
import { mediaFile, mediaPath } from './references.ts';
import { keepRedirects } from './uniqueness.ts';

/** One document, read and rendered. */
export interface ReadDocument {
  readonly result: DocumentResult;
  /** The result's, under the name that its neighbours leave it; absent for a draft. */
  readonly head?: DocumentHead;
  readonly renamed?: Fault;
  readonly body?: BodyResult;
}

/** The content folder as it was read, whatever is dated ahead included. */
export interface Content {
  readonly contentFolder: string;
  readonly keys: Site['keys'];
  readonly rules: Site['rules'];
  /** Of the rules: what of the lists of blocks could not be used. */
  readonly ruleWarnings: readonly Fault[];
  readonly profile: ProfileResult;
  readonly documents: readonly ReadDocument[];
  /** Every file below `media/`, relative to the content folder. */
  readonly media: readonly string[];
  readonly teaserDefault: boolean;
  readonly originFrom: SiteReading['originFrom'];
}

/** As of when a site is made, and what its ids must not be. */
export interface SiteMoment extends Partial<KnownIds> {
  /** Milliseconds since the epoch: what is dated later is not shown. */
  readonly now: number;
}

/** What comes later at one instant. */
export interface ComingOut {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly titles: readonly string[];
}

export interface SiteReading {
  readonly site: Site;
  /** Files that the site needs beside its pages, in the order of their places. */
  readonly copies: readonly FileCopy[];
  /** What the owner may want to know; nothing here stops a build. */
  readonly warnings: readonly Fault[];
  /** What is dated ahead, soonest first. */
  readonly later: readonly ComingOut[];
  /** Where the origin came from: only the first two may federate. */
  readonly originFrom: 'environment' | 'profile' | 'local';
}

/** A document that has a page, and from when. */
interface Dated {
  readonly head: DocumentHead;
  readonly body: BodyResult;
  readonly at: number;
}

/** In Kiribati a day begins fourteen hours earlier than in UTC. */
const EARLIEST_ZONE = 14 * 3_600_000;
const DAY = 24 * 3_600_000;

/**
 * Makes the site as of one instant. What is dated later is in no page, list, copy or old address; its ids are given all
 * the same, so that a later site differs by what came out and by nothing else.
 */
export function siteAt(content: Content, moment: SiteMoment): SiteReading {
  const { profile, warnings: ofProfile } = content.profile;
  const dated = content.documents.flatMap(({ head, body }): Dated[] =>
    head && body ? [{ head, body, at: comesOut(head, profile.timezone, moment.now) }] : [],
  );
  const shown = dated.filter(({ at }) => at <= moment.now);
  const hidden = dated.filter(({ at }) => at > moment.now);
  const { posts, pages } = makeDocuments(shown, content.teaserDefault);
  const later = makeDocuments(hidden, content.teaserDefault);
  const warnings = [
    ...ofProfile,
    ...content.ruleWarnings,
    ...content.documents.flatMap(warningsOf),
    ...warnOfEarlyLinks(dated, hidden),
    ...(profile.timezone === 'UTC' ? warnOfOtherDays(hidden, moment.now) : []),
  ];
  const known = { retired: moment.retired ?? new Set<string>(), ...(moment.live ? { live: moment.live } : {}) };
  const renewed = renewKeys([...posts, ...later.posts], profile.origin, known);
  return {
    site: {
      profile,
      posts: renewed.slice(0, posts.length),
      waiting: renewed.slice(posts.length),
      pages,
      keys: content.keys,
      rules: content.rules,
    },
    copies: copiesOf(content, shown, hidden),
    warnings: warnings.sort(byPlace),
    later: comingOut(hidden, new Map([...later.posts, ...later.pages].map((one) => [one.source, shownTitle(one)]))),
    originFrom: content.originFrom,
  };
}

function comesOut({ published, dateOnly }: DocumentHead, timezone: string, now: number): number {
  if (published === undefined) return Number.NEGATIVE_INFINITY;
  const time = Date.parse(published);
  // Calendars are dear to ask, and a day that began a day ago in UTC has begun everywhere.
  return dateOnly && time + DAY > now ? appearsAt({ published, dateOnly }, timezone) : time;
}

function warningsOf({ result, renamed, body }: ReadDocument): Fault[] {
  return [...result.warnings, ...(renamed ? [renamed] : []), ...(body?.warnings ?? [])];
}

function makeDocuments(dated: readonly Dated[], teaserDefault: boolean): { posts: Post[]; pages: Page[] } {
  const posts: Post[] = [];
  const pages: Page[] = [];
  const kept = keepRedirects(dated.map(({ head }) => head));
  for (const { head: named, body } of dated) {
    const head = { ...named, redirects: kept.get(named.file.source) ?? [] };
    if (head.file.kind === 'page') pages.push(toPage(head, body));
    else posts.push(toPost(head, body, teaserDefault));
  }
  posts.sort((a, b) => compare(b.published, a.published) || compare(a.key, b.key) || compare(a.kind, b.kind));
  pages.sort((a, b) => compare(a.path, b.path));
  return { posts, pages };
}

/** All of `media/`, and what documents show from beside them; but nothing that only a hidden one shows. */
function copiesOf({ contentFolder, profile, media }: Content, shown: readonly Dated[], hidden: readonly Dated[]) {
  const files = new Set([...media, ...profile.files, ...filesOf(shown)]);
  if (hidden.length > 0) {
    const seen = new Set([...profile.files, ...filesOf(shown)]);
    const mentions = (dated: readonly Dated[], file: string): boolean =>
      dated.some(({ body }) => body.html.includes(mediaPath(file)));
    const early = new Set(filesOf(hidden));
    for (const file of files) {
      // A `srcset` or a `poster` is not looked into when a body is read.
      if (!seen.has(file) && (early.has(file) || mentions(hidden, file)) && !mentions(shown, file)) files.delete(file);
    }
  }
  return [...files]
    .map((path) => ({ from: join(contentFolder, path), to: mediaFile(path) }))
    .sort((a, b) => compare(a.to, b.to));
}

function filesOf(dated: readonly Dated[]): string[] {
  return dated.flatMap(({ body }) => body.files);
}

/** The address of what is not out yet is no secret once its author links to it; but it leads nowhere. */
function warnOfEarlyLinks(dated: readonly Dated[], hidden: readonly Dated[]): Fault[] {
  if (hidden.length === 0) return [];
  const byPath = new Map(hidden.map((one) => [one.head.path, one]));
  return dated.flatMap(({ head, body, at }) =>
    body.rests.links.flatMap(([href, to, line]): Fault[] => {
      const target = byPath.get(to.replace(/[?#].*$/, ''));
      if (!target || target.at <= at) return [];
      const until = new Date(target.at).toISOString().replace('.000Z', 'Z');
      const message = `link to "${href}": it is dated ahead, so the link leads nowhere before ${until}`;
      return [{ file: head.file.source, line, message }];
    }),
  );
}

/** Where the author is, the day may have begun: what was written today and is not there needs a reason. */
function warnOfOtherDays(hidden: readonly Dated[], now: number): Fault[] {
  const near = hidden.filter(({ head, at }) => head.dateOnly && at - now <= EARLIEST_ZONE);
  return near.map(({ head }) => ({
    file: head.file.source,
    line: head.lineOf('date'),
    message: `its day, ${head.published?.slice(0, 10)}, has not begun in UTC, so it is not in the site yet; with "timezone: Europe/Berlin", or yours, in profile.md days begin where you are`,
  }));
}

function comingOut(hidden: readonly Dated[], titles: ReadonlyMap<string, string>): ComingOut[] {
  const byTime = new Map<number, string[]>();
  for (const { head, at } of hidden) {
    const title = titles.get(head.file.source) ?? head.file.source;
    byTime.set(at, [...(byTime.get(at) ?? []), title]);
  }
  return [...byTime].map(([at, known]) => ({ at, titles: known })).sort((a, b) => a.at - b.at);
}
