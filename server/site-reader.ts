import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { RULES_PATH } from '../federation/rules.ts';
import { PosternError } from './errors.ts';
import type { SiteFile } from './site-folder.ts';

/** Finds a file of the site as of one time. */
export type Finder = (path: string) => Promise<SiteFile | undefined>;

/** Reads a JSON file of the site, if there is one, and if it is another than the known version. */
export type Reader = (
  path: string,
  find: Finder,
  knownVersion?: string,
) => Promise<{ version: string; text: string; json: unknown } | 'unchanged' | undefined>;

/** Time enough to write one file. */
const RETRY_MS = 50;

/** A new build may come between finding and reading, and a copy may be under way: then it is read again, once. */
export function createReader(folder: string): Reader {
  return async (path, find, knownVersion) => {
    for (const last of [false, true]) {
      const file = await find(path).catch((cause: unknown) => {
        throw unreadable(folder, path, cause);
      });
      if (!file) return undefined;
      if (file.version === knownVersion) return 'unchanged';
      try {
        const text = await readFile(file.path, 'utf8');
        const json: unknown = JSON.parse(text);
        return { version: file.version, text, json };
      } catch (cause) {
        if (last) throw unreadable(folder, path, cause);
        await wait(RETRY_MS);
      }
    }
    return undefined;
  };
}

/** There is no manifest, or none that this version reads. */
export function withoutManifest(folder: string, absent: boolean): PosternError {
  const message = absent
    ? `There is no build in ${folder}.`
    : `${folder}/ap/manifest.json is not a manifest of this version.`;
  return new PosternError(absent ? 'no-build' : 'manifest-unreadable', message, {
    hint: 'Build the site with `npm run build`.',
    facts: { folder },
  });
}

export function unreadable(folder: string, path: string, cause?: unknown): PosternError {
  return new PosternError('document-unreadable', `${folder}${path} cannot be read as a JSON object.`, {
    hint: 'Build the site again with `npm run build`.',
    facts: { folder, path },
    cause,
  });
}

/** What somebody is not allowed must never be allowed because a file is damaged, so nothing is received until it is mended. */
export function damagedRules(folder: string, cause?: unknown): PosternError {
  const path = `${folder}${RULES_PATH}`;
  return new PosternError('site-rules-damaged', `The rules of the blog in ${path} cannot be read.`, {
    hint: 'Build the site again with `npm run build`, or restart `npm start`; the rules are in profile.md and blocks.csv of the content folder. Until then nothing that others send is taken; they try again.',
    facts: { path },
    cause,
  });
}
