import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import Eleventy from '@11ty/eleventy';
import { loadPublicKeys } from '../build/keys.ts';
import type { SiteCache } from '../build/read-site.ts';
import type { Settings } from '../build/settings.ts';
import { type BuildFacts, configure } from '../eleventy.config.ts';
import { PosternError } from '../server/errors.ts';
import { loadKeys } from '../server/keys.ts';
import { putLive } from './put-live.ts';

/** Makes the blog's keys on the first run. A build needs only the public halves. */
export async function ensureKeys(settings: Settings): Promise<void> {
  const { contentFolder } = settings;
  if (!existsSync(join(contentFolder, 'profile.md'))) {
    throw new PosternError('no-content', `${contentFolder} has no profile.md, so it is not a content folder.`, {
      hint: 'Check POSTERN_CONTENT and the folder you are in; a profile.md needs `username` and `name` in its front matter.',
      facts: { contentFolder },
    });
  }
  if (!(await loadPublicKeys(contentFolder))) await loadKeys(settings);
}

/**
 * Builds the site beside `output` and then puts it there in one step. With `cache`, a next build reads only what changed
 * since.
 */
export async function buildSite(settings: Settings, output: string, cache?: SiteCache): Promise<BuildFacts> {
  await ensureKeys(settings);
  const folder = resolve(output);
  const next = `${folder}.next-${process.pid}`;
  mkdirSync(dirname(folder), { recursive: true });
  try {
    let facts: BuildFacts | undefined;
    const eleventy = createEleventy(settings, next, { onBuilt: (built) => (facts = built), cache });
    eleventy.disableLogger();
    await unwrapped(eleventy.write());
    if (!facts) throw new Error('Eleventy ended without an error and without a site');
    putLive(next, folder);
    return facts;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

function createEleventy(
  settings: Settings,
  output: string,
  options: { readonly onBuilt: (facts: BuildFacts) => void; readonly cache?: SiteCache | undefined },
): Eleventy {
  // Eleventy wants paths relative to the working folder.
  const place = (path: string): string => relative(process.cwd(), path) || '.';
  return new Eleventy(place(settings.contentFolder), place(output), {
    // The configuration is handed over, not loaded: Eleventy would need a loader for TypeScript.
    configPath: false,
    quietMode: true,
    source: 'script',
    config: (config) => {
      config.on('postern.built', options.onBuilt);
      return configure(config, options.cache);
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
