import { parseDate } from '../../build/dates.ts';
import { languageTag } from '../../build/post-schema.ts';
import { isWebAddress } from '../../build/reference-schema.ts';
import { escapeLine, linkAddress, linkTarget } from './escape-markdown.ts';
import { type FrontMatterValue, frontMatterText } from './front-matter-text.ts';
import { idOf } from './known-posts.ts';
import type { ImportedPost } from './source.ts';
import type { PlacedMedia } from './write-media.ts';

/** What the text of a post's file depends on beside the post. */
export interface Placing {
  /** By the `name` of the post's media. */
  readonly media: ReadonlyMap<string, PlacedMedia>;
  /** What `in-reply-to` says. */
  readonly inReplyTo?: string | undefined;
}

/** Writes a post as the file that it becomes. */
export function postText(post: ImportedPost, { media, inReplyTo }: Placing): string {
  const image = post.image === undefined ? undefined : media.get(post.image);
  const alt = post.media.find(({ name }) => name === post.image)?.alt;
  const isPicture = image?.kind === 'picture';
  const values: Record<string, FrontMatterValue> = {
    title: oneLine(post.title),
    id: idOf(post.originalUrl),
    date: dateOf(post.published),
    updated: post.updated === undefined ? undefined : dateOf(post.updated),
    lang: post.language === undefined ? undefined : languageTag(post.language),
    description: oneLine(post.description),
    tags: post.tags.map((tag) => oneLine(tag) ?? '').filter((tag) => tag !== ''),
    contentWarning: oneLine(post.contentWarning),
    sensitive: post.sensitive === (oneLine(post.contentWarning) !== undefined) ? undefined : post.sensitive,
    visibility: post.visibility === 'public' ? undefined : post.visibility,
    draft: post.draft === true ? true : undefined,
    pinned: post.pinned === true ? true : undefined,
    image: isPicture ? `../${image.path}` : undefined,
    imageAlt: isPicture ? oneLine(alt) : undefined,
    'in-reply-to': inReplyTo,
    'like-of': post.likeOf,
    'repost-of': post.repostOf,
    redirects: post.redirects ?? [],
    // What never had an address is known again by its id alone.
    'original-url': isWebAddress(post.originalUrl) ? post.originalUrl : undefined,
    federate: 'silent',
  };
  const body = bodyOf(post, media);
  return `${frontMatterText(values)}${body === '' ? '' : `\n${body}\n`}`;
}

/** Gives an instant as front matter has it; undefined for what is none. */
export function dateOf(value: string): string | undefined {
  const read = parseDate(value);
  return read.ok ? read.date.instant : undefined;
}

function oneLine(text: string | undefined): string | undefined {
  const line = text?.replace(/\s+/g, ' ').trim();
  return line === '' ? undefined : line;
}

/** `![words](media:name)` and `[words](media:name)`, where the words may hold escaped brackets. */
const REFERENCE = /(!?)\[((?:[^[\]\\]|\\[\s\S])*)\]\(media:([^()\s]+)\)/g;

function bodyOf(post: ImportedPost, media: Placing['media']): string {
  const shown = new Set(post.image === undefined ? [] : [post.image]);
  const written = post.markdown.replace(REFERENCE, (whole, mark: string, words: string, address: string) => {
    const name = decode(address);
    const one = post.media.find((each) => each.name === name);
    if (one === undefined) return whole;
    shown.add(name);
    return mediaText(mark === '!', words, one.url, media.get(name));
  });
  const rest = post.media
    .filter(({ name }) => !shown.has(name))
    .map(({ name, alt, url }) => mediaText(true, escapeLine(alt), url, media.get(name)))
    .filter((text) => text !== '');
  const poll = post.poll ? [pollText(post.poll)] : [];
  return [written.trim(), ...poll, ...rest].filter((part) => part !== '').join('\n\n');
}

function mediaText(isShown: boolean, words: string, url: string | undefined, placed: PlacedMedia | undefined): string {
  if (placed === undefined || placed.kind === 'none') {
    if (url === undefined) return words;
    return words.trim() === '' ? `<${linkAddress(url)}>` : `[${words}](${linkTarget(url)})`;
  }
  const path = `../${placed.path}`;
  if (!isShown) return `[${words}](${path})`;
  if (placed.kind === 'picture') return `![${words}](${path})`;
  if (placed.kind === 'file') return `[${words || placed.path.slice(placed.path.lastIndexOf('/') + 1)}](${path})`;
  return `<${placed.kind} controls preload="metadata" src="${path}" aria-label="${attribute(words)}"></${placed.kind}>`;
}

/** Words of Markdown as an attribute of HTML, where a backslash is itself. */
function attribute(words: string): string {
  const plain = words
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
  return plain.replace(/[&"<>{}`[\]]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

function pollText({ options }: NonNullable<ImportedPost['poll']>): string {
  const all = options.reduce((sum, { votes }) => sum + votes, 0);
  const share = (votes: number): string => (all === 0 ? '' : ` (${Math.round((votes * 100) / all)} %)`);
  return options.map(({ name, votes }) => `- ${escapeLine(name)}: ${votes}${share(votes)}`).join('\n');
}

function decode(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    return address;
  }
}
