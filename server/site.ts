import type { Manifest } from '../federation/manifest.ts';
import type { ManifestParts } from '../federation/manifest-parts.ts';
import { isJsonObject } from '../federation/vocabulary.ts';
import { parseManifest } from './parse-manifest.ts';
import type { Site } from './ports.ts';
import { openSiteFolder } from './site-folder.ts';
import { createPartsReader, type KnownManifest, type KnownParts } from './site-parts.ts';
import { createReader, type Finder, unreadable, withoutManifest } from './site-reader.ts';

const MANIFEST = '/ap/manifest.json';

/**
 * Opens the built site in `folder`. A manifest that did not change is not parsed again; a new build is seen at once, and
 * so is a post whose time has come by `clock` (milliseconds since the epoch).
 */
export function openSite(folder: string, clock: () => number = Date.now): Site {
  const site = openSiteFolder(folder, clock);
  const read = createReader(folder);
  let known: KnownManifest | undefined;
  let later: readonly (KnownManifest & { readonly at: number })[] = [];
  let knownParts: KnownParts | undefined;
  let laterParts: readonly (KnownParts & { readonly at: number })[] = [];

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
  const readParts = createPartsReader(folder, read, readManifest);
  const parts = async (): Promise<ManifestParts> => {
    knownParts = await readParts(site.find, knownParts);
    return knownParts.parts;
  };
  return {
    manifest,
    parts,
    async scheduledParts() {
      const before = laterParts;
      laterParts = await Promise.all(
        (await site.later()).map(async (layer) => {
          const same = before.find(({ at }) => at === layer.at);
          return { at: layer.at, ...(await readParts((path) => site.findIn(layer, path), same)) };
        }),
      );
      return laterParts.map(({ at, parts }) => ({ at, parts }));
    },
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
      const { origin } = (await parts()).head;
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
