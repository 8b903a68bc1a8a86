import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { csvRow } from '../../build/csv.ts';
import type { ImportedPost, LeftOut } from './source.ts';
import type { PostOutcome } from './write-posts.ts';

export type PostKind = 'article' | 'note' | 'draft' | 'boost' | 'like';

/** Why some of an import stayed out. */
export interface LeftOutGroup extends Omit<LeftOut, 'where'> {
  readonly count: number;
  /** Some of the places. */
  readonly examples: readonly string[];
}

/** What an import did, or would do. */
export interface ImportReport {
  readonly title: string;
  readonly posts: Readonly<Record<Exclude<PostOutcome, 'broken'>, number>>;
  readonly kinds: Readonly<Partial<Record<PostKind, number>>>;
  readonly media: { readonly files: number; readonly bytes: number };
  readonly lines: readonly { readonly file: string; readonly added: number; readonly there: number }[];
  readonly profile?: { readonly added: readonly string[]; readonly kept: readonly string[]; readonly account?: string };
  readonly leftOut: readonly LeftOutGroup[];
  /** Files whose original changed, or that were changed on both sides: some of them. */
  readonly changed: readonly string[];
  readonly edited: readonly string[];
  /** The list of all that was left out, where it is longer than the examples. */
  readonly list?: string;
  /** It was stopped, and goes on when it is run again. */
  readonly isStopped: boolean;
}

export interface ReportDraft {
  post(post: ImportedPost, outcome: Exclude<PostOutcome, 'broken'>, file: string | undefined): void;
  media(bytes: number): void;
  leaveOut(leftOut: LeftOut): void;
  /** Removes what an import that failed leaves of the list. */
  close(): void;
  finish(
    rest: Pick<ImportReport, 'title' | 'lines' | 'isStopped'> & Partial<Pick<ImportReport, 'profile'>>,
  ): ImportReport;
}

const EXAMPLES = 3;
const LIST = 'import-left-out.csv';

/** Counts while an import runs; the whole list of what is left out goes to a file, for it may be long. */
export function draftReport(dataFolder: string, { write }: { readonly write: boolean }): ReportDraft {
  const posts = { imported: 0, updated: 0, there: 0, changed: 0, edited: 0, removed: 0 };
  const kinds: Partial<Record<PostKind, number>> = {};
  const media = { files: 0, bytes: 0 };
  const groups = new Map<string, { kind: string; reason: string; count: number; examples: string[] }>();
  const changed: string[] = [];
  const edited: string[] = [];
  const list = write ? openList(dataFolder) : undefined;
  let places = 0;
  return {
    post(post, outcome, file) {
      posts[outcome] += 1;
      if (outcome === 'imported') kinds[kindOf(post)] = (kinds[kindOf(post)] ?? 0) + 1;
      if (outcome === 'changed' && file !== undefined && changed.length < EXAMPLES) changed.push(file);
      if (outcome === 'edited' && file !== undefined && edited.length < EXAMPLES) edited.push(file);
    },
    media(bytes) {
      media.files += 1;
      media.bytes += bytes;
    },
    leaveOut({ kind, reason, where }) {
      const key = JSON.stringify([kind, reason]);
      const group = groups.get(key) ?? { kind, reason, count: 0, examples: [] };
      groups.set(key, group);
      group.count += 1;
      if (where === undefined) return;
      if (group.examples.length < EXAMPLES) group.examples.push(where);
      else places += 1;
      list?.add([kind, reason, where]);
    },
    close: () => list?.close(false),
    finish(rest) {
      const leftOut = [...groups.values()].sort((a, b) => b.count - a.count);
      const file = list?.close(places > 0);
      return { ...rest, posts, kinds, media, leftOut, changed, edited, ...(file === undefined ? {} : { list: file }) };
    },
  };
}

export function kindOf({ kind, draft, likeOf, repostOf }: ImportedPost): PostKind {
  if (likeOf !== undefined) return 'like';
  if (repostOf !== undefined) return 'boost';
  return draft === true ? 'draft' : kind;
}

/** Written beside, so that the list of the last import stays until this one has ended. */
function openList(dataFolder: string): { add(row: readonly string[]): void; close(keep: boolean): string | undefined } {
  const file = join(dataFolder, LIST);
  const draft = `${file}.${process.pid}`;
  let opened: number | undefined;
  return {
    add(row) {
      if (opened === undefined) {
        mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
        opened = openSync(draft, 'w', 0o600);
        writeSync(opened, csvRow(['kind', 'reason', 'where']));
      }
      writeSync(opened, csvRow(row));
    },
    close(keep) {
      if (opened === undefined) return undefined;
      closeSync(opened);
      opened = undefined;
      if (keep) renameSync(draft, file);
      else rmSync(draft);
      return keep ? file : undefined;
    },
  };
}
