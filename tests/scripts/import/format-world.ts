import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseFrontMatter } from '../../../build/front-matter.ts';
import { readSettings } from '../../../build/settings.ts';
import { buildSite } from '../../../scripts/build-site.ts';
import { FORMATS } from '../../../scripts/import/formats.ts';
import type { ImportReport } from '../../../scripts/import/import-report.ts';
import { openInput } from '../../../scripts/import/open-archive.ts';
import { IMPORT_PARTS, type RunOptions, runImport } from '../../../scripts/import/run-import.ts';
import type { ImportEntry, ImportedPost, ImportOptions, LeftOut } from '../../../scripts/import/source.ts';
import { PosternError } from '../../../server/errors.ts';
import { type PackedFile, writeZip } from './mastodon-archive.ts';

export const NOW = '2026-11-23T12:00:00Z';
const OPTIONS: ImportOptions = { timezone: 'Europe/Berlin', language: 'en', now: NOW, includeReplies: false };

/** A folder that goes when the test ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'postern-import-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeFile(path: string, data: string | Buffer): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, data);
  return path;
}

/** Writes the files of an archive as the folder that somebody unpacked. */
export function writeFolder(files: readonly PackedFile[]): string {
  const folder = makeFolder();
  for (const { name, data } of files) writeFile(join(folder, name), data);
  return folder;
}

export async function zipOf(files: readonly PackedFile[]): Promise<string> {
  return writeZip(join(makeFolder(), 'export.zip'), files);
}

export interface Read {
  readonly format: string;
  readonly title: string;
  readonly entries: readonly ImportEntry[];
  readonly posts: readonly ImportedPost[];
  readonly leftOut: readonly LeftOut[];
}

/** Opens what is at a path as the command does, and gives all that it holds. */
export async function readExport(path: string, options: Partial<ImportOptions> = {}): Promise<Read> {
  const input = await openInput(path, { temporaryFolder: makeFolder() });
  try {
    const format = await formatFor(path, input);
    const source = await format.open(input, { ...OPTIONS, ...options });
    const entries: ImportEntry[] = [];
    for await (const entry of source.entries()) entries.push(entry);
    await source.close();
    return {
      format: format.name,
      title: source.title,
      entries,
      posts: entries.flatMap((entry) => (entry.type === 'post' ? [entry.post] : [])),
      leftOut: entries.flatMap((entry) => (entry.type === 'left-out' ? [entry.leftOut] : [])),
    };
  } finally {
    if (input.kind === 'archive') await input.archive.close();
  }
}

async function formatFor(path: string, input: Awaited<ReturnType<typeof openInput>>) {
  for (const format of FORMATS) if (await format.recognises(input)) return format;
  throw new PosternError('unknown-export', `${path} is no export that is known.`, { hint: '' });
}

/** The names of all formats that take a file for theirs. */
export async function takenBy(path: string): Promise<string[]> {
  const input = await openInput(path, { temporaryFolder: makeFolder() });
  try {
    const names: string[] = [];
    for (const format of FORMATS) if (await format.recognises(input)) names.push(format.name);
    return names;
  } finally {
    if (input.kind === 'archive') await input.archive.close();
  }
}

/** Says what came of reading: entries, or the error of ours. Any other error is thrown on. */
export async function outcomeOf(path: string): Promise<'read' | PosternError> {
  try {
    await readExport(path);
    return 'read';
  } catch (error) {
    if (error instanceof PosternError) return error;
    throw error;
  }
}

export interface Blog {
  readonly root: string;
  readonly content: string;
  import(path: string, options?: Partial<RunOptions & ImportOptions>): Promise<ImportReport>;
  /** Every file of the content folder, with its text. */
  files(): Record<string, string>;
  /** Builds the site, and asks nobody; gives the warnings. Throws where the build has faults. */
  build(): Promise<readonly string[]>;
}

/** A blog without posts. */
export function makeBlog(): Blog {
  const root = makeFolder();
  const settings = readSettings({ POSTERN_CONTENT: join(root, 'content'), POSTERN_DATA: join(root, 'data') }, root);
  const content = settings.contentFolder;
  writeFile(
    join(content, 'profile.md'),
    '---\nusername: blog\nname: A blog\norigin: https://blog.example\n---\nHello.\n',
  );
  return {
    root,
    content,
    async import(path, options = {}) {
      const input = await openInput(path, { temporaryFolder: makeFolder() });
      try {
        const format = await formatFor(path, input);
        const source = await format.open(input, { ...OPTIONS, ...options });
        return await runImport(source, {
          contentFolder: content,
          dataFolder: settings.dataFolder,
          name: format.name,
          parts: new Set(IMPORT_PARTS),
          dryRun: false,
          boosts: false,
          likes: false,
          drafts: false,
          update: false,
          again: false,
          ...options,
        });
      } finally {
        if (input.kind === 'archive') await input.archive.close();
      }
    },
    files: () => filesIn(content),
    async build() {
      const built = await buildSite(settings, join(root, 'site'), { now: Date.parse(NOW), reasons: new Map() });
      return built.warnings.map(({ file, message }) => `${file}: ${message}`);
    },
  };
}

function filesIn(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const path = join(folder, name);
    if (statSync(path).isFile()) found[relative(folder, path)] = readFileSync(path, 'utf8');
  }
  return found;
}

/** What a file of a post says, however its front matter is written. */
export function saysOf(text: string | undefined): Record<string, unknown> {
  const parsed = parseFrontMatter(text ?? '');
  if (!parsed.ok) throw new Error(`no front matter: ${text}`);
  return { ...parsed.frontMatter.data, body: parsed.frontMatter.body };
}
