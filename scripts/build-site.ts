import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import Eleventy from '@11ty/eleventy';
import { loadPublicKeys } from '../build/keys.ts';
import { readProfileHead } from '../build/profile.ts';
import type { SiteCache } from '../build/read-site.ts';
import type { Settings } from '../build/settings.ts';
import type { ComingOut } from '../build/site-at.ts';
import { type BuildFacts, type BuildOptions, configure, type LayerBase } from '../eleventy.config.ts';
import type { KnownIds } from '../federation/restores.ts';
import { PosternError } from '../server/errors.ts';
import { loadKeys } from '../server/keys.ts';
import { besideFolder } from '../server/mend-folder.ts';
import { ensureOwnerKeys } from '../server/owner-keys.ts';
import { buildLayers } from './build-layers.ts';
import { readKnownIds } from './known-ids.ts';
import { type MadeKeys, watchKeys } from './made-keys.ts';
import { putLive } from './put-live.ts';
import { readThreads } from './read-threads.ts';
import { explain, type Reasons, resolveRemote } from './resolve.ts';

/**
 * Makes the blog's and the owner's keys on the first run, and gives which; undefined when all were there. A build needs only
 * the public halves.
 */
export async function ensureKeys(settings: Settings): Promise<MadeKeys | undefined> {
  const { contentFolder } = settings;
  if (!existsSync(join(contentFolder, 'profile.md'))) {
    throw new PosternError('no-content', `${contentFolder} has no profile.md, so it is not a content folder.`, {
      hint: 'Check POSTERN_CONTENT and the folder you are in; npm run setup writes a profile.md.',
      facts: { contentFolder },
    });
  }
  const madeSince = watchKeys(settings);
  if (!(await loadPublicKeys(contentFolder))) {
    assertKept(settings);
    await loadKeys(settings);
  }
  // Where the blog's own keys are kept the owner's are, too: what a build machine made would be lost with it.
  if (existsSync(join(settings.dataFolder, 'keys.json'))) await makeOwnerKeys(settings);
  return madeSince();
}

/** Keys that Netlify made would be others at each build: who follows the one blog would get nothing from the next. */
function assertKept({ contentFolder, origin, privateKeys }: Settings): void {
  if (process.env.NETLIFY !== 'true' || privateKeys !== undefined) return;
  const named = origin.override ?? readProfileHead(contentFolder, origin).fields?.origin;
  // Without an origin it is a look at the samples, which nobody can follow.
  if (named === undefined) return;
  throw new PosternError('keys-missing', `${join(contentFolder, 'keys.json')} is not there: it was not committed.`, {
    hint: 'On your own machine: npm run setup, then commit content/keys.json and content/owner.json, and push.',
    facts: { contentFolder },
  });
}

/** A blog lives without them, so a content folder that cannot be written to stops nothing. */
async function makeOwnerKeys(settings: Settings): Promise<void> {
  try {
    await ensureOwnerKeys(settings);
  } catch (error) {
    if (!(error instanceof PosternError) || error.code !== 'keys-not-written') throw error;
    console.error(`note  ${error.message} Until it is there, no private message can be kept.`);
  }
}

export interface BuildSiteOptions {
  /** Milliseconds since the epoch: what is dated later is not shown. */
  readonly now?: number | undefined;
  /** The ids that a ledger knows; that of the data folder unless given. */
  readonly known?: KnownIds | undefined;
  /** A next build with the same one reads only what changed since. */
  readonly cache?: SiteCache | undefined;
  /** Put into the site what comes later too, for a server that shows it at its time. */
  readonly scheduled?: boolean | undefined;
  /** For eyes only; see `BuildOptions`. */
  readonly look?: boolean | undefined;
  readonly onLayer?: ((layer: ComingOut, index: number) => void) | undefined;
  /** Told of keys that were made. */
  readonly onKeys?: ((made: MadeKeys) => void) | undefined;
  /** Ask other servers anew for what is known of them already. */
  readonly refresh?: boolean | undefined;
  /** Why something is not known, where it was asked for before. */
  readonly reasons?: Reasons | undefined;
}

/**
 * Builds the site as of `now` beside `output` and then puts it there in one step. What is dated later is in none of its
 * files; with `scheduled` it lies beside them, unreachable until its time.
 */
export async function buildSite(
  settings: Settings,
  output: string,
  options: BuildSiteOptions = {},
): Promise<BuildFacts> {
  const { cache, now = Date.now(), scheduled, look = false, onLayer, onKeys } = options;
  // Told before anything can go wrong: what was made is there from now on.
  const made = await ensureKeys(settings);
  if (made) onKeys?.(made);
  const reasons = options.reasons ?? (await resolveRemote(settings, { refresh: options.refresh }));
  const ids = options.known ?? (await readKnownIds(settings));
  const { threads, counts, tallies, warning } = await readThreads(settings);
  const folder = resolve(output);
  const next = besideFolder(folder, 'next');
  mkdirSync(dirname(folder), { recursive: true });
  try {
    const bases: LayerBase[] = [];
    const keep = scheduled ? { onLater: (base: LayerBase) => bases.push(base) } : {};
    const common = { ...ids, threads, counts, tallies };
    const facts = await runEleventy(settings, next, { ...common, now, look, ...keep, ...(cache ? { cache } : {}) });
    for (const base of bases) {
      await buildLayers(next, facts.scheduled, {
        build: (into, at) => runEleventy(settings, into, { ...common, now: at, base }),
        folder: besideFolder(folder, 'layer'),
        onLayer,
      });
    }
    putLive(next, folder);
    const warnings = explain(facts.warnings, reasons);
    return warning === undefined ? { ...facts, warnings } : { ...facts, warnings, unheard: warning };
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

async function runEleventy(settings: Settings, output: string, options: BuildOptions): Promise<BuildFacts> {
  let facts: BuildFacts | undefined;
  // Eleventy wants paths relative to the working folder.
  const place = (path: string): string => relative(process.cwd(), path) || '.';
  const eleventy = new Eleventy(place(settings.contentFolder), place(output), {
    // The configuration is handed over, not loaded: Eleventy would need a loader for TypeScript.
    configPath: false,
    quietMode: true,
    source: 'script',
    config: (config) => {
      config.on('postern.built', (built: BuildFacts) => {
        facts = built;
      });
      return configure(config, { ...options, settings });
    },
  });
  eleventy.disableLogger();
  await unwrapped(eleventy.write());
  if (!facts) throw new Error('Eleventy ended without an error and without a site');
  return facts;
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
