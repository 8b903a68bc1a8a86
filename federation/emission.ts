import { buildActor, type ProfileFacts, type PublicKeys } from './actor.ts';
import { type Addresses, addressesOf } from './addresses.ts';
import { canonicalJson } from './canonical-json.ts';
import { buildFeatured, buildPagedCollection, outboxPage, PAGE_SIZE } from './collections.ts';
import { contextOf, type Term } from './contexts.ts';
import { deedsOfFollowing, deedsOfPosts, isDeedAlone } from './deed-entries.ts';
import type { InteractionCounts } from './interaction.ts';
import type { Manifest, ManifestObject, PublishPolicy } from './manifest.ts';
import { digestContent } from './manifest-content.ts';
import { emitManifest, newestFirst } from './manifest-parts.ts';
import { buildNodeinfo, buildNodeinfoLinks, NODEINFO_PATH } from './nodeinfo.ts';
import {
  type EmissionDeps,
  type EmittedFile,
  type EmittedPost,
  emitPost,
  type RenderedPost,
} from './object-emission.ts';
import { OWN_REPLIES_PATH, type OwnReplies, ownAuthor } from './own-replies.ts';
import { answeredBy, postId, quoteTerms } from './post-object.ts';
import type { Followed } from './reference.ts';
import { primaryLanguage, RULES_PATH, type Rules } from './rules.ts';
import { utf8Length } from './size-limit.ts';
import type { Json, JsonObject } from './vocabulary.ts';

/** What federation needs of a site; `Site` of the build has this shape. */
export interface SiteFacts {
  readonly profile: ProfileFacts & {
    readonly origin: string;
    readonly showFollowers: boolean;
    readonly policy: PublishPolicy;
  };
  /** Newest first. */
  readonly posts: readonly RenderedPost[];
  /** Dated ahead: in no file, and yet in what the manifest's `content` stands for. */
  readonly waiting: readonly RenderedPost[];
  /** Whom the owner follows. */
  readonly following?: readonly Followed[];
  readonly keys: PublicKeys;
  /** Whom the posts mention is added. */
  readonly rules: Rules;
}

export interface EmissionOptions {
  /** The software's version, for NodeInfo. */
  readonly version: string;
  /** Where the build came from. */
  readonly source?: NonNullable<Manifest['source']>;
  /** True for a look at what comes later: its `content` is nobody's, so that nothing which was approved is sent of it. */
  readonly preview?: boolean;
  /** What is shown of others' answers, by the id of the post; a post that is not in it says nothing of them. */
  readonly counts?: ReadonlyMap<string, InteractionCounts>;
}

/** Bytes of an outbox page that Mastodon and Lemmy still read, with room to spare: they stop at 1 MB. */
const PAGE_BYTES = 900_000;

/**
 * Makes every JSON file of a build: actor, objects, outbox with pages, featured, manifest, NodeInfo, and two that have no
 * address: the rules, and which posts answer what. One after the other, so that a blog of any size is never in memory as JSON. The same input gives the
 * same bytes. Posts with `federate: false` are left out; unlisted ones stand in the outbox, as on Mastodon, for they are
 * public but quiet. What is a like or a boost alone stands in the manifest and nowhere else, as does whom the owner follows.
 * Takes a checked site; never fails. (FEDERATION, Ids and URLs)
 */
export function* emitFederation(deps: EmissionDeps, site: SiteFacts, options: EmissionOptions): Generator<EmittedFile> {
  const { profile, rules } = site;
  const addresses = addressesOf(profile.origin);
  const told: ToldPost[] = [];
  const replies: OwnReplies['replies'][number][] = [];
  const outbox = openOutbox(addresses, rules);
  const emit = (post: RenderedPost): EmittedPost => {
    const counts = options.counts?.get(postId(post, addresses));
    return emitPost(deps, addresses, post, { quotes: rules.quotes, counts });
  };
  for (const post of objectsOf(site.posts)) {
    const { file: document, create, entry, pinned, mentions, terms } = emit(post);
    told.push({ entry, pinned, isAnswer: post.inReplyTo !== undefined, mentions });
    const answered = answeredBy(post);
    if (answered !== undefined) replies.push([entry.id, answered]);
    yield document;
    const page = outbox.add(create, terms);
    if (page) yield page;
  }
  yield* outbox.end(told.length);
  const bioHtml = deps.peerHtml(profile.bioHtml, `${addresses.origin}/`);
  const actor = buildActor({ ...profile, bioHtml }, addresses, site.keys, rules);
  const featured = told.map(({ entry, ...rest }) => ({ id: entry.id, visibility: entry.visibility, ...rest }));
  yield file('/ap/actor.json', actor);
  yield file('/ap/featured.json', buildFeatured(addresses, featured));
  // Their texts are not kept: there may be many.
  const waiting = objectsOf(site.waiting).map((post): Pick<EmittedPost, 'entry' | 'mentions'> => {
    const { entry, mentions } = emit(post);
    return { entry, mentions };
  });
  const objects = told.map(({ entry }) => entry);
  const ahead = waiting.map(({ entry }) => entry);
  yield* emitManifest(deps, manifestOf(deps, site, { actor, objects, waiting: ahead }, options));
  // With those that are dated ahead, so that the rules are the same in every layer.
  yield emitRules(withFollowed(rules, site.following ?? []), [...told, ...waiting]);
  const own: OwnReplies = { version: 1, author: ownAuthor(profile, addresses), replies: replies.reverse() };
  yield { path: OWN_REPLIES_PATH, json: JSON.stringify(own) };
  yield file('/.well-known/nodeinfo', buildNodeinfoLinks(addresses.origin));
  yield file(NODEINFO_PATH, buildNodeinfo({ ...profile, version: options.version, posts: told.length }));
}

/** What is kept of a post after its object is written. */
type ToldPost = Pick<EmittedPost, 'entry' | 'pinned' | 'mentions'> & { readonly isAnswer: boolean };

function objectsOf(posts: readonly RenderedPost[]): RenderedPost[] {
  return posts.filter((post) => post.federate && !isDeedAlone(post));
}

/** What the owner wants to read of each whom the blog follows stands with them, not with the rules. */
function withFollowed(rules: Rules, following: readonly Followed[]): Rules {
  const { reading } = rules;
  if (reading === undefined) return rules;
  const known = following.flatMap(({ actor, showBoosts, languages }) =>
    actor === undefined ? [] : [{ id: actor.id, showBoosts, languages }],
  );
  const withoutBoosts = known.filter(({ showBoosts }) => !showBoosts).map(({ id }) => id);
  const chosen = known.filter(({ languages }) => languages.length > 0);
  const languages = Object.fromEntries(chosen.map(({ id, languages: tags }) => [id, tags.map(primaryLanguage)]));
  const more = {
    ...(withoutBoosts.length > 0 ? { withoutBoosts: withoutBoosts.sort() } : {}),
    ...(chosen.length > 0 ? { languages } : {}),
  };
  return { ...rules, reading: { ...reading, ...more } };
}

function emitRules(rules: Rules, posts: readonly Pick<EmittedPost, 'mentions'>[]): EmittedFile {
  const repliedTo = [...new Set([...rules.repliedTo, ...posts.flatMap(({ mentions }) => mentions)])].sort();
  return { path: RULES_PATH, json: JSON.stringify({ ...rules, repliedTo } satisfies Rules) };
}

interface Outbox {
  /** Takes the next Create and its terms; gives the page before, when this one begins another. */
  add(create: string, terms: readonly Term[]): EmittedFile | undefined;
  /** Gives the last page and the collection. */
  end(total: number): EmittedFile[];
}

/** Pages are joined from the texts of the Creates: nothing is written twice. Long posts make a page shorter. */
function openOutbox(addresses: Addresses, rules: Rules): Outbox {
  const always: readonly Term[] = ['sensitive', 'Hashtag', 'blurhash', ...quoteTerms(rules.quotes)];
  const contextWith = (): Json => contextOf([...always, ...RARE.filter((term) => needed.has(term))]);
  const needed = new Set<Term>();
  let page: string[] = [];
  let bytes = 0;
  let number = 1;
  return {
    add(create, terms) {
      // Three bytes to a UTF-16 unit at most: only texts that are long for a page of twenty are measured.
      const most = create.length * 3 * PAGE_SIZE <= PAGE_BYTES ? create.length * 3 : utf8Length(create);
      const isFull = page.length === PAGE_SIZE || (page.length > 0 && bytes + most > PAGE_BYTES);
      const done = isFull ? emitPage(addresses, contextWith(), { creates: page, number, hasNext: true }) : undefined;
      if (isFull) {
        needed.clear();
        page = [];
        bytes = 0;
        number += 1;
      }
      page.push(create);
      for (const term of terms) needed.add(term);
      bytes += most;
      return done;
    },
    end(total) {
      const first = outboxPage(addresses, 1);
      const head = buildPagedCollection({ id: addresses.outbox, total, first, last: outboxPage(addresses, number) });
      return [
        emitPage(addresses, contextWith(), { creates: page, number, hasNext: false }),
        file('/ap/outbox.json', head),
      ];
    },
  };
}

/** What only some posts need, in the order in which a context has it. */
const RARE: readonly Term[] = ['votersCount', 'quote'];

function emitPage(
  addresses: Addresses,
  context: Json,
  { creates, number, hasNext }: { creates: readonly string[]; number: number; hasNext: boolean },
): EmittedFile {
  const page = {
    '@context': context,
    id: outboxPage(addresses, number),
    type: 'OrderedCollectionPage',
    partOf: addresses.outbox,
    ...(number > 1 ? { prev: outboxPage(addresses, number - 1) } : {}),
    ...(hasNext ? { next: outboxPage(addresses, number + 1) } : {}),
  };
  const json = `${JSON.stringify(page).slice(0, -1)},"orderedItems":[${creates.join(',')}]}`;
  return { path: `/ap/outbox/${number}.json`, json };
}

interface ManifestParts {
  readonly actor: JsonObject;
  readonly objects: readonly ManifestObject[];
  readonly waiting: readonly ManifestObject[];
}

function manifestOf(deps: EmissionDeps, site: SiteFacts, parts: ManifestParts, options: EmissionOptions): Manifest {
  const { profile } = site;
  const { policy } = profile;
  const now = deedsIn(deps, site, site.posts);
  const objects = now.length === 0 ? parts.objects : [...parts.objects, ...now].sort(newestFirst);
  // Of one thing that two files like the older one counts, so that it is the same before the other comes out and after.
  const sooner = deedsIn(deps, site, [...site.waiting, ...site.posts]);
  const actor = {
    id: String(parts.actor.id),
    username: profile.username,
    digest: deps.sha256(canonicalJson(actorMeaning(site, parts.actor))),
    keyDigest: digestKeys(deps, site.keys),
    showFollowers: profile.showFollowers,
    ...(profile.formerUsernames?.length ? { formerUsernames: profile.formerUsernames } : {}),
    ...(profile.movedTo === undefined ? {} : { movedTo: profile.movedTo }),
  };
  const content = { actor: actor.digest, policy, objects: [...parts.objects, ...parts.waiting, ...sooner] };
  return {
    version: 1,
    origin: profile.origin,
    ...(options.source === undefined ? {} : { source: options.source }),
    content: digestContent(deps, content, { preview: options.preview ?? false }),
    policy,
    actor,
    objects,
  };
}

/** Gives the `keyDigest` of manifest and ledger: hex, equal for the same public halves alone. Never fails. */
export function digestKeys({ sha256 }: Pick<EmissionDeps, 'sha256'>, keys: PublicKeys): string {
  return sha256(canonicalJson([keys.publicKeyPem, keys.publicKeyMultibase]));
}

/** Of posts newest first. */
function deedsIn(deps: EmissionDeps, site: SiteFacts, posts: readonly RenderedPost[]): ManifestObject[] {
  const addresses = addressesOf(site.profile.origin);
  const federating = posts.filter((post) => post.federate);
  return [...deedsOfPosts(deps, addresses, federating), ...deedsOfFollowing(deps, addresses, site.following ?? [])];
}

/** A new portrait under the same address is a changed actor, though its document is the same. */
function actorMeaning(site: SiteFacts, actor: JsonObject): Json {
  return [actor, site.profile.avatar?.digest ?? null, site.profile.header?.digest ?? null];
}

function file(path: string, document: JsonObject): EmittedFile {
  return { path, json: JSON.stringify(document) };
}
