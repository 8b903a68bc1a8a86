import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BodyInput, type BodyResult, type BodyTools, renderBody } from './body.ts';
import { listContent, stampOf } from './content-files.ts';
import { type DocumentDefaults, type DocumentHead, type DocumentResult, readHead } from './document.ts';
import { byPlace, compare, contentFaults } from './fault-report.ts';
import { createMarkdown, type Markdown } from './markdown.ts';
import type { Fault, FileCopy, Page, Post, Site } from './model.ts';
import { openPictures, type PictureReader } from './pictures.ts';
import { toPage, toPost } from './posts.ts';
import { finishProfile, type ProfileResult, readProfileHead } from './profile.ts';
import { createReferences, mediaFile, type Named } from './references.ts';
import type { OriginRule } from './settings.ts';
import { findClashes, findCopyClashes, keepRedirects, settleNames } from './uniqueness.ts';

export interface ReadSiteOptions {
  readonly contentFolder: string;
  readonly dataFolder: string;
  readonly origin: OriginRule;
  /** Public keys as the actor document shows them. */
  readonly keys: Site['keys'];
  /** Keeps what has not changed from one call to the next: for watch mode. */
  readonly cache?: SiteCache;
}

export interface SiteReading {
  readonly site: Site;
  /** Files that the site needs beside its pages, in the order of their places. */
  readonly copies: readonly FileCopy[];
  /** What the owner may want to know; nothing here stops a build. */
  readonly warnings: readonly Fault[];
  /** Where the origin came from: only the first two may federate. */
  readonly originFrom: 'environment' | 'profile' | 'local';
}

/** What one call leaves for the next. Make it with `createSiteCache` and pass the same one again. */
export interface SiteCache {
  readonly documents: Map<string, CachedDocument>;
  markdown?: Markdown;
  pictures?: Promise<PictureReader>;
}

interface CachedDocument {
  readonly stamp: string;
  readonly defaults: string;
  readonly result: DocumentResult;
  /** The result's, under the name that its neighbours leave it. */
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
 * Reads the content folder into a `Site`: posts newest first, drafts left out, the same bytes for the same files.
 * Everything that is wrong with any file comes at once, as one `PosternError('content-faults')` with `facts.faults`.
 */
export async function readSite(options: ReadSiteOptions): Promise<SiteReading> {
  const cache = options.cache ?? createSiteCache();
  const listing = listContent(options.contentFolder);
  const profileHead = readProfileHead(options.contentFolder, options.origin);
  const defaults = defaultsOf(profileHead.fields);
  const documents = readDocuments(listing.documents, defaults, cache, options.cache !== undefined);
  nameDocuments(documents);
  const tools = makeTools(options, cache, documents, profileHead.fields?.missingPictures ?? 'refuse');
  const profile = profileHead.fields && (await finishProfile(profileHead, profileHead.fields, options.origin, tools));
  await renderBodies(documents, tools);
  const files = new Set([
    ...listing.media,
    ...(profile?.files ?? []),
    ...documents.flatMap(({ body }) => body?.files ?? []),
  ]);
  const clashes = [
    ...findClashes(documents.flatMap(({ result, head }) => (result.sound && head) || [])),
    ...findCopyClashes([...files]),
  ];
  const faults = [
    ...listing.faults,
    ...profileHead.faults,
    ...(profile?.faults ?? []),
    ...documents.flatMap(faultsOf),
    ...clashes,
  ];
  await (await cache.pictures)?.save();
  if (faults.length > 0 || !profile) throw contentFaults(faults, options.contentFolder);
  return assemble(options, {
    profile,
    documents,
    files,
    defaults,
    hasOrigin: profileHead.fields?.origin !== undefined,
  });
}

function defaultsOf(fields: Partial<DocumentDefaults> | undefined): DocumentDefaults {
  return {
    language: fields?.language ?? 'en',
    otherKeys: fields?.otherKeys ?? 'refuse',
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

/** What a neighbour changes is found again at every call. */
function nameDocuments(documents: readonly CachedDocument[]): void {
  const renamed = settleNames(documents.flatMap(({ result }) => (result.sound && result.head) || []));
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
  options: ReadSiteOptions,
  cache: SiteCache,
  documents: readonly CachedDocument[],
  missingPictures: BodyTools['missingPictures'],
): BodyTools {
  cache.markdown ??= createMarkdown();
  return {
    contentFolder: options.contentFolder,
    missingPictures,
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
    const body = renderBody(bodyInput(head), tools);
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
  return sameLinks && body.rests.pictures.every(([path, stamp]) => stampOf(join(tools.contentFolder, path)) === stamp);
}

function faultsOf({ result, body }: CachedDocument): Fault[] {
  return [...result.faults, ...(body?.faults ?? [])];
}

interface Parts {
  readonly profile: ProfileResult;
  readonly documents: readonly CachedDocument[];
  readonly files: ReadonlySet<string>;
  readonly defaults: DocumentDefaults;
  readonly hasOrigin: boolean;
}

function assemble(options: ReadSiteOptions, { profile, documents, files, defaults, hasOrigin }: Parts): SiteReading {
  const posts: Post[] = [];
  const pages: Page[] = [];
  const warnings = [...profile.warnings];
  const kept = keepRedirects(documents.flatMap(({ head }) => head ?? []));
  for (const { result, head: named, renamed, body } of documents) {
    warnings.push(...result.warnings, ...(renamed ? [renamed] : []));
    if (!named || !body) continue;
    const head = { ...named, redirects: kept.get(named.file.source) ?? [] };
    warnings.push(...body.warnings);
    if (head.file.kind === 'page') pages.push(toPage(head, body));
    else posts.push(toPost(head, body, defaults.teaser));
  }
  posts.sort((a, b) => compare(b.published, a.published) || compare(a.key, b.key) || compare(a.kind, b.kind));
  pages.sort((a, b) => compare(a.path, b.path));
  const copies = [...files]
    .map((path) => ({ from: join(options.contentFolder, path), to: mediaFile(path) }))
    .sort((a, b) => compare(a.to, b.to));
  return {
    site: { profile: profile.profile, posts, waiting: [], pages, keys: options.keys },
    copies,
    warnings: warnings.sort(byPlace),
    originFrom: options.origin.override !== undefined ? 'environment' : hasOrigin ? 'profile' : 'local',
  };
}
