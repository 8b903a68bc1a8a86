import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import Eleventy from '@11ty/eleventy';
import { loadPublicKeys } from '../build/keys.ts';
import type { Settings } from '../build/settings.ts';
import postern, { type BuildFacts } from '../eleventy.config.ts';
import { PosternError } from '../server/errors.ts';
import { loadKeys } from '../server/keys.ts';

/** Makes the blog's keys on the first run. A build needs only the public halves. */
export async function ensureKeys(settings: Settings): Promise<void> {
  if (!(await loadPublicKeys(settings.contentFolder))) await loadKeys(settings);
}

/**
 * Builds the site beside `output` and then puts it there in one step, so that no reader meets a half-built site: a 404
 * for a live object lets Mastodon delete its copy.
 */
export async function buildSite(settings: Settings, output: string): Promise<BuildFacts> {
  await ensureKeys(settings);
  const folder = resolve(output);
  const next = `${folder}.next-${process.pid}`;
  const old = `${folder}.old-${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    let facts: BuildFacts | undefined;
    const eleventy = createEleventy(settings, next, (built) => (facts = built));
    eleventy.disableLogger();
    await unwrapped(eleventy.write());
    if (!facts) throw new Error('Eleventy ended without an error and without a site');
    if (existsSync(folder)) renameSync(folder, old);
    renameSync(next, folder);
    return facts;
  } finally {
    rmSync(next, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

/** Builds into `output` and again at every change, until the process ends. A fault is told and the last good site stays. */
export async function watchSite(
  settings: Settings,
  output: string,
  onBuilt: (facts: BuildFacts) => void,
): Promise<void> {
  await ensureKeys(settings);
  const eleventy = createEleventy(settings, resolve(output), onBuilt);
  await eleventy.init();
  await unwrapped(eleventy.watch());
}

function createEleventy(settings: Settings, output: string, onBuilt: (facts: BuildFacts) => void): Eleventy {
  // Eleventy wants paths relative to the working folder.
  const place = (path: string): string => relative(process.cwd(), path) || '.';
  return new Eleventy(place(settings.contentFolder), place(output), {
    // The configuration is handed over, not loaded: Eleventy would need a loader for TypeScript.
    configPath: false,
    quietMode: true,
    source: 'script',
    config: (config) => {
      config.on('postern.built', onBuilt);
      return postern(config);
    },
  });
}

/** Eleventy wraps what a listener throws; the people who read it want our own error. */
async function unwrapped<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    for (
      let at: unknown = error;
      at instanceof Error;
      at = 'originalError' in at && at.originalError ? at.originalError : at.cause
    ) {
      if (at instanceof PosternError) throw at;
    }
    throw error;
  }
}
