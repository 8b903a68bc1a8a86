import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { isWebAddress } from '../../build/reference-schema.ts';
import { toSlug } from '../../build/slugs.ts';
import { scalarText } from './front-matter-text.ts';
import { digestOf, type ImportRecords } from './import-records.ts';
import { type KnownPosts, keyOf } from './known-posts.ts';
import type { Staging } from './place-file.ts';
import { dateOf, postText } from './post-text.ts';
import type { ImportedPost } from './source.ts';
import type { MediaWriter, PlacedMedia } from './write-media.ts';

/**
 * What became of a post. `there`: as it was imported before. `changed`: its original changed since. `edited`: so did its file here,
 * which stays. `removed`: its owner took the file away since, and it stays away.
 */
export type PostOutcome = 'imported' | 'updated' | 'there' | 'changed' | 'edited' | 'removed' | 'broken';

export interface WrittenPost {
  readonly outcome: PostOutcome;
  /** Relative to the content folder. */
  readonly file?: string;
  readonly media: ReadonlyMap<string, PlacedMedia>;
}

export interface PostWriter {
  write(post: ImportedPost): Promise<WrittenPost>;
  /** Lets replies whose post came after them lead to its file. */
  finish(): void;
}

export interface PostWriterDeps {
  readonly contentFolder: string;
  readonly known: KnownPosts;
  readonly records: ImportRecords;
  readonly media: MediaWriter;
  /** Undefined in a dry run. */
  readonly staging: Staging | undefined;
}

export interface PostWriterOptions {
  /** Brings files up to date whose original changed, unless they were edited here. */
  readonly update: boolean;
  /** Writes those again whose files were removed here. */
  readonly again: boolean;
}

export function createPostWriter(deps: PostWriterDeps, options: PostWriterOptions): PostWriter {
  const { contentFolder, known, records, staging } = deps;
  /** Replies that were written before the post that they answer: by file, its address. */
  const waiting = new Map<string, string>();

  const put = async (post: ImportedPost, file: string, source: string): Promise<ReadonlyMap<string, PlacedMedia>> => {
    const placed = await placeMedia(post, deps.media);
    const text = postText(post, { media: placed, inReplyTo: replyOf(post, file) });
    staging?.write(file, text);
    // After the file: a record without one says that its owner removed it.
    records.put(keyOf(post.originalUrl), { source, file: digestOf(text) });
    return placed;
  };
  const replyOf = ({ inReplyTo }: ImportedPost, file: string): string | undefined => {
    if (inReplyTo === undefined) return undefined;
    const parent = known.fileOf(inReplyTo);
    if (parent === undefined) waiting.set(file, inReplyTo);
    return parent === undefined ? inReplyTo : linkTo(parent, file);
  };
  const outcomeOfKnown = (file: string, key: string, source: string): 'there' | 'changed' | 'edited' => {
    const record = records.get(key);
    if (record === undefined || record.source === source) return 'there';
    const isTouched = digestOf(readFileSync(join(contentFolder, file), 'utf8')) !== record.file;
    return isTouched ? 'edited' : 'changed';
  };
  return {
    async write(read) {
      const post = usable(read);
      if (post === undefined) return { outcome: 'broken', media: new Map() };
      const key = keyOf(post.originalUrl);
      const source = sourceDigest(post);
      const there = known.fileOf(post.originalUrl) ?? aliasFile(post, known);
      if (there === undefined) {
        if (records.get(key) !== undefined && !options.again) return { outcome: 'removed', media: new Map() };
        const file = staging === undefined ? nameOf(post, 1) : freeFile(post, contentFolder);
        const media = await put(post, file, source);
        known.add(post.originalUrl, file);
        addAliases(post, known);
        return { outcome: 'imported', file, media };
      }
      known.add(post.originalUrl, there);
      addAliases(post, known);
      const outcome = outcomeOfKnown(there, key, source);
      if (outcome === 'changed' && options.update)
        return { outcome: 'updated', file: there, media: await put(post, there, source) };
      // An import that was interrupted may have left it without.
      if (outcome === 'there') replyOf(post, there);
      return { outcome, file: there, media: new Map() };
    },
    finish() {
      for (const [file, address] of waiting) {
        const parent = known.fileOf(address);
        if (parent !== undefined && staging) linkLate({ file, address, parent }, deps, staging);
      }
      waiting.clear();
    },
  };
}

/** A post that a build takes; undefined when what it is for is missing. */
function usable(post: ImportedPost): ImportedPost | undefined {
  if (dateOf(post.published) === undefined) return undefined;
  if ([post.likeOf, post.repostOf].some((target) => target !== undefined && !isWebAddress(target))) return undefined;
  const { inReplyTo } = post;
  if (inReplyTo === undefined) return post;
  // Nothing can be said of an answer to what has no address, or to itself.
  const isSelf = inReplyTo === post.originalUrl || post.aliases?.includes(inReplyTo) === true;
  if (isWebAddress(inReplyTo) && !isSelf) return post;
  const { inReplyTo: _, ...rest } = post;
  return rest;
}

/** What the post said where it came from, whatever it is turned into here. */
function sourceDigest(post: ImportedPost): string {
  return digestOf(JSON.stringify(post, (_, value: unknown) => (typeof value === 'function' ? true : value)));
}

async function placeMedia(post: ImportedPost, writer: MediaWriter): Promise<Map<string, PlacedMedia>> {
  const placed = new Map<string, PlacedMedia>();
  for (const media of post.media) placed.set(media.name, await writer.place(media, { isDraft: post.draft }));
  return placed;
}

function aliasFile(post: ImportedPost, known: KnownPosts): string | undefined {
  return post.aliases?.map((alias) => known.fileOf(alias)).find((file) => file !== undefined);
}

function addAliases(post: ImportedPost, known: KnownPosts): void {
  for (const alias of post.aliases ?? []) known.alias(alias, post.originalUrl);
}

/** File names have a limit of 255 bytes, and a letter may take four. */
const LONGEST_NAME = 60;

function nameOf(post: ImportedPost, n: number): string {
  const date = (dateOf(post.published) ?? '').replace(/[-:Z]/g, '').replace('T', '-');
  const slug = cut(toSlug(post.slug ?? post.title ?? ''));
  const base = slug === '' ? date : slug;
  return `${post.kind === 'note' ? 'notes' : 'posts'}/${base}${n === 1 ? '' : `-${n}`}.md`;
}

function cut(slug: string): string {
  const letters = [...slug];
  if (letters.length <= LONGEST_NAME) return slug;
  const short = letters.slice(0, LONGEST_NAME).join('');
  return short.includes('-') ? short.slice(0, short.lastIndexOf('-')) : short;
}

function freeFile(post: ImportedPost, contentFolder: string): string {
  for (let n = 1; ; n += 1) {
    const file = nameOf(post, n);
    if (!existsSync(join(contentFolder, file))) return file;
  }
}

/** The way from one file of the content folder to another: `./a.md`, `../posts/a.md`. */
function linkTo(target: string, from: string): string {
  const path = posix.relative(posix.dirname(from), target);
  return path.startsWith('.') ? path : `./${path}`;
}

interface LateLink {
  readonly file: string;
  readonly address: string;
  readonly parent: string;
}

/** Only in a file that is as it was written. */
function linkLate({ file, address, parent }: LateLink, deps: PostWriterDeps, staging: Staging): void {
  const text = readFileSync(join(deps.contentFolder, file), 'utf8');
  const key = /^id: imported-([0-9a-f]{16})$/m.exec(text)?.[1];
  const record = key === undefined ? undefined : deps.records.get(key);
  const line = `\nin-reply-to: ${scalarText(address)}\n`;
  if (key === undefined || record?.file !== digestOf(text) || !text.includes(line)) return;
  const linked = text.replace(line, () => `\nin-reply-to: ${scalarText(linkTo(parent, file))}\n`);
  staging.write(file, linked);
  deps.records.put(key, { source: record.source, file: digestOf(linked) });
}
