import { createEnvelope } from './activities.ts';
import { addressedBy, addresseeOf, unresolvedIn } from './addressed.ts';
import type { Addresses } from './addresses.ts';
import { buildArticle } from './article.ts';
import { canonicalJson } from './canonical-json.ts';
import { splitContext, type Term } from './contexts.ts';
import { shortenText, textOfHtml } from './html-text.ts';
import type { ManifestObject } from './manifest.ts';
import { digestMeaning, type MeaningDigests } from './meaning.ts';
import { buildNote } from './note.ts';
import { pictureUrl } from './picture.ts';
import { askTerms, type ObjectOptions, type PeerContent, type PostFacts, postType, postUrl } from './post-object.ts';
import type { Poll } from './reference.ts';
import { DOCUMENT_LIMIT, EMBEDDED_LIMIT, limitDocument, limitObject } from './size-limit.ts';
import { isJsonObject, type Json, type JsonObject } from './vocabulary.ts';

/** One file of the build: its path on the site, decoded, and its JSON text. */
export interface EmittedFile {
  readonly path: string;
  readonly json: string;
}

/** A post with its rendered body; `Post` of the build has this shape. */
export interface RenderedPost extends PostFacts {
  readonly html: string;
  /** `silent` and `update`: how what is new of it is told; see `ManifestObject`. */
  readonly federate: boolean | 'silent' | 'update';
  /** The deleted id that it had before its key was a new one. */
  readonly restores?: string;
}

export interface EmissionDeps {
  /** Hex SHA-256 of a text's UTF-8. */
  readonly sha256: (text: string) => string;
  /** HTML of a page → HTML that is fit for peers; links are resolved against `base`, the page's URL. */
  readonly peerHtml: (html: string, base: string) => string;
}

/** All that a build says about one post. */
export interface EmittedPost {
  /** The object document. */
  readonly file: EmittedFile;
  /** The Create as it stands in the outbox: JSON text without `@context`. */
  readonly create: string;
  readonly entry: ManifestObject;
  readonly pinned: boolean;
  /** The actors that it mentions. */
  readonly mentions: readonly string[];
  /** What the Create needs in the context beside what all need. */
  readonly terms: readonly Term[];
}

/** Title, or the beginning of a note: how long it may be in the plan. */
export const TITLE_LIMIT = 60;

/**
 * Makes the object document, the Create of the outbox and the manifest entry of one post; the object's JSON is written
 * once and its text hashed once. Takes a checked post; never fails. (CONTRIBUTING, Paths, Build)
 */
export function emitPost(
  deps: EmissionDeps,
  addresses: Addresses,
  post: RenderedPost,
  options: ObjectOptions = {},
): EmittedPost {
  const content = peerContent(deps, addresses, post);
  const build = post.kind === 'article' ? buildArticle : buildNote;
  const document = build(post, addresses, content, options);
  const digests = digestMeaning(deps, document, { files: fileDigests(post, addresses.origin) });

  const { context, rest } = splitContext(document);
  const whole = limitDocument(rest, { maxBytes: DOCUMENT_LIMIT });
  const embedded = limitObject(rest, { maxBytes: EMBEDDED_LIMIT, json: whole.json });
  const envelope = createEnvelope(deps, addresses, { document, digest: digests.digest });
  return {
    file: { path: pathOf(post), json: joinContext(context, whole.json) },
    create: `${JSON.stringify(envelope).slice(0, -1)},"object":${embedded.json}}`,
    entry: entryOf(deps, addresses, { post, document, digests }),
    pinned: post.pinned,
    mentions: mentionsOf(document),
    terms: askTerms(post),
  };
}

/** The page of a translation is the place that its links are relative to. */
function peerContent(deps: EmissionDeps, addresses: Addresses, post: RenderedPost): PeerContent {
  const html = deps.peerHtml(post.html, postUrl(post, addresses));
  if (post.translations === undefined) return { html };
  const translations = post.translations.map(({ language, html: text, path }): [string, string] => [
    language,
    deps.peerHtml(text, new URL(path, addresses.origin).href),
  ]);
  return { html, translations: new Map(translations) };
}

/** The actors of the Mention tags (Activity Vocabulary §3.1). */
function mentionsOf({ tag }: JsonObject): string[] {
  const tags = Array.isArray(tag) ? tag : [];
  return tags.flatMap((each) =>
    isJsonObject(each) && each.type === 'Mention' && typeof each.href === 'string' ? [each.href] : [],
  );
}

/** Decoded, as a file's name is: `encodeURIComponent` stands in the id only. */
function pathOf(post: PostFacts): string {
  return `/ap/${post.kind === 'article' ? 'posts' : 'notes'}/${post.key}.json`;
}

/** Puts the context in front of an object's JSON text without writing the object again. */
function joinContext(context: Json, json: string): string {
  return `{"@context":${JSON.stringify(context)},${json.slice(1)}`;
}

function fileDigests(post: PostFacts, origin: string): ReadonlyMap<string, string> {
  const pictures = post.image === undefined ? post.pictures : [...post.pictures, post.image];
  return new Map(pictures.map((picture) => [pictureUrl(picture, origin), picture.digest]));
}

/** Gives what a post is called where its owner reads of it: its title, or the beginning of a note. Never fails. */
export function shownTitle({ title, html }: { readonly title?: string; readonly html: string }): string {
  return title ?? shortenText(textOfHtml(html.slice(0, 2000)), TITLE_LIMIT);
}

function entryOf(
  deps: EmissionDeps,
  addresses: Addresses,
  { post, document, digests }: { post: RenderedPost; document: JsonObject; digests: MeaningDigests },
): ManifestObject {
  const addressed = addressedBy(post, addresses.actor);
  const unresolved = unresolvedIn(post);
  return {
    id: String(document.id),
    type: postType(post),
    url: String(document.url),
    title: shownTitle(post),
    source: post.source,
    ...digests,
    published: post.published,
    dateOnly: post.dateOnly,
    ...(post.updated === undefined ? {} : { updated: post.updated }),
    visibility: post.visibility,
    ...(typeof post.federate === 'string' ? { federate: post.federate } : {}),
    ...(post.restores === undefined ? {} : { restores: post.restores }),
    ...(addressed.length === 0 ? {} : { addressees: addressed.map((actor) => addresseeOf(actor, 'shared')) }),
    ...(unresolved.length === 0 ? {} : { unresolved }),
    ...(post.poll === undefined || post.kind === 'article'
      ? {}
      : { ends: post.poll.ends, pollDigest: digestPoll(deps, post.poll) }),
  };
}

/** By the order of the options people have voted: another one would count their votes for something else. */
function digestPoll({ sha256 }: EmissionDeps, { options, multiple }: Poll): string {
  return sha256(canonicalJson([[...options], multiple]));
}
