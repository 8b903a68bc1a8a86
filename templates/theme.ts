import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Post, Site, Tag } from '../build/model.ts';
import { type Addresses, addressesOf, mediaAddress, mediaDigest } from '../federation/addresses.ts';
import type { InteractionCounts } from '../federation/interaction.ts';
import type { PollTally } from '../federation/question.ts';
import { areRepliesClosed, DEFAULT_RULES, type Rules } from '../federation/rules.ts';
import type { Thread } from '../federation/thread.ts';
import { type Chrome, chromeOf } from './chrome.ts';
import { type Words, wordsFor } from './words.ts';

/** The posts before and after one of its kind, in time. */
export interface Neighbours {
  readonly newer?: Post;
  readonly older?: Post;
}

/** A tag and its posts, newest first. */
export interface TagGroup {
  readonly tag: Tag;
  readonly posts: readonly Post[];
}

/** What all pages of one site share, worked out once. */
export interface Theme {
  readonly site: Site;
  readonly addresses: Addresses;
  /** `@user@host`. */
  readonly handle: string;
  readonly words: Words;
  /** The language that `words` are in. */
  readonly language: string;
  /** The posts that lists, feeds and the sitemap show: unlisted ones are reached by their address alone. */
  readonly articles: readonly Post[];
  readonly notes: readonly Post[];
  readonly listed: readonly Post[];
  /** The later parts of each thread, in order, by their Markdown file. */
  readonly threads: ReadonlyMap<string, readonly Post[]>;
  /** By label. */
  readonly tags: readonly TagGroup[];
  /** The tags that have a page. */
  readonly tagSlugs: ReadonlySet<string>;
  /** By path. */
  readonly neighbours: ReadonlyMap<string, Neighbours>;
  readonly stylesheet: string;
  readonly stylesheetPath: string;
  readonly script: string;
  readonly scriptPath: string;
  readonly heard: Heard;
  readonly chrome: Chrome;
}

/** What others said about the posts, as of a build. */
export interface Heard {
  /** By the id of a post's object; a post that nothing was said about is not in it. */
  readonly threads: ReadonlyMap<string, Thread>;
  /** Of all that is shown, where a thread is but the first of it. */
  readonly counts: ReadonlyMap<string, InteractionCounts>;
  /** What was voted in the posts' polls, by the ids of their objects. */
  readonly tallies?: ReadonlyMap<string, PollTally>;
  readonly rules: Pick<Rules, 'avatars' | 'replies'>;
  /** Milliseconds since the epoch: old threads close. */
  readonly now: number;
}

const NOTHING_HEARD: Heard = { threads: new Map(), counts: new Map(), rules: DEFAULT_RULES, now: 0 };

/** A theme before its header and footer are made. */
export type ThemeBase = Omit<Theme, 'chrome'>;

/** Prepares the templates for one site; `renderPost`, `renderPage` and `sitePages` take the result. */
export function createTheme(site: Site, heard: Heard = NOTHING_HEARD): Theme {
  const addresses = addressesOf(site.profile.origin);
  // The parts of a thread after its first are on the page of that one.
  const whole = site.posts.filter((post) => (post.part?.number ?? 1) === 1);
  const listed = whole.filter((post) => post.visibility === 'public');
  const articles = listed.filter((post) => post.kind === 'article');
  const notes = listed.filter((post) => post.kind === 'note');
  const tags = groupByTag(listed, site.profile.language);
  const stylesheet = readFileSync(new URL('./style.css', import.meta.url), 'utf8');
  const script = readFileSync(new URL('./replies.js', import.meta.url), 'utf8');
  const base: ThemeBase = {
    site,
    addresses,
    handle: `@${site.profile.username}@${addresses.host}`,
    ...wordsFor(site.profile.language),
    articles,
    notes,
    listed,
    threads: partsBySource(site.posts),
    tags,
    tagSlugs: new Set(tags.map(({ tag }) => tag.slug)),
    neighbours: new Map([...neighboursIn(articles), ...neighboursIn(notes)]),
    stylesheet,
    stylesheetPath: versioned('/assets/style.css', stylesheet),
    script,
    scriptPath: versioned('/assets/replies.js', script),
    heard,
  };
  return { ...base, chrome: chromeOf(base) };
}

/** Below which path a page shows a picture of another server. */
export function mediaPath(url: string): string {
  return mediaAddress('', mediaDigest(sha256, url));
}

/** Whether a post takes no more replies. */
export function isClosed({ heard }: Theme, post: Post): boolean {
  return areRepliesClosed(heard.rules.replies, post.published, heard.now);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A query, not a name, so that a page from an old cache still finds the file. */
function versioned(path: string, text: string): string {
  return `${path}?v=${sha256(text).slice(0, 8)}`;
}

const PLAIN_PATH = /^(?:\/[\w%~-]+(?:\.\w+)*)*\/?$/;

/** An address of the site in full; letters outside ASCII are percent-encoded. */
export function absolute(theme: Pick<Theme, 'addresses'>, path: string): string {
  const { origin } = theme.addresses;
  return PLAIN_PATH.test(path) ? origin + path : new URL(path, origin).href;
}

/** The path of a tag's page, percent-encoded like the paths of posts. */
export function tagPath(tag: Tag): string {
  return `/tags/${encodeURIComponent(tag.slug)}/`;
}

function* neighboursIn(posts: readonly Post[]): Generator<[string, Neighbours]> {
  for (const [index, post] of posts.entries()) {
    const newer = posts[index - 1];
    const older = posts[index + 1];
    yield [post.path, { ...(newer && { newer }), ...(older && { older }) }];
  }
}

function partsBySource(posts: readonly Post[]): Map<string, Post[]> {
  const threads = new Map<string, Post[]>();
  for (const post of posts) {
    if (post.part === undefined || post.part.number === 1) continue;
    threads.set(post.source, [...(threads.get(post.source) ?? []), post]);
  }
  for (const parts of threads.values()) parts.sort((a, b) => (a.part?.number ?? 0) - (b.part?.number ?? 0));
  return threads;
}

function groupByTag(posts: readonly Post[], language: string): TagGroup[] {
  const groups = new Map<string, { tag: Tag; posts: Post[] }>();
  for (const post of posts) {
    for (const tag of post.tags) {
      const group = groups.get(tag.slug);
      if (group === undefined) groups.set(tag.slug, { tag, posts: [post] });
      else if (group.posts.at(-1) !== post) group.posts.push(post);
    }
  }
  const { compare } = new Intl.Collator(language, { sensitivity: 'base', numeric: true });
  return [...groups.values()].sort((a, b) => compare(a.tag.label, b.tag.label));
}
