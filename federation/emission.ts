import { buildActor, type ProfileFacts, type PublicKeys } from './actor.ts';
import { type Addresses, addressesOf } from './addresses.ts';
import { canonicalJson } from './canonical-json.ts';
import { buildFeatured, buildPagedCollection, outboxPage, PAGE_SIZE } from './collections.ts';
import { contextOf } from './contexts.ts';
import type { Manifest } from './manifest.ts';
import { buildNodeinfo, buildNodeinfoLinks, NODEINFO_PATH } from './nodeinfo.ts';
import {
  type EmissionDeps,
  type EmittedFile,
  type EmittedPost,
  emitPost,
  type RenderedPost,
} from './object-emission.ts';
import type { PostContext } from './post-object.ts';
import { utf8Length } from './size-limit.ts';
import type { Json, JsonObject } from './vocabulary.ts';

/** What federation needs of a site; `Site` of the build has this shape. */
export interface SiteFacts {
  readonly profile: ProfileFacts & {
    readonly origin: string;
    readonly showFollowers: boolean;
    readonly quotes: 'anyone' | 'nobody';
  };
  /** Newest first. */
  readonly posts: readonly RenderedPost[];
  readonly keys: PublicKeys;
}

export interface EmissionOptions {
  /** The software's version, for NodeInfo. */
  readonly version: string;
  /** Where the build came from. */
  readonly source?: NonNullable<Manifest['source']>;
}

/** Bytes of an outbox page that Mastodon and Lemmy still read, with room to spare: they stop at 1 MB. */
const PAGE_BYTES = 900_000;

/**
 * Makes every JSON file of a build: actor, objects, outbox with pages, featured, manifest, NodeInfo. The same input gives
 * the same bytes. Posts with `federate: false` are left out; unlisted ones stand in the outbox, as on Mastodon, for they
 * are public but quiet. Takes a checked site; never fails. (DESIGN, URLs)
 */
export function emitFederation(deps: EmissionDeps, site: SiteFacts, options: EmissionOptions): EmittedFile[] {
  const context = postContextOf(site);
  const posts = site.posts.filter((post) => post.federate).map((post) => emitPost(deps, context, post));
  return [...posts.map((post) => post.file), ...emitSiteFiles(deps, site, posts, options)];
}

/** Gives what {@link emitPost} needs, for builds that emit single posts. */
export function postContextOf(site: Pick<SiteFacts, 'profile'>): PostContext {
  return { addresses: addressesOf(site.profile.origin), quotes: site.profile.quotes };
}

/**
 * Makes the files that speak of all posts together, from posts that were emitted before: an incremental build emits the
 * changed post and then calls this. Takes posts newest first, only those that federate; never fails.
 */
export function emitSiteFiles(
  deps: EmissionDeps,
  site: SiteFacts,
  posts: readonly EmittedPost[],
  options: EmissionOptions,
): EmittedFile[] {
  const { profile } = site;
  const addresses = addressesOf(profile.origin);
  const bioHtml = deps.peerHtml(profile.bioHtml, `${addresses.origin}/`);
  const actor = buildActor({ ...profile, bioHtml }, addresses, site.keys);
  const featured = posts.map((post) => ({ id: post.entry.id, pinned: post.pinned, visibility: post.entry.visibility }));
  return [
    file('/ap/actor.json', actor),
    ...emitOutbox(addresses, posts),
    file('/ap/featured.json', buildFeatured(addresses, featured)),
    { path: '/ap/manifest.json', json: JSON.stringify(manifestOf(deps, site, actor, posts, options)) },
    file('/.well-known/nodeinfo', buildNodeinfoLinks(addresses.origin)),
    file(NODEINFO_PATH, buildNodeinfo({ ...profile, version: options.version, posts: posts.length })),
  ];
}

/** Pages are joined from the texts of the Creates: nothing is written twice. */
function emitOutbox(addresses: Addresses, posts: readonly EmittedPost[]): EmittedFile[] {
  const pages = paginate(posts.map((post) => post.create));
  const head = buildPagedCollection({
    id: addresses.outbox,
    total: posts.length,
    first: outboxPage(addresses, 1),
    last: outboxPage(addresses, pages.length),
  });
  return [
    file('/ap/outbox.json', head),
    ...pages.map((creates, index) => emitPage(addresses, creates, index + 1, pages.length)),
  ];
}

function emitPage(addresses: Addresses, creates: readonly string[], number: number, last: number): EmittedFile {
  const page = {
    '@context': contextOf(['sensitive', 'Hashtag', 'blurhash', 'interactionPolicy']),
    id: outboxPage(addresses, number),
    type: 'OrderedCollectionPage',
    partOf: addresses.outbox,
    ...(number > 1 ? { prev: outboxPage(addresses, number - 1) } : {}),
    ...(number < last ? { next: outboxPage(addresses, number + 1) } : {}),
  };
  const json = `${JSON.stringify(page).slice(0, -1)},"orderedItems":[${creates.join(',')}]}`;
  return { path: `/ap/outbox/${number}.json`, json };
}

/** At least one page, so that `first` never leads nowhere; long posts make a page shorter. */
function paginate(creates: readonly string[]): string[][] {
  let page: string[] = [];
  let bytes = 0;
  const pages = [page];
  for (const create of creates) {
    // Three bytes to a UTF-16 unit at most: only texts that are long for a page of twenty are measured.
    const most = create.length * 3 * PAGE_SIZE <= PAGE_BYTES ? create.length * 3 : utf8Length(create);
    if (page.length === PAGE_SIZE || bytes + most > PAGE_BYTES) {
      page = [];
      bytes = 0;
      pages.push(page);
    }
    page.push(create);
    bytes += most;
  }
  return pages;
}

function manifestOf(
  deps: EmissionDeps,
  site: SiteFacts,
  actor: JsonObject,
  posts: readonly EmittedPost[],
  options: EmissionOptions,
): Manifest {
  const { profile } = site;
  return {
    version: 1,
    origin: profile.origin,
    ...(options.source === undefined ? {} : { source: options.source }),
    actor: {
      id: String(actor.id),
      username: profile.username,
      digest: deps.sha256(canonicalJson(actorMeaning(site, actor))),
      showFollowers: profile.showFollowers,
    },
    objects: posts.map((post) => post.entry),
  };
}

/** A new portrait under the same address is a changed actor, though its document is the same. */
function actorMeaning(site: SiteFacts, actor: JsonObject): Json {
  return [actor, site.profile.avatar?.digest ?? null, site.profile.header?.digest ?? null];
}

function file(path: string, document: JsonObject): EmittedFile {
  return { path, json: JSON.stringify(document) };
}
