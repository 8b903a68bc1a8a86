import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSiteCache, type SiteCache } from '../build/read-site.ts';
import type { Settings } from '../build/settings.ts';
import type { BuildFacts } from '../eleventy.config.ts';
import { buildSite, ensureKeys } from './build-site.ts';
import type { MadeKeys } from './made-keys.ts';

export interface WatchOptions {
  readonly onBuilt: (facts: BuildFacts, milliseconds: number) => void;
  /** A build that fails leaves the last good site; the next change tries again. */
  readonly onFault: (error: unknown) => void;
  /** Told of keys that were made. */
  readonly onKeys?: (made: MadeKeys) => void;
  /** Show what is dated ahead too. */
  readonly future?: boolean | undefined;
}

const LOOK_EVERY_MS = 150;

/** Of all time, looking may take a twentieth: ten thousand files are looked at less often than ten. */
const REST = 20;

/**
 * Builds into `output` and again at every change of the content, until the process ends. Rejects when the first build
 * fails.
 *
 * Eleventy's own watch does not build at a removal and loses a file whose first build failed, and Node.js 20 on Linux
 * loses a file that an editor replaced by a rename: so the times and sizes of the files are compared.
 */
export async function watchSite(settings: Settings, output: string, options: WatchOptions): Promise<never> {
  // Before the first look, which what is made would differ from.
  const made = await ensureKeys(settings);
  if (made) options.onKeys?.(made);
  let built = stampOf(settings.contentFolder);
  const cache = createSiteCache();
  await rebuild(settings, output, cache, options);
  for (;;) {
    const began = performance.now();
    const now = stampOf(settings.contentFolder);
    await sleep(Math.max(LOOK_EVERY_MS, REST * (performance.now() - began)));
    // Editors and git write many files in a row: what still moves is waited for.
    if (now === built || now !== stampOf(settings.contentFolder)) continue;
    built = now;
    await rebuild(settings, output, cache, options).catch(options.onFault);
  }
}

async function rebuild(
  settings: Settings,
  output: string,
  cache: SiteCache,
  { onBuilt, onKeys, future }: WatchOptions,
): Promise<void> {
  const began = performance.now();
  const facts = await buildSite(settings, output, {
    cache,
    look: true,
    onKeys,
    ...(future ? { now: Number.POSITIVE_INFINITY } : {}),
  });
  onBuilt(facts, performance.now() - began);
}

/** Every file below `folder` with its size and time, as one text. */
function stampOf(folder: string): string {
  const lines: string[] = [];
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const entry of entriesOf(at)) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) pending.push(path);
      const stat = entry.isDirectory() ? undefined : statSync(path, { throwIfNoEntry: false });
      if (stat) lines.push(`${path}\0${stat.size}\0${stat.mtimeMs}`);
    }
  }
  return lines.join('\n');
}

/** A folder may go away while it is looked at. Dot files are the editors'. */
function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
  } catch {
    return [];
  }
}
