import type { BigIntStats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { LAYERS_FOLDER, layerTime } from '../federation/layers.ts';
import { mendFolder } from './mend-folder.ts';

/** One file of the built site as it was when it was found. */
export interface SiteFile {
  readonly path: string;
  readonly size: number;
  /** Changes whenever the file does: its place on disk, length and time of change. */
  readonly version: string;
}

/** The files of the site that are other ones from an instant on. */
export interface Layer {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly folder: string;
}

/** A built site as it lies on disk, with what comes later in it. */
export interface SiteFolder {
  /** The file at a URL path as of now: the newest layer's whose time has come, else the base's. */
  find(urlPath: string): Promise<SiteFile | undefined>;
  /** The same as of the time of one layer. */
  findIn(layer: Layer, urlPath: string): Promise<SiteFile | undefined>;
  /** A file of the base whose name begins with a dot, so that it has no address: for the server alone. */
  findHidden(name: string): Promise<SiteFile | undefined>;
  /** The same as of now: the newest layer's whose time has come, else the base's. */
  findHiddenNow(name: string): Promise<SiteFile | undefined>;
  /** The layers whose time has not come, soonest first. */
  later(): Promise<readonly Layer[]>;
}

/** While a new build takes the place of the old one, the folder is missing for an instant. */
const SWAP_MS = 50;

/**
 * Opens the site that is built in `folder`, whatever build lies there by the time of a question. A layer holds all that
 * differs from the base (`.scheduled/<time>/`), so at most two places are looked at; its folder itself has no address.
 *
 * Refused is what would leave the folder, by `..`, by a link, by an encoded slash or a null byte, and names that begin
 * with a dot, but for `.well-known`.
 */
export function openSiteFolder(folder: string, clock: () => number = Date.now): SiteFolder {
  let known: { build: string; layers: readonly Layer[] } | undefined;
  const layersOf = async (build: string | undefined): Promise<readonly Layer[]> => {
    if (build === undefined) return [];
    // One listing for each build: a folder that took the place of another is another one.
    if (known?.build !== build) known = { build, layers: await listLayers(folder) };
    return known.layers;
  };
  const findOnce = async (segments: readonly string[], at: number, build: string | undefined) => {
    const layer = (await layersOf(build)).findLast((each) => each.at <= at);
    return (layer && (await look(layer.folder, segments))) ?? look(folder, segments);
  };
  const findSteadily = async (
    findInBuild: (build: string | undefined) => Promise<SiteFile | undefined>,
  ): Promise<SiteFile | undefined> => {
    const before = await identity(folder);
    const found = await findInBuild(before);
    // A miss counts only when the same folder stood there all the time.
    if (found || (before !== undefined && before === (await identity(folder)))) return found;
    await wait(SWAP_MS);
    // Missing for longer: a process was killed while it put a new build there.
    mendFolder(folder);
    return findInBuild(await identity(folder));
  };
  const find = async (urlPath: string, at: number): Promise<SiteFile | undefined> => {
    const segments = segmentsOf(urlPath);
    return segments && findSteadily((build) => findOnce(segments, at, build));
  };
  return {
    find: (urlPath) => find(urlPath, clock()),
    findIn: (layer, urlPath) => find(urlPath, layer.at),
    findHidden: (name) => findSteadily(() => look(folder, [name])),
    findHiddenNow: (name) => findSteadily((build) => findOnce([name], clock(), build)),
    async later() {
      const now = clock();
      return (await layersOf(await identity(folder))).filter(({ at }) => at > now);
    },
  };
}

/** Soonest first. */
async function listLayers(folder: string): Promise<readonly Layer[]> {
  const layers = join(folder, LAYERS_FOLDER);
  const names = await readdir(layers).catch((error: unknown) => {
    if (isAbsent(error)) return [];
    throw error;
  });
  return names
    .flatMap((name) => {
      const at = layerTime(name);
      return at === undefined ? [] : [{ at, folder: join(layers, name) }];
    })
    .sort((a, b) => a.at - b.at);
}

function segmentsOf(urlPath: string): string[] | undefined {
  if (!urlPath.startsWith('/')) return undefined;
  const segments: string[] = [];
  for (const encoded of urlPath.slice(1).split('/')) {
    const segment = decode(encoded);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    if (!segment || /[\u0000-\u001f/\\]/.test(segment)) return undefined;
    if (segment.startsWith('.') && segment !== '.well-known') return undefined;
    segments.push(segment);
  }
  return segments;
}

function decode(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

async function look(folder: string, segments: readonly string[]): Promise<SiteFile | undefined> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...segments));
    // Nor may a link of the site lead to what is not out yet.
    if (!path.startsWith(root + sep) || path.startsWith(join(root, LAYERS_FOLDER) + sep)) return undefined;
    const stats = await stat(path, { bigint: true });
    return stats.isFile() ? { path, size: Number(stats.size), version: versionOf(stats) } : undefined;
  } catch (error) {
    if (isAbsent(error)) return undefined;
    throw error;
  }
}

function versionOf({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs].join('-');
}

/** A number on disk is given again once its folder is gone; with the time of its last change it is not. */
async function identity(folder: string): Promise<string | undefined> {
  return stat(folder, { bigint: true }).then(
    ({ dev, ino, ctimeNs }) => `${dev}-${ino}-${ctimeNs}`,
    () => undefined,
  );
}

/** What the file system says when a name leads nowhere; anything else is a fault of ours. */
function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'ELOOP' || code === 'EISDIR';
}
