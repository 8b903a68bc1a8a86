import { closeSync, mkdirSync, openSync, readdirSync, readSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ComingOut } from '../build/site-at.ts';
import { LAYERS_FOLDER, layerName } from '../federation/layers.ts';

export interface LayersOptions {
  /** Builds the whole site as of a time into a folder. */
  readonly build: (output: string, now: number) => Promise<unknown>;
  /** Where that is done; on the disk of the site, and gone afterwards. */
  readonly folder: string;
  readonly onLayer?: ((layer: ComingOut, index: number) => void) | undefined;
}

/**
 * Puts into the built site what it will be from each later instant on: the files that differ from what it is now. A
 * server finds them when their time has come, so that nothing has to run for a post to come out.
 */
export async function buildLayers(site: string, later: readonly ComingOut[], options: LayersOptions): Promise<void> {
  const { build, folder, onLayer } = options;
  for (const [index, layer] of later.entries()) {
    onLayer?.(layer, index);
    try {
      await build(folder, layer.at);
      keepDifferences(folder, site, join(site, LAYERS_FOLDER, layerName(layer.at)));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

/** Moves the files of `from` that `base` has not, or has otherwise, to the same places below `to`. */
function keepDifferences(from: string, base: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const path of filesBelow(from)) {
    if (isSame(join(from, path), join(base, path))) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    renameSync(join(from, path), join(to, path));
  }
}

function* filesBelow(folder: string): Generator<string> {
  const pending = [''];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) pending.push(path);
      else yield path;
    }
  }
}

const CHUNK = 65_536;

function isSame(one: string, other: string): boolean {
  const size = statSync(one).size;
  const there = statSync(other, { throwIfNoEntry: false });
  if (!there?.isFile() || there.size !== size) return false;
  const files = [openSync(one, 'r'), openSync(other, 'r')] as const;
  const [a, b] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
  try {
    for (let at = 0; at < size; at += CHUNK) {
      const read = readSync(files[0], a, 0, CHUNK, at);
      if (read !== readSync(files[1], b, 0, CHUNK, at) || !a.subarray(0, read).equals(b.subarray(0, read)))
        return false;
    }
    return true;
  } finally {
    for (const file of files) closeSync(file);
  }
}
