import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSiteCache, type SiteCache } from '../build/read-site.ts';
import type { Settings } from '../build/settings.ts';
import type { BuildFacts } from '../eleventy.config.ts';
import { buildSite, ensureKeys } from './build-site.ts';
import type { MadeKeys } from './made-keys.ts';
import { createResolveMemory, type Reasons, type ResolveMemory, resolveRemote } from './resolve.ts';

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

/** Whoever writes waits for the page, and not for a server that is slow; the next build asks again. */
const RESOLVE_MS = 10_000;

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
  const memory = createResolveMemory();
  const cache = createSiteCache();
  const first = await resolve(settings, memory);
  let built = stampOf(settings.contentFolder);
  await rebuild(settings, output, { ...options, cache, reasons: first });
  for (;;) {
    const began = performance.now();
    const now = stampOf(settings.contentFolder);
    await sleep(Math.max(LOOK_EVERY_MS, REST * (performance.now() - began)));
    // Editors and git write many files in a row: what still moves is waited for.
    if (now === built || now !== stampOf(settings.contentFolder)) continue;
    // Before the stamp: it may write what it finds into the content.
    const reasons = await resolve(settings, memory);
    built = stampOf(settings.contentFolder);
    await rebuild(settings, output, { ...options, cache, reasons }).catch(options.onFault);
  }
}

/** A file may go away while it is looked at: what is wrong for good is the build's to say. */
function resolve(settings: Settings, memory: ResolveMemory): Promise<Reasons> {
  return resolveRemote(settings, { memory, deadlineMs: RESOLVE_MS }).catch(() => new Map());
}

async function rebuild(
  settings: Settings,
  output: string,
  { onBuilt, onKeys, future, cache, reasons }: WatchOptions & { readonly cache: SiteCache; readonly reasons: Reasons },
): Promise<void> {
  const began = performance.now();
  const facts = await buildSite(settings, output, {
    cache,
    reasons,
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
