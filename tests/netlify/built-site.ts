import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readSettings } from '../../build/settings.ts';
import { buildSite } from '../../scripts/build-site.ts';
import { leaveOutAccount } from '../../scripts/leave-out-account.ts';

export const ORIGIN = 'https://blog.test';
export const NOW = Date.parse('2026-11-23T12:00:00Z');
export const POST_ID = `${ORIGIN}/ap/posts/hello.json`;

const CONTENT: Readonly<Record<string, string>> = {
  'profile.md': `---\nusername: blog\nname: A blog\norigin: ${ORIGIN}\n---\nHello.\n`,
  'posts/hello.md': '---\ntitle: Hello\ndate: 2026-11-01T10:00:00Z\ntags: [Zürich]\n---\nText.\n\n![A box](box.svg)\n',
  'posts/box.svg': '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>',
  'notes/short.md': '---\ndate: 2026-11-02T10:00:00Z\n---\nA note.\n',
  'pages/about.md': '---\ntitle: About\n---\nAbout this blog.\n',
};

/** A blog as the build makes it, on disk. */
export interface BuiltSite {
  readonly folder: string;
  /** Each file of it by its URL path, those that have no address too. */
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** The value of `POSTERN_PRIVATE_KEYS`. */
  readonly privateKeys: string;
  remove(): void;
}

export async function buildForTests(): Promise<BuiltSite> {
  const root = mkdtempSync(join(tmpdir(), 'postern-built-'));
  const settings = readSettings({ POSTERN_CONTENT: join(root, 'content'), POSTERN_DATA: join(root, 'data') }, root);
  for (const [path, text] of Object.entries(CONTENT)) {
    const file = join(settings.contentFolder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const folder = join(root, '_site');
  await buildSite(settings, folder, { now: NOW });
  return {
    folder,
    files: filesIn(folder),
    privateKeys: readFileSync(join(settings.dataFolder, 'keys.json'), 'utf8'),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** The files of the same site as they are once the build knows that the account is gone. */
export function filesWithoutAccount({ folder }: BuiltSite): BuiltSite['files'] {
  const copy = mkdtempSync(join(tmpdir(), 'postern-gone-'));
  try {
    cpSync(folder, copy, { recursive: true });
    leaveOutAccount(copy);
    return filesIn(copy);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** Every file below a folder, by its path there. */
export function filesIn(folder: string): Record<string, Uint8Array> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true, encoding: 'utf8' });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(files.map((file) => [file.slice(folder.length), readFileSync(file)]));
}
