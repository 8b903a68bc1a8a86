import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportReport } from '../../../scripts/import/import-report.ts';
import { mastodon } from '../../../scripts/import/mastodon.ts';
import { openInput } from '../../../scripts/import/open-archive.ts';
import { IMPORT_PARTS, type RunOptions, runImport } from '../../../scripts/import/run-import.ts';
import type { ImportFormat, ImportOptions } from '../../../scripts/import/source.ts';
import { type ArchiveFacts, mastodonFiles, writeZip } from './mastodon-archive.ts';

/** A blog to import into, in a folder of its own. */
export interface Bench {
  readonly root: string;
  readonly contentFolder: string;
  readonly dataFolder: string;
  /** Imports what lies at a path as the command does. */
  run(
    path: string,
    options?: Partial<RunOptions & ImportOptions> & { readonly format?: ImportFormat },
  ): Promise<ImportReport>;
  /** Packs a Mastodon archive and imports it. */
  mastodon(facts: ArchiveFacts, options?: Partial<RunOptions & ImportOptions>): Promise<ImportReport>;
  /** Every file of the content folder and its text, profile and all. */
  content(): Record<string, string>;
  /** Files that are neither content nor the records of an import. */
  leftovers(): string[];
}

export const PROFILE = '---\nusername: blog\nname: Blog\n---\n';

export function createBench(): Bench {
  const root = mkdtempSync(join(tmpdir(), 'postern-import-'));
  const contentFolder = join(root, 'content');
  const dataFolder = join(root, 'data');
  mkdirSync(contentFolder);
  writeFileSync(join(contentFolder, 'profile.md'), PROFILE);
  const run: Bench['run'] = async (path, { format = mastodon, ...options } = {}) => {
    const input = await openInput(path, { temporaryFolder: dataFolder });
    try {
      const source = await format.open(input, {
        timezone: 'UTC',
        language: 'en',
        now: '2026-01-01T00:00:00Z',
        includeReplies: false,
        ...options,
      });
      return await runImport(source, {
        contentFolder,
        dataFolder,
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
  };
  return {
    root,
    contentFolder,
    dataFolder,
    run,
    mastodon: async (facts, options) => run(await writeZip(join(root, 'archive.zip'), mastodonFiles(facts)), options),
    content: () =>
      Object.fromEntries(filesIn(contentFolder).map((file) => [file, readFileSync(join(contentFolder, file), 'utf8')])),
    leftovers: () => [
      ...filesIn(contentFolder).filter((file) => file.startsWith('.')),
      ...(existsSync(dataFolder) ? filesIn(dataFolder) : []).filter(
        (file) => !['imports.csv', 'import-left-out.csv', 'cache/pictures.json'].includes(file),
      ),
    ],
  };
}

/** Folders that are empty end in `/`. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => `${join(entry.parentPath, entry.name).slice(folder.length + 1)}${entry.isDirectory() ? '/' : ''}`)
    .filter((path) => !path.endsWith('/') || path.startsWith('.'))
    .sort();
}

/** How many of each kind were left out. */
export function groups(report: { readonly leftOut: readonly { readonly kind: string; readonly count: number }[] }) {
  return Object.fromEntries(report.leftOut.map(({ kind, count }) => [kind, count]));
}
