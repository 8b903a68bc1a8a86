import { join } from 'node:path';
import { shownTitle } from '../federation/object-emission.ts';
import { type KnownIds, renewKeys } from '../federation/restores.ts';
import { appearsAt } from '../federation/time-zones.ts';
import type { BodyResult } from './body.ts';
import type { DocumentHead, DocumentResult } from './document.ts';
import { byPlace, compare } from './fault-report.ts';
import { type FollowingList, followedBy } from './following.ts';
import type { Fault, FileCopy, Page, Post, Site, TranslatedPost } from './model.ts';
import type { FindTarget } from './own-targets.ts';
import { type Filed, relatePosts, warnOfUnknown, warnOfUnknownFollowed } from './post-relations.ts';
import { toPage, toPosts, toTranslation } from './posts.ts';
import type { ProfileResult } from './profile.ts';
import { mediaFile, mediaPath } from './references.ts';
import { peopleOf, type RemoteCache } from './remote-cache.ts';
import { type Dated, originalOf, translationsOf, withTranslations } from './translations.ts';
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
  /** Rules that let nobody reply as long as no post names anybody. */
  readonly silenced: readonly Fault[];
  readonly profile: ProfileResult;
  readonly documents: readonly ReadDocument[];
  /** Finds the files that files name. */
  readonly find: FindTarget;
  readonly remote: RemoteCache;
  readonly following: FollowingList;
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

/** In Kiribati a day begins fourteen hours earlier than in UTC. */
const EARLIEST_ZONE = 14 * 3_600_000;
const DAY = 24 * 3_600_000;

/**
 * Makes the site as of one instant. What is dated later is in no page, list, copy or old address; its ids are given all
 * the same, so that a later site differs by what came out and by nothing else.
 */
export function siteAt(content: Content, moment: SiteMoment): SiteReading {
  const { profile, warnings: ofProfile } = content.profile;
  const dated = datesOf(content, moment.now);
  const shown = dated.filter(({ at }) => at <= moment.now);
  const hidden = dated.filter(({ at }) => at > moment.now);
  const now = makeDocuments(shown, content);
  const later = makeDocuments(hidden, content, dated);
  const filed = relate([...now.filed, ...later.filed], now.filed.length, content, moment);
  const posts = filed.map(({ post }) => post);
  const followed = followedBy(content.following, peopleOf(content.remote));
  const warnings = [
    ...ofProfile,
    ...content.ruleWarnings,
    ...(posts.some(namesSomebody) ? [] : content.silenced),
    ...content.following.warnings,
    ...content.documents.flatMap(warningsOf),
    ...warnOfUnknown(dated, filed),
    ...warnOfUnknownFollowed(followed),
    ...warnOfEarlyLinks(dated, hidden),
    ...(profile.timezone === 'UTC' ? warnOfOtherDays(hidden, moment.now) : []),
  ];
  return {
    site: {
      profile,
      posts: posts.slice(0, now.filed.length),
      waiting: posts.slice(now.filed.length),
      pages: now.pages,
      ...(now.translations.length === 0 ? {} : { translations: now.translations }),
      ...(followed.length === 0 ? {} : { following: followed }),
      keys: content.keys,
      rules: content.rules,
    },
    copies: copiesOf(content, shown, hidden),
    warnings: warnings.sort(byPlace),
    later: comingOut(hidden, new Map([...later.all, ...later.pages].map((one) => [one.source, shownTitle(one)]))),
    originFrom: content.originFrom,
  };
}

/** Gives the posts the ids that they keep, and then what they refer to by these. The first `shown` are out. */
function relate(filed: readonly Filed[], shown: number, content: Content, { retired, live }: SiteMoment): Filed[] {
  const { origin } = content.profile.profile;
  const renewed = renewKeys(
    filed.map(({ post }) => post),
    origin,
    { retired: retired ?? new Set<string>(), ...(live ? { live } : {}) },
  );
  const renamed = filed.map((one, index) => ({ ...one, post: renewed[index] ?? one.post }));
  const posts = relatePosts(renamed, shown, { ...content, origin });
  return renamed.map((one, index) => ({ ...one, post: posts[index] ?? one.post }));
}

function namesSomebody({ mentions = [], inReplyTo }: Post): boolean {
  return mentions.length > 0 || inReplyTo?.kind === 'known';
}

/** A translation comes out with what it translates, or later. */
function datesOf({ documents, profile, find }: Content, now: number): Dated[] {
  const own = documents.flatMap(({ head, body }): Dated[] =>
    head && body ? [{ head, body, at: comesOut(head, profile.profile.timezone, now) }] : [],
  );
  if (own.every(({ head }) => head.fields.translationOf === undefined)) return own;
  const times = new Map(own.map(({ head, at }) => [head.file.source, at]));
  return own.map((one) => {
    const target = originalOf(one.head, find);
    return target ? { ...one, at: Math.max(one.at, times.get(target.file.source) ?? one.at) } : one;
  });
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

interface Made {
  /** Newest first. */
  readonly filed: readonly Filed[];
  readonly pages: readonly Page[];
  readonly translations: readonly TranslatedPost[];
  /** Of posts and translations, the first part of a thread last. */
  readonly all: readonly (Post | TranslatedPost)[];
}

/** `others`: among which translations are, when not among these alone. */
function makeDocuments(dated: readonly Dated[], { teaserDefault, find }: Content, others = dated): Made {
  const filed: Filed[] = [];
  const pages: Page[] = [];
  const translations: TranslatedPost[] = [];
  const translated = translationsOf(others, find);
  const kept = keepRedirects(dated.map(({ head }) => head));
  for (const { head: named, body, at } of dated) {
    const head = { ...named, redirects: kept.get(named.file.source) ?? [] };
    const original = originalOf(head, find);
    if (head.file.kind === 'page') pages.push(toPage(head, body));
    else if (original) translations.push(toTranslation(head, body, original.path));
    else {
      const more = (translated.get(head.file.source) ?? []).filter((one) => one.at <= at || others === dated);
      for (const post of toPosts(head, body, teaserDefault))
        filed.push({ head, post: withTranslations(post, body, more) });
    }
  }
  filed.sort(newestFirst);
  pages.sort((a, b) => compare(a.path, b.path));
  translations.sort((a, b) => compare(b.published, a.published) || compare(a.path, b.path));
  return { filed, pages, translations, all: [...translations, ...filed.map(({ post }) => post)] };
}

/** Of posts of one instant the parts of a thread stay together, the last first. */
function newestFirst({ head: a, post: one }: Filed, { head: b, post: other }: Filed): number {
  return (
    compare(other.published, one.published) ||
    compare(a.key, b.key) ||
    compare(one.kind, other.kind) ||
    (other.part?.number ?? 1) - (one.part?.number ?? 1)
  );
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
