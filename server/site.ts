import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { Manifest } from '../federation/manifest.ts';
import { isJsonObject } from '../federation/vocabulary.ts';
import { PosternError } from './errors.ts';
import { parseManifest } from './parse-manifest.ts';
import type { Site } from './ports.ts';
import { findSiteFile } from './site-folder.ts';

/** Time enough to write one file. */
const RETRY_MS = 50;

const MANIFEST = '/ap/manifest.json';

/** Opens the built site in `folder`. A manifest that did not change is not parsed again; a new build is seen at once. */
export function openSite(folder: string): Site {
  let known: { version: string; manifest: Manifest } | undefined;
  const manifest = async (): Promise<Manifest> => {
    const found = await read(folder, MANIFEST, known?.version);
    if (found === 'unchanged' && known) return known.manifest;
    const parsed = typeof found === 'object' ? parseManifest(found.json) : undefined;
    if (typeof found !== 'object' || !parsed) throw withoutManifest(folder, found === undefined);
    known = { version: found.version, manifest: parsed };
    return parsed;
  };
  return {
    manifest,
    async document(url) {
      const { origin } = await manifest();
      const path = url.startsWith(`${origin}/`) ? url.slice(origin.length) : '';
      // Documents are files of the build below /ap/; a page is none.
      if (!/^\/ap\/[^?#]+\.json$/.test(path)) return undefined;
      const found = await read(folder, path);
      if (typeof found !== 'object') return undefined;
      if (isJsonObject(found.json)) return found.json;
      throw unreadable(folder, path);
    },
  };
}

/** A new build may come between finding and reading, and a watching one writes in place: then it is read again, once. */
async function read(
  folder: string,
  path: string,
  knownVersion?: string,
): Promise<{ version: string; json: unknown } | 'unchanged' | undefined> {
  for (const last of [false, true]) {
    const file = await findSiteFile(folder, path).catch((cause: unknown) => {
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
