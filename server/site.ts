import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Manifest } from '../federation/manifest.ts';
import { isJsonObject } from '../federation/vocabulary.ts';
import { PosternError } from './errors.ts';
import { parseManifest } from './parse-manifest.ts';
import type { Site } from './ports.ts';
import { openSiteFolder, type SiteFile } from './site-folder.ts';

/** Time enough to write one file. */
const RETRY_MS = 50;

const MANIFEST = '/ap/manifest.json';

/** A manifest, and the file it was read from. */
interface KnownManifest {
  readonly version: string;
  readonly manifest: Manifest;
}

/**
 * Opens the built site in `folder`. A manifest that did not change is not parsed again; a new build is seen at once, and
 * so is a post whose time has come by `clock` (milliseconds since the epoch).
 */
export function openSite(folder: string, clock: () => number = Date.now): Site {
  const site = openSiteFolder(folder, clock);
  const read = createReader(folder);
  let known: KnownManifest | undefined;
  let later: readonly (KnownManifest & { readonly at: number })[] = [];

  const readManifest = async (find: Finder, before: KnownManifest | undefined): Promise<KnownManifest> => {
    const found = await read(MANIFEST, find, before?.version);
    if (found === 'unchanged' && before) return before;
    const manifest = typeof found === 'object' ? parseManifest(found.json) : undefined;
    if (typeof found !== 'object' || !manifest) throw withoutManifest(folder, found === undefined);
    return { version: found.version, manifest };
  };
  const manifest = async (): Promise<Manifest> => {
    known = await readManifest(site.find, known);
    return known.manifest;
  };
  return {
    manifest,
    async scheduled() {
      const before = later;
      later = await Promise.all(
        (await site.later()).map(async (layer) => {
          const same = before.find(({ at }) => at === layer.at);
          return { at: layer.at, ...(await readManifest((path) => site.findIn(layer, path), same)) };
        }),
      );
      return later.map(({ at, manifest }) => ({ at, manifest }));
    },
    async document(url) {
      const { origin } = await manifest();
      const path = url.startsWith(`${origin}/`) ? url.slice(origin.length) : '';
      // Documents are files of the build below /ap/; a page is none.
      if (!/^\/ap\/[^?#]+\.json$/.test(path)) return undefined;
      const found = await read(path, site.find);
      if (typeof found !== 'object') return undefined;
      if (isJsonObject(found.json)) return found.json;
      throw unreadable(folder, path);
    },
  };
}

type Finder = (path: string) => Promise<SiteFile | undefined>;
type Reader = (
  path: string,
  find: Finder,
  knownVersion?: string,
) => Promise<{ version: string; json: unknown } | 'unchanged' | undefined>;

/** A new build may come between finding and reading, and a copy may be under way: then it is read again, once. */
function createReader(folder: string): Reader {
  return async (path, find, knownVersion) => {
    for (const last of [false, true]) {
      const file = await find(path).catch((cause: unknown) => {
        throw unreadable(folder, path, cause);
      });
      if (!file) return undefined;
      if (file.version === knownVersion) return 'unchanged';
      try {
        const json: unknown = JSON.parse(await readFile(file.path, 'utf8'));
        return { version: file.version, json };
      } catch (cause) {
        if (last) throw unreadable(folder, path, cause);
        await wait(RETRY_MS);
      }
    }
    return undefined;
  };
}

function withoutManifest(folder: string, absent: boolean): PosternError {
  const message = absent
    ? `There is no build in ${folder}.`
    : `${folder}${MANIFEST} is not a manifest of this version.`;
  return new PosternError(absent ? 'no-build' : 'manifest-unreadable', message, {
    hint: 'Build the site with `npm run build`.',
    facts: { folder },
  });
}

function unreadable(folder: string, path: string, cause?: unknown): PosternError {
  return new PosternError('document-unreadable', `${folder}${path} cannot be read as a JSON object.`, {
    hint: 'Build the site again with `npm run build`.',
    facts: { folder, path },
    cause,
  });
}
