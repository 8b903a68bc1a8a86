import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Settings } from '../../build/settings.ts';
import { readVersion } from '../../build/version.ts';
import { addressesOf } from '../../federation/addresses.ts';
import { PosternError } from '../../server/errors.ts';
import { LIVE_SITE } from '../../server/keys.ts';
import { copyStore } from '../../server/store/copy-store.ts';
import { openSqliteStore } from '../../server/store/sqlite.ts';
import { backupSqlite } from '../../server/store/sqlite-backup.ts';
import type { PortableStore } from '../../server/store/transfer-store.ts';
import { shownPath } from '../command.ts';
import { storeFile } from '../store-file.ts';
import { filesBelow } from './folder-files.ts';
import { assertFree, type Packed, type PackedArchive, packArchive } from './pack-archive.ts';
import { readMe } from './read-me.ts';
import { type ReadableCounts, writeReadableFiles } from './readable-files.ts';

/** The private halves as they lie in the data folder, and in `keys/` of an archive. */
export const KEY_FILES = ['keys.json', 'owner.json'] as const;

export const STORE_IN_ARCHIVE = 'store/postern.db';

export interface ExportOptions {
  /** Where the archive goes: a function of who it is of, where nobody named it. */
  readonly target: (of: ExportOf) => string;
  readonly withKeys: boolean;
  /** The store of a site elsewhere, instead of the one in the data folder; it is not closed. */
  readonly elsewhere?: PortableStore;
  /** RFC 3339. */
  readonly now: string;
  readonly onProgress?: (what: string, done: number) => void;
  readonly signal?: AbortSignal;
}

/** Whose archive it is; nothing is known of a blog that has not begun. */
export interface ExportOf {
  readonly handle?: string;
  readonly origin?: string;
}

export interface Exported extends ExportOf, ReadableCounts, PackedArchive {
  readonly file: string;
  /** The names of the private keys that are in it. */
  readonly keys: readonly string[];
  readonly hasActor: boolean;
  /** A server is at work on the store that was copied. */
  readonly isRunning: boolean;
}

/**
 * Puts everything of a blog into one archive: what its owner wrote, its keys, and its store as of one moment, as a file that a
 * Node host works on and as files that can be read. A server may be running. Throws `no-store`, and what `packArchive` and
 * `copyStore` throw; nothing is left behind then.
 */
export async function exportBlog(settings: Settings, options: ExportOptions): Promise<Exported> {
  // Private keys and who follows: beside the data folder's own, never where others look.
  const folder = await mkdtemp(join(await workFolder(settings, options), '.export-'));
  const copy = join(folder, 'postern.db');
  try {
    const isRunning = await takeStore(settings, copy, options);
    const store = openSqliteStore(copy);
    try {
      return { ...(await packBlog(settings, { store, copy, folder }, options)), isRunning };
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** On the disk of the archive, which must have room for all of it anyway. */
async function workFolder({ contentFolder, dataFolder }: Settings, { target }: ExportOptions): Promise<string> {
  const file = resolve(target({}));
  const within = relative(contentFolder, file);
  if (!within.startsWith('..') && !isAbsolute(within)) throw inContent(file);
  await assertFree(file);
  return existsSync(dataFolder) ? dataFolder : dirname(file);
}

async function takeStore(
  settings: Settings,
  copy: string,
  { elsewhere, onProgress = () => {} }: ExportOptions,
): Promise<boolean> {
  if (elsewhere === undefined) {
    if (!existsSync(storeFile(settings))) throw noStore(settings);
    backupSqlite(storeFile(settings), copy);
    return isWorkedOn(copy);
  }
  const store = openSqliteStore(copy);
  try {
    await copyStore(elsewhere, store, { onProgress: ({ kind, done }) => onProgress(kind, done) });
  } finally {
    await store.close();
  }
  return false;
}

async function isWorkedOn(copy: string): Promise<boolean> {
  const store = openSqliteStore(copy);
  try {
    return (await store.workers.alive(Date.now())).length > 0;
  } finally {
    await store.close();
  }
}

interface TakenStore {
  readonly store: PortableStore;
  readonly copy: string;
  readonly folder: string;
}

async function packBlog(
  settings: Settings,
  { store, copy, folder }: TakenStore,
  { target, withKeys, now, onProgress = () => {}, signal }: ExportOptions,
): Promise<Omit<Exported, 'isRunning'>> {
  const actorFile = [join(settings.dataFolder, LIVE_SITE), join(dirname(settings.contentFolder), '_site')]
    .map((site) => join(site, 'ap/actor.json'))
    .find((file) => existsSync(file));
  const counts = await writeReadableFiles(store, folder, { contentFolder: settings.contentFolder, actorFile });
  // Only now is nothing of it in a log beside it.
  await store.close();
  const of = await whoseIs(copy);
  const keys = withKeys ? KEY_FILES.filter((name) => existsSync(join(settings.dataFolder, name))) : [];
  const privateKeys = withKeys && !keys.includes('keys.json') ? settings.privateKeys : undefined;
  const named = [...keys, ...(privateKeys === undefined ? [] : ['keys.json'])];
  const file = resolve(target(of));
  const files = async function* (): AsyncGenerator<Packed> {
    const readable: string[] = [];
    for await (const name of filesBelow(folder)) if (!name.startsWith('postern.db')) readable.push(name);
    const inContent: string[] = [];
    for await (const name of filesBelow(settings.contentFolder)) inContent.push(`content/${name}`);
    const all = [...readable, ...inContent, ...named.map((name) => `keys/${name}`), STORE_IN_ARCHIVE];
    const { handle, origin } = of;
    const text = readMe({ handle, origin, at: now, version: readVersion(), files: new Set(all) });
    yield { name: 'README.txt', data: text, mtime: new Date(now) };
    for (const name of readable) yield { name, file: join(folder, name), mtime: new Date(now) };
    for (const name of inContent)
      yield { name, file: join(settings.contentFolder, name.slice('content/'.length)), mode: 0o644 };
    for (const name of keys) yield { name: `keys/${name}`, file: join(settings.dataFolder, name) };
    if (privateKeys !== undefined) yield { name: 'keys/keys.json', data: privateKeys, mtime: new Date(now) };
    yield { name: STORE_IN_ARCHIVE, file: copy, mtime: new Date(now) };
  };
  const packed = await packArchive(file, files(), {
    onProgress: (done) => onProgress('files', done),
    ...(signal ? { signal } : {}),
  });
  return { file, ...of, ...counts, ...packed, keys: named.sort(), hasActor: actorFile !== undefined };
}

async function whoseIs(copy: string): Promise<ExportOf> {
  const store = openSqliteStore(copy);
  try {
    const head = await store.ledger.outline();
    if (head === undefined) return {};
    const { origin, actor } = head.ledger;
    const { username } = actor;
    return { origin, ...(username === undefined ? {} : { handle: `@${username}@${addressesOf(origin).host}` }) };
  } finally {
    await store.close();
  }
}

/** What is in there is put into git, and below `media/` into the site. */
function inContent(file: string): PosternError {
  return new PosternError('export-not-written', `${shownPath(file)} would be a part of the blog's content.`, {
    hint: 'Name a file outside of the content folder: private keys are in it, and who follows.',
    facts: { file },
  });
}

function noStore({ dataFolder }: Settings): PosternError {
  return new PosternError('no-store', `There is no blog's store in ${shownPath(dataFolder)}.`, {
    hint: 'Run this in the folder of the blog, or set POSTERN_DATA to its data folder. The store of a blog on Netlify is taken with: npm run export -- --netlify <site-id>',
    facts: { dataFolder },
  });
}
