import { NO_OWN_REPLIES, OWN_REPLIES_PATH, type OwnReplies, parseOwnReplies } from '../federation/own-replies.ts';
import { DEFAULT_RULES, parseRules, RULES_PATH, type Rules } from '../federation/rules.ts';
import { isJsonObject } from '../federation/vocabulary.ts';
import { parseManifest } from './parse-manifest.ts';
import type { Site } from './ports.ts';
import { openSiteFolder, type SiteFolder } from './site-folder.ts';
import { createPartsReader, type KnownManifest } from './site-parts.ts';
import { createReader, damagedRules, type Finder, type Reader, unreadable, withoutManifest } from './site-reader.ts';

const MANIFEST = '/ap/manifest.json';

/** Reads something of the site as of one time; gives `before` where it did not change. */
type ReadKnown<Known> = (find: Finder, before: Known | undefined) => Promise<Known>;

/**
 * Opens the built site in `folder`. A manifest that did not change is not parsed again; a new build is seen at once, and
 * so is a post whose time has come by `clock` (milliseconds since the epoch).
 */
export function openSite(folder: string, clock: () => number = Date.now): Site {
  const site = openSiteFolder(folder, clock);
  const read = createReader(folder);
  const readManifest = createManifestReader(folder, read);
  const readParts = createPartsReader(folder, read, readManifest);
  const manifestNow = remembering(site, readManifest);
  const manifestsLater = rememberingLater(site, readManifest);
  const partsNow = remembering(site, readParts);
  const partsLater = rememberingLater(site, readParts);
  const rulesNow = remembering(site, createRulesReader(folder, site, read));
  const ownRepliesNow = remembering(site, createOwnRepliesReader(folder, site, read));

  return {
    manifest: async () => (await manifestNow()).manifest,
    parts: async () => (await partsNow()).parts,
    scheduledParts: async () => (await partsLater()).map(({ at, parts }) => ({ at, parts })),
    scheduled: async () => (await manifestsLater()).map(({ at, manifest }) => ({ at, manifest })),
    rules: async () => (await rulesNow()).rules,
    ownReplies: async () => (await ownRepliesNow()).own,
    async document(url) {
      const { origin } = (await partsNow()).parts.head;
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

function createManifestReader(folder: string, read: Reader): ReadKnown<KnownManifest> {
  return async (find, before) => {
    const found = await read(MANIFEST, find, before?.version);
    if (found === 'unchanged' && before) return before;
    const manifest = typeof found === 'object' ? parseManifest(found.json) : undefined;
    if (typeof found !== 'object' || !manifest) throw withoutManifest(folder, found === undefined);
    return { version: found.version, manifest };
  };
}

interface KnownRules {
  readonly version: string;
  readonly rules: Rules;
}

/** The rules are the owner's of today: what comes later in the site does not change them, so no layer has any. */
function createRulesReader(folder: string, site: SiteFolder, read: Reader): ReadKnown<KnownRules> {
  const find = () => site.findHidden(RULES_PATH.slice(1));
  return async (_, before) => {
    const found = await read(RULES_PATH, find, before?.version).catch((cause: unknown) => {
      throw damagedRules(folder, cause);
    });
    if (found === 'unchanged' && before) return before;
    // A site that was built before there were rules.
    if (typeof found !== 'object') return { version: '', rules: DEFAULT_RULES };
    const rules = parseRules(found.json);
    if (!rules) throw damagedRules(folder);
    return { version: found.version, rules };
  };
}

interface KnownOwnReplies {
  readonly version: string;
  readonly own: OwnReplies;
}

/** What is dated ahead is in no thread before its time. */
function createOwnRepliesReader(folder: string, site: SiteFolder, read: Reader): ReadKnown<KnownOwnReplies> {
  const find = () => site.findHiddenNow(OWN_REPLIES_PATH.slice(1));
  return async (_, before) => {
    const found = await read(OWN_REPLIES_PATH, find, before?.version);
    if (found === 'unchanged' && before) return before;
    // A site that was built before there were any.
    if (typeof found !== 'object') return { version: '', own: NO_OWN_REPLIES };
    const own = parseOwnReplies(found.json);
    if (!own) throw unreadable(folder, OWN_REPLIES_PATH);
    return { version: found.version, own };
  };
}

/** Reads as of now, and remembers for the next time what was read. */
function remembering<Known>(site: SiteFolder, read: ReadKnown<Known>): () => Promise<Known> {
  let known: Known | undefined;
  return async () => {
    const now = await read(site.find, known);
    known = now;
    return now;
  };
}

/** Reads as of the time of each layer that is still to come, and remembers what was read of each. */
function rememberingLater<Known>(
  site: SiteFolder,
  read: ReadKnown<Known>,
): () => Promise<readonly (Known & { readonly at: number })[]> {
  let known: readonly (Known & { readonly at: number })[] = [];
  return async () => {
    const before = known;
    const later = await Promise.all(
      (await site.later()).map(async (layer) => {
        const same = before.find(({ at }) => at === layer.at);
        return { at: layer.at, ...(await read((path) => site.findIn(layer, path), same)) };
      }),
    );
    known = later;
    return later;
  };
}
