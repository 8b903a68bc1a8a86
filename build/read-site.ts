import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { objectId } from '../federation/addresses.ts';
import type { KnownIds } from '../federation/restores.ts';
import { type BodyInput, type BodyResult, type BodyTools, joinParts, renderBody } from './body.ts';
import { listContent, stampOf } from './content-files.ts';
import { type DocumentDefaults, type DocumentHead, readHead } from './document.ts';
import { contentFaults } from './fault-report.ts';
import { readHandle } from './handles.ts';
import { createMarkdown, type Markdown } from './markdown.ts';
import type { Fault, Site } from './model.ts';
import { createTargets, type FindTarget } from './own-targets.ts';
import type { OwnerKeys } from './owner-keys.ts';
import { openPictures, type PictureReader } from './pictures.ts';
import { finishProfile, type ProfileHead, readProfileHead } from './profile.ts';
import { readOthers } from './read-others.ts';
import { createReferences, type Named } from './references.ts';
import { findRelationFaults } from './relations.ts';
import type { OriginRule } from './settings.ts';
import type { Content, ReadDocument } from './site-at.ts';
import { partKey } from './thread-parts.ts';
import { findClashes, findCopyClashes, type IsKnown, settleNames } from './uniqueness.ts';

export interface ReadContentOptions {
  readonly contentFolder: string;
  readonly dataFolder: string;
  readonly origin: OriginRule;
  /** Public keys as the actor document shows them. */
  readonly keys: Site['keys'];
  /** Public halves of the owner's keys, for the rules. */
  readonly ownerKeys?: OwnerKeys | undefined;
  /** Keeps what has not changed from one call to the next: for watch mode. */
  readonly cache?: SiteCache;
  /** The Markdown file of each object that the network knows, by id: see `settleNames`. */
  readonly live?: KnownIds['live'];
}

/** What one call leaves for the next. Make it with `createSiteCache` and pass the same one again. */
export interface SiteCache {
  readonly documents: Map<string, CachedDocument>;
  markdown?: Markdown;
  pictures?: Promise<PictureReader>;
}

interface CachedDocument extends ReadDocument {
  readonly stamp: string;
  readonly defaults: string;
  head?: DocumentHead;
  renamed?: Fault;
  body?: BodyResult;
  /** The head's key when the body was rendered. */
  bodyKey?: string;
}

export function createSiteCache(): SiteCache {
  return { documents: new Map() };
}

// Pictures are measured side by side, and a document waits for its own with all its tokens in memory.
const WAITING = 64;

/**
 * Reads the content folder: drafts left out, what is dated ahead included, the same for the same files. Everything that is
 * wrong with any file comes at once, as one `PosternError('content-faults')` with `facts.faults`.
 */
export async function readContent(options: ReadContentOptions): Promise<Content> {
  const cache = options.cache ?? createSiteCache();
  const listing = listContent(options.contentFolder);
  const profileHead = readProfileHead(options.contentFolder, options.origin);
  const defaults = defaultsOf(profileHead.fields);
  const documents = readDocuments(listing.documents, defaults, cache, options.cache !== undefined);
  nameDocuments(documents, knownIn(options, profileHead.fields?.origin));
  const others = readOthers(options.contentFolder, options.origin, profileHead.fields);
  const tools = makeTools(options, cache, documents, {
    people: others.people,
    missingPictures: profileHead.fields?.missingPictures ?? 'refuse',
  });
  const profile = profileHead.fields && (await finishProfile(profileHead, profileHead.fields, options.origin, tools));
  await renderBodies(documents, tools);
  const heads = documents.flatMap(({ head }) => head ?? []);
  const find = createTargets(heads, others.own.origins, tools.references);
  const files = [...(profile?.files ?? []), ...documents.flatMap(({ body }) => body?.files ?? [])];
  const faults = [
    ...listing.faults,
    ...profileHead.faults,
    ...(profile?.faults ?? []),
    ...others.faults,
    ...documents.flatMap(faultsOf),
    ...faultsBetween(documents, find),
    ...findCopyClashes([...new Set([...listing.media, ...files])]),
  ];
  await (await cache.pictures)?.save();
  if (faults.length > 0 || !profile || !profileHead.rules) throw contentFaults(faults, options.contentFolder);
  return {
    contentFolder: options.contentFolder,
    keys: options.keys,
    rules: { version: 1, ...profileHead.rules, blocks: others.blocks.blocks, repliedTo: [], ...options.ownerKeys },
    ruleWarnings: others.blocks.warnings,
    silenced: silencedBy(profileHead),
    profile,
    documents,
    find,
    remote: others.remote,
    following: others.following,
    media: listing.media,
    teaserDefault: defaults.teaser,
    originFrom: originFrom(options.origin, profileHead.fields?.origin),
  };
}

/** What only shows between files. */
function faultsBetween(documents: readonly CachedDocument[], find: FindTarget): Fault[] {
  const sound = documents.flatMap(({ result, head }) => (result.sound && head) || []);
  return [...findClashes(sound), ...findRelationFaults(sound, find)];
}

/** A rule that lets nobody through as long as no post names anybody, though it does not say so. */
function silencedBy({ rules, lineOf }: ProfileHead): Fault[] {
  if (rules?.replies.from !== 'people-i-replied-to') return [];
  const message = 'replies.from: no post mentions or answers anybody yet, so nobody may reply';
  return [{ file: 'profile.md', line: lineOf('replies', 'from'), message }];
}

function originFrom({ override }: OriginRule, written: string | undefined): Content['originFrom'] {
  if (override !== undefined) return 'environment';
  return written === undefined ? 'local' : 'profile';
}

function defaultsOf(fields: Partial<DocumentDefaults> | undefined): DocumentDefaults {
  return {
    language: fields?.language ?? 'en',
    otherKeys: fields?.otherKeys ?? 'refuse',
    permalinks: fields?.permalinks,
    timezone: fields?.timezone,
    teaser: fields?.teaser ?? false,
  };
}

function readDocuments(
  files: ReturnType<typeof listContent>['documents'],
  defaults: DocumentDefaults,
  cache: SiteCache,
  keep: boolean,
): CachedDocument[] {
  const settings = JSON.stringify(defaults);
  const present = new Set(files.map(({ source }) => source));
  for (const source of cache.documents.keys()) if (!present.has(source)) cache.documents.delete(source);
  return files.map((file) => {
    const stamp = keep ? stampOf(file.file) : '';
    const known = cache.documents.get(file.source);
    if (known && known.stamp === stamp && known.defaults === settings) return known;
    const read: CachedDocument = {
      stamp,
      defaults: settings,
      result: readHead(file, readFileSync(file.file, 'utf8'), defaults),
    };
    if (keep) cache.documents.set(file.source, read);
    return read;
  });
}

function originIn({ origin }: ReadContentOptions, written: string | undefined): string {
  return origin.override ?? written ?? origin.fallback;
}

function knownIn(options: ReadContentOptions, written: string | undefined): IsKnown {
  const { live } = options;
  const ours = originIn(options, written);
  return ({ file }, key) => live?.get(objectId(ours, file.kind === 'note' ? 'notes' : 'posts', key)) === file.source;
}

/** What a neighbour changes is found again at every call. */
function nameDocuments(documents: readonly CachedDocument[], isKnown: IsKnown): void {
  const renamed = settleNames(
    documents.flatMap(({ result }) => (result.sound && result.head) || []),
    isKnown,
  );
  for (const document of documents) {
    const { head } = document.result;
    if (!head) continue;
    const other = renamed.get(head.file.source);
    document.head = other?.head ?? head;
    if (other) document.renamed = other.warning;
    else delete document.renamed;
  }
}

function makeTools(
  options: ReadContentOptions,
  cache: SiteCache,
  documents: readonly CachedDocument[],
  more: Pick<BodyTools, 'missingPictures' | 'people'>,
): BodyTools {
  cache.markdown ??= createMarkdown();
  return {
    ...more,
    contentFolder: options.contentFolder,
    markdown: cache.markdown,
    references: createReferences(options.contentFolder, documents.flatMap(namedOf)),
    pictures: () => {
      cache.pictures ??= openPictures(options.dataFolder);
      return cache.pictures;
    },
  };
}

function namedOf({ result, head }: CachedDocument): Named[] {
  if (!head) return [];
  const { file, path, day } = head;
  return [{ source: file.source, path, slug: result.head?.slug ?? head.slug, ...(day === undefined ? {} : { day }) }];
}

async function renderBodies(documents: readonly CachedDocument[], tools: BodyTools): Promise<void> {
  let waiting: Promise<void>[] = [];
  for (const document of documents) {
    const { head } = document;
    if (!head || (document.body && document.bodyKey === head.key && stillStands(document.body, head, tools))) continue;
    document.bodyKey = head.key;
    const body = renderAll(head, tools);
    if (!(body instanceof Promise)) {
      document.body = body;
      continue;
    }
    waiting.push(
      body.then((done) => {
        document.body = done;
      }),
    );
    if (waiting.length < WAITING) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
}

function renderAll(head: DocumentHead, tools: BodyTools): BodyResult | Promise<BodyResult> {
  const input = bodyInput(head);
  if (!head.parts) return renderBody(input, tools);
  const { image, ...rest } = input;
  const parts = head.parts.map(({ body, line }, index) => {
    const name = partKey(head.key, index + 1);
    const first = index === 0 && image ? { image } : {};
    return renderBody({ ...rest, ...first, body, bodyLine: head.bodyLine + line - 1, name }, tools);
  });
  return Promise.all(parts).then(joinParts);
}

function bodyInput(head: DocumentHead): BodyInput {
  const { image, imageAlt } = head.fields;
  return {
    source: head.file.source,
    body: head.body,
    bodyLine: head.bodyLine,
    name: head.key,
    hashtags: head.file.kind !== 'page',
    ...(image === undefined
      ? {}
      : { image: { src: image.src, alt: image.alt ?? imageAlt ?? '', line: () => head.lineOf('image') } }),
  };
}

function stillStands(body: BodyResult, head: DocumentHead, tools: BodyTools): boolean {
  if (body.faults.length > 0 || body.warnings.length > 0) return false;
  const sameLinks = body.rests.links.every(([href, to]) => {
    const place = tools.references.link(head.file.source, href);
    return 'href' in place && place.href === to;
  });
  const samePeople = body.rests.people.every(([written, person]) => {
    const handle = readHandle(written);
    return handle !== undefined && JSON.stringify(tools.people(handle) ?? null) === person;
  });
  return (
    samePeople &&
    sameLinks &&
    body.rests.pictures.every(([path, stamp]) => stampOf(join(tools.contentFolder, path)) === stamp)
  );
}

function faultsOf({ result, body }: CachedDocument): Fault[] {
  return [...result.faults, ...(body?.faults ?? [])];
}
