import { languageTag } from '../../build/post-schema.ts';
import type { ImportedMedia, ImportedPost } from './source.ts';
import type { TwitterFiles } from './twitter-files.ts';
import type { NoteTweet, Tweet, TwitterMedia } from './twitter-object.ts';
import { tweetMarkdown } from './twitter-text.ts';

/** Whose tweets they are, under all names that the account had. */
export interface TwitterNames {
  readonly username: string;
  readonly former: readonly string[];
}

export interface TweetParts {
  /** The whole text, where the tweet has the beginning. */
  readonly note: NoteTweet | undefined;
  /** The address of the tweet that it answers. */
  readonly inReplyTo: string | undefined;
  /** True for the second and later of a thread of its author's. */
  readonly isThread: boolean;
  /** Ids of the versions before this one. */
  readonly earlier: readonly string[];
}

/** Makes a post of a tweet that its author wrote. Undefined when it has no date that can be read. */
export function postOf(
  tweet: Tweet,
  parts: TweetParts,
  names: TwitterNames,
  files: TwitterFiles,
): ImportedPost | undefined {
  const published = dateOf(tweet.created_at);
  if (published === undefined) return undefined;
  const media = mediaOf(tweet, files);
  const language = languageOf(tweet.lang);
  const { inReplyTo, earlier } = parts;
  return {
    kind: 'note',
    originalUrl: tweetUrl(names.username, tweet.id_str),
    aliases: aliasesOf([tweet.id_str, ...earlier], names),
    published,
    ...(language === undefined ? {} : { language }),
    tags: [],
    markdown: tweetMarkdown(wordsOf(tweet, parts, names)),
    // It says so of links, too, which nobody need hide.
    ...(tweet.possibly_sensitive === true && media.length > 0 ? { sensitive: true } : {}),
    visibility: 'public',
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    media,
  };
}

export function tweetUrl(username: string, id: string): string {
  return `https://twitter.com/${username}/status/${id}`;
}

function aliasesOf(ids: readonly string[], { username, former }: TwitterNames): string[] {
  const own = [username, ...former.filter((name) => name.toLowerCase() !== username.toLowerCase())];
  const all = ids.flatMap((id) => own.flatMap((name) => [tweetUrl(name, id), `https://x.com/${name}/status/${id}`]));
  return all.filter((address) => address !== tweetUrl(username, ids[0] ?? ''));
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Wed Oct 10 20:19:24 +0000 2018`; archives of 2013 and before that were made anew have `2010-10-10 20:19:24 +0000`. */
export function dateOf(written: string): string | undefined {
  const [, month = '', day = '', time = '', year = ''] =
    /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d{2}) (\d{2}:\d{2}:\d{2}) \+0000 (\d{4})$/.exec(written.trim()) ?? [];
  const iso = month === '' ? written.trim().replace(' +0000', 'Z').replace(' ', 'T') : isoOf(year, month, day, time);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/.test(iso) || Number.isNaN(Date.parse(iso))) return undefined;
  return `${new Date(iso).toISOString().slice(0, 19)}Z`;
}

function isoOf(year: string, month: string, day: string, time: string): string {
  return `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day}T${time}Z`;
}

/** Twitter's own codes for what is no language: `und`, `zxx`, `art`, and `qam` to `qst` for tweets of links, names or tags alone. */
function languageOf(lang: string | undefined): string | undefined {
  return lang === undefined || /^(?:und|zxx|art|q[a-z]{2})$/.test(lang) ? undefined : languageTag(lang);
}

function wordsOf(tweet: Tweet, { note, isThread }: TweetParts, { username }: TwitterNames) {
  const { urls, user_mentions: mentions, hashtags, media } = tweet.entities;
  const addresses = new Map(urls.map(({ url, expanded_url: whole }) => [url, usable(whole) ?? url]));
  for (const { shortUrl, expandedUrl } of note?.core.urls ?? [])
    addresses.set(shortUrl, usable(expandedUrl) ?? shortUrl);
  // Its media are shown below: the address of the tweet's own pictures says nothing.
  for (const { url } of [...media, ...(tweet.extended_entities?.media ?? [])]) if (url) addresses.set(url, '');
  const text = note?.core.text ?? tweet.full_text;
  const lower = (names: readonly string[]): Set<string> => new Set(names.map((name) => name.toLowerCase()));
  return {
    // The app put the own name before answers to oneself.
    text: isThread ? text.replace(new RegExp(`^(?:@${username}\\s+)+`, 'i'), '') : text,
    addresses,
    names: lower([
      ...mentions.map(({ screen_name: name }) => name),
      ...(note?.core.mentions ?? []).map(({ screenName }) => screenName),
    ]),
    hashtags: lower([...hashtags, ...(note?.core.hashtags ?? [])].map((tag) => tag.text)),
  };
}

function usable(address: string | undefined): string | undefined {
  return address !== undefined && /^https?:\/\/\S+$/i.test(address) ? address : undefined;
}

/** `tweets_media` since 2022, `tweet_media` before. */
const FOLDERS = ['tweets_media', 'tweet_media'];

function mediaOf(tweet: Tweet, files: TwitterFiles): ImportedMedia[] {
  const all = tweet.extended_entities?.media ?? tweet.entities.media;
  const found: ImportedMedia[] = [];
  for (const one of all.length > 0 ? all : tweet.entities.media) {
    const media = oneMedia(tweet.id_str, one, files);
    if (media !== undefined && !found.some(({ name }) => name === media.name)) found.push(media);
  }
  return found;
}

function oneMedia(id: string, media: TwitterMedia, { archive, folder }: TwitterFiles): ImportedMedia | undefined {
  const addresses = addressesOf(media);
  const [first] = addresses;
  if (first === undefined) return undefined;
  const alt = (media.ext_alt_text ?? '').trim();
  for (const url of addresses) {
    for (const each of FOLDERS) {
      const path = `${folder}${each}/${id}-${lastOf(url)}`;
      if (archive.files.has(path)) return { name: `${id}-${lastOf(url)}`, alt, open: () => archive.open(path), url };
    }
  }
  return { name: `${id}-${lastOf(first)}`, alt, open: undefined, url: first };
}

/** Where its file came from, the best first. What moves is a film, of which the picture is one moment. */
function addressesOf(media: TwitterMedia): string[] {
  const films = (media.video_info?.variants ?? [])
    .filter(({ url, content_type: type }) => (type ?? '').startsWith('video/') || /\.mp4(?:\?|$)/.test(url))
    .sort((a, b) => b.bitrate - a.bitrate)
    .map(({ url }) => url);
  const picture = media.media_url_https ?? media.media_url;
  return [...films, ...(picture === undefined ? [] : [picture])].filter((url) => usable(url) !== undefined);
}

function lastOf(url: string): string {
  const path = url.replace(/[?#].*$/, '').replace(/:(?:large|orig|small|medium)$/, '');
  return path.slice(path.lastIndexOf('/') + 1) || 'file';
}

/** A film, or the picture of the account, in `profile_media`: its name there has the id before it, and sometimes no ending. */
export function profilePicture(
  url: string | undefined,
  accountId: string,
  { archive, folder }: TwitterFiles,
): ImportedMedia | undefined {
  if (url === undefined || url === '') return undefined;
  const begins = `${folder}profile_media/${accountId}-${lastOf(url)}`;
  const path = [...archive.files.keys()].find(
    (each) => each.startsWith(begins) && /\.(?:jpe?g|png|gif|webp)$/i.test(each),
  );
  return path === undefined
    ? undefined
    : { name: path.slice(path.lastIndexOf('/') + 1), alt: '', open: () => archive.open(path) };
}
