import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Fault } from '../../build/model.ts';
import { type ReadContentOptions, readContent } from '../../build/read-site.ts';
import { type SiteMoment, type SiteReading, siteAt } from '../../build/site-at.ts';
import { PosternError } from '../../federation/errors.ts';

export const PROFILE = '---\nusername: blog\nname: A blog\norigin: https://blog.example\n---\nHello.\n';

/** A content folder in a place of its own, gone after the test. */
export interface ContentFolder {
  readonly folder: string;
  readonly options: ReadContentOptions;
  write(path: string, content: string | Uint8Array): string;
  /** As of the end of time, unless `more` says when. */
  read(more?: Partial<ReadContentOptions & SiteMoment>): Promise<SiteReading>;
  faults(): Promise<readonly string[]>;
}

export function contentFolder(files: Readonly<Record<string, string | Uint8Array>> = {}): ContentFolder {
  const root = mkdtempSync(join(tmpdir(), 'postern-content-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const folder = join(root, 'content');
  const write = (path: string, content: string | Uint8Array): string => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  for (const [path, content] of Object.entries({ 'profile.md': PROFILE, ...files })) write(path, content);
  const options: ReadContentOptions = {
    contentFolder: folder,
    dataFolder: join(root, 'data'),
    origin: { fallback: 'http://localhost:4321', allowHttp: false },
    keys: { publicKeyPem: 'pem', publicKeyMultibase: 'z6Mk' },
  };
  return {
    folder,
    options,
    write,
    read: async (more = {}) =>
      siteAt(await readContent({ ...options, ...more }), { now: Number.POSITIVE_INFINITY, ...more }),
    async faults() {
      const error = await readContent(options).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof PosternError)) throw error ?? new Error('the content has no fault');
      return (error.facts.faults as readonly Fault[]).map(({ file, line, message }) => `${file}:${line} ${message}`);
    },
  };
}

/** A content folder with the posts of one generator, as they are filed under fixtures. */
export function blogOf(generator: string): ContentFolder {
  const made = contentFolder();
  cpSync(fileURLToPath(new URL(`../fixtures/blogs/${generator}`, import.meta.url)), made.folder, { recursive: true });
  return made;
}
