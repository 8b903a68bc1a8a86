import { PosternError } from '../../server/errors.ts';
import { openRecords } from './import-records.ts';
import { draftReport, type ImportReport, kindOf, type ReportDraft } from './import-report.ts';
import { readKnownPosts } from './known-posts.ts';
import { openStaging } from './place-file.ts';
import type { ImportEntry, ImportedPost, ImportedProfile, ImportSource, LeftOut } from './source.ts';
import { createLineWriter, type LineWriter } from './write-lines.ts';
import { type MediaWriter, openMedia } from './write-media.ts';
import { createPostWriter, type PostWriter } from './write-posts.ts';
import { type WrittenProfile, writeProfile } from './write-profile.ts';

export type ImportPart = 'posts' | 'media' | 'following' | 'blocks' | 'profile';

export const IMPORT_PARTS: readonly ImportPart[] = ['posts', 'media', 'following', 'blocks', 'profile'];

export interface RunOptions {
  readonly contentFolder: string;
  readonly dataFolder: string;
  /** The format: where its media go. */
  readonly name: string;
  readonly parts: ReadonlySet<ImportPart>;
  readonly dryRun: boolean;
  readonly boosts: boolean;
  readonly likes: boolean;
  readonly drafts: boolean;
  readonly update: boolean;
  readonly again: boolean;
  readonly signal?: AbortSignal;
  /** How many entries were read. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

interface Running {
  readonly options: RunOptions;
  readonly posts: PostWriter;
  readonly media: MediaWriter;
  readonly lines: LineWriter;
  readonly report: ReportDraft;
}

/**
 * Writes what an export holds into the content folder: entry by entry, each file whole or not at all. What an earlier import wrote
 * is known again, so one that was interrupted goes on. Rejects where the export is broken; what came before it stays.
 */
export async function runImport(source: ImportSource, options: RunOptions): Promise<ImportReport> {
  const { contentFolder, dataFolder, dryRun } = options;
  const write = !dryRun;
  const staging = write ? openStaging(contentFolder) : undefined;
  const records = openRecords(dataFolder, { write });
  const report = draftReport(dataFolder, { write });
  const media = openMedia({ contentFolder, dataFolder, name: options.name, staging });
  const lines = createLineWriter(contentFolder);
  const posts = createPostWriter(
    { contentFolder, known: readKnownPosts(contentFolder), records, media, staging },
    options,
  );
  const running = { options, posts, media, lines, report };
  try {
    const { profile, isStopped } = await readEntries(source, running);
    posts.finish();
    const added = isStopped ? new Map() : await lines.finish({ write });
    const written = profile && !isStopped ? await writeProfile(profile, { contentFolder, media, write }) : undefined;
    return report.finish({
      title: source.title,
      lines: [...added].map(([file, counts]) => ({ file, ...counts })),
      isStopped,
      ...(profile && written ? { profile: profileReport(profile, written) } : {}),
    });
  } finally {
    report.close();
    await media.close();
    records.close();
    staging?.close();
  }
}

function profileReport({ account }: ImportedProfile, written: WrittenProfile) {
  return { ...written, ...(account === undefined ? {} : { account }) };
}

async function readEntries(
  source: ImportSource,
  running: Running,
): Promise<{ readonly profile: ImportedProfile | undefined; readonly isStopped: boolean }> {
  const { signal, onProgress, parts } = running.options;
  let profile: ImportedProfile | undefined;
  let done = 0;
  for await (const entry of source.entries()) {
    if (signal?.aborted) return { profile, isStopped: true };
    done += 1;
    onProgress?.(done, source.total);
    if (entry.type === 'profile') profile = parts.has('profile') ? profileOf(entry.profile, parts) : profile;
    else await takeEntry(entry, running);
  }
  return { profile, isStopped: false };
}

function profileOf({ avatar, header, ...words }: ImportedProfile, parts: RunOptions['parts']): ImportedProfile {
  if (!parts.has('media')) return words;
  return { ...words, ...(avatar ? { avatar } : {}), ...(header ? { header } : {}) };
}

async function takeEntry(entry: Exclude<ImportEntry, { type: 'profile' }>, running: Running): Promise<void> {
  const { options, lines, report } = running;
  switch (entry.type) {
    case 'post':
      if (options.parts.has('posts')) await takePost(entry.post, running);
      return;
    case 'line':
      if (options.parts.has(entry.file === 'following.csv' ? 'following' : 'blocks'))
        lines.add(entry.file, entry.columns);
      return;
    case 'left-out':
      report.leaveOut(entry.leftOut);
      return;
    default:
      entry satisfies never;
  }
}

async function takePost(post: ImportedPost, { options, posts, report }: Running): Promise<void> {
  const reason = reasonAgainst(post, options);
  const where = post.originalUrl;
  if (reason) {
    report.leaveOut({ ...reason, where: post.likeOf ?? where });
    return;
  }
  const taken = options.parts.has('media')
    ? post
    : { ...post, media: post.media.map((one) => ({ ...one, open: undefined })) };
  const { outcome, file, media } = await posts.write(taken).catch((error: unknown) => {
    throw withPlace(error, where);
  });
  if (outcome === 'broken') {
    report.leaveOut({
      kind: 'broken entry',
      reason: 'it has no date that can be read, or no address of what it is about',
      where,
    });
    return;
  }
  report.post(post, outcome, file);
  for (const placed of media.values()) {
    if (placed.kind !== 'none') {
      if (placed.isNew) report.media(placed.bytes);
    } else if (options.parts.has('media')) report.leaveOut({ kind: 'media file', reason: placed.reason, where });
  }
}

function reasonAgainst(post: ImportedPost, { boosts, likes, drafts }: RunOptions): LeftOut | undefined {
  const kind = kindOf(post);
  if (kind === 'boost' && !boosts) return { kind: 'boost', reason: 'they come along with --boosts' };
  if (kind === 'like' && !likes) return { kind: 'like', reason: 'they come along with --likes' };
  if (kind === 'draft' && !drafts) return { kind: 'draft', reason: 'they come along with --drafts' };
  const isEmpty =
    post.markdown.trim() === '' && post.media.length === 0 && post.poll === undefined && post.title === undefined;
  if (isEmpty && (kind === 'note' || kind === 'article'))
    return { kind: 'empty post', reason: 'it has neither text nor media' };
  return undefined;
}

/** A disk that is full, or a folder that may not be written to, is no fault of the program. */
function withPlace(error: unknown, where: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (error instanceof PosternError || !/^E[A-Z]+$/.test(code)) return error;
  return new PosternError(
    'file-not-written',
    `${where} could not be written: ${error instanceof Error ? error.message : code}.`,
    {
      hint: 'Make room on the disk, or see that the content folder may be written to; then run the import again: it goes on.',
      facts: { where },
      cause: error,
    },
  );
}
