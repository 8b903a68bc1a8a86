import { addressedBy, mentionTag } from './addressed.ts';
import { type Addresses, firstPage, objectCollection, objectId } from './addresses.ts';
import { contextOf, type Term } from './contexts.ts';
import type { InteractionCounts } from './interaction.ts';
import type { PostType } from './manifest.ts';
import { type PictureFacts, pictureObject } from './picture.ts';
import { pollMembers } from './question.ts';
import { quotedId, quoteMembers, withQuoteLink } from './quote.ts';
import type { KnownActor, Poll, Reference, Translation } from './reference.ts';
import { DEFAULT_RULES, type Rules } from './rules.ts';
import { type Json, type JsonObject, PUBLIC } from './vocabulary.ts';

/** What an object says of a post; `Post` of the build has this shape. */
export interface PostFacts {
  readonly kind: 'article' | 'note';
  readonly key: string;
  /** The Markdown file, for people who read the plan. */
  readonly source: string;
  /** The page: an absolute path. */
  readonly path: string;
  readonly language: string;
  readonly title?: string;
  readonly description?: string;
  readonly markdown: string;
  /** RFC 3339 UTC, as is `updated`. */
  readonly published: string;
  readonly dateOnly: boolean;
  readonly updated?: string;
  readonly tags: readonly { readonly name: string; readonly slug: string }[];
  readonly image?: PictureFacts;
  readonly pictures: readonly PictureFacts[];
  readonly contentWarning?: string;
  readonly sensitive: boolean;
  readonly visibility: 'public' | 'unlisted';
  readonly pinned: boolean;
  readonly teaser: boolean;
  readonly inReplyTo?: Reference;
  /** Of a note that is a like: it has no object of its own, and is sent as Like. */
  readonly likeOf?: Reference;
  /** Of a note that is a boost: as with `likeOf`, sent as Announce. */
  readonly repostOf?: Reference;
  readonly quotationOf?: Reference;
  /** Whom the text names, in order, each once; the author of what is answered is not added. */
  readonly mentions?: readonly KnownActor[];
  /** `@user@host` in the text of whom nothing is known. */
  readonly unknownMentions?: readonly string[];
  readonly poll?: Poll;
  /** The same text in other languages. */
  readonly translations?: readonly Translation[];
  /** Where it stood before it was imported: what it names was told there, and nobody is asked for it. */
  readonly originalUrl?: string;
}

/** What an object says beside its post: nothing of it is part of the meaning, so that no change of it is told. */
export interface ObjectOptions {
  /** Who may quote; the default rule unless given. */
  readonly quotes?: Rules['quotes'];
  /** What is shown of others' answers; absent where it is not known. */
  readonly counts?: InteractionCounts | undefined;
}

/** The text of a post as HTML that is fit for peers, in its own language and in others. */
export interface PeerContent {
  readonly html: string;
  /** By language; one that is missing is not sent. */
  readonly translations?: ReadonlyMap<string, string>;
}

/** Gives the id of a post's object. */
export function postId(post: PostFacts, addresses: Addresses): string {
  return objectId(addresses.origin, post.kind === 'article' ? 'posts' : 'notes', post.key);
}

/** Gives the absolute, percent-encoded URL of a post's page. */
export function postUrl(post: PostFacts, addresses: Addresses): string {
  return new URL(post.path, addresses.origin).href;
}

/** Gives the type of a post's object: a note with a poll is a Question, and stays among the notes. Never fails. */
export function postType({ kind, poll }: Pick<PostFacts, 'kind' | 'poll'>): PostType {
  if (kind === 'article') return 'Article';
  return poll === undefined ? 'Note' : 'Question';
}

/**
 * Gives `to` and `cc` of a post, always lists (Pixelfed) and the same on object and activity (Mastodon reads the object's,
 * Misskey merges both). Public: to everyone, cc followers. Unlisted ("quiet public"): the reverse. Those whom
 * it names stand in `cc`, without which no server tells them. `named` are actor ids. Never fails. (ActivityPub §5.6)
 */
export function audienceOf(
  visibility: PostFacts['visibility'],
  addresses: Addresses,
  named: readonly string[] = [],
): { to: string[]; cc: string[] } {
  return visibility === 'public'
    ? { to: [PUBLIC], cc: [addresses.followers, ...named] }
    : { to: [addresses.followers], cc: [PUBLIC, ...named] };
}

/**
 * Gives `updated` only when it is not before `published`: GoToSocial rejects an object that was edited before it was
 * written. Both are RFC 3339; a time that cannot be read is left out.
 */
export function updatedMember(published: string, updated: string | undefined): { updated?: string } {
  if (updated === undefined) return {};
  return Date.parse(updated) >= Date.parse(published) ? { updated } : {};
}

/** Members that stand at the head of every object, in the order in which people read them. */
export function headMembers(post: PostFacts, addresses: Addresses) {
  return {
    id: postId(post, addresses),
    type: postType(post),
    url: postUrl(post, addresses),
    // One string: Misskey and Pixelfed compare it with the actor id.
    attributedTo: addresses.actor,
    ...audienceOf(post.visibility, addresses, namedIn(post, addresses)),
    ...answerMember(post),
    published: post.published,
    ...updatedMember(post.published, post.updated),
    ...(post.title === undefined ? {} : { name: post.title }),
  } satisfies JsonObject;
}

/** One string: a list breaks Mastodon, Misskey and Mitra. What nobody could resolve is named as its file names it. */
function answerMember(post: PostFacts): { inReplyTo?: string } {
  const { inReplyTo } = post;
  const answered = inReplyTo?.kind === 'unresolved' ? inReplyTo.url : answeredBy(post);
  return answered === undefined ? {} : { inReplyTo: answered };
}

/** Gives the id of what a post answers, where it is known. Never fails. */
export function answeredBy({ inReplyTo }: Pick<PostFacts, 'inReplyTo'>): string | undefined {
  switch (inReplyTo?.kind) {
    case 'own':
      return inReplyTo.id;
    case 'known':
      return inReplyTo.object.id;
    default:
      return undefined;
  }
}

function namedIn(post: PostFacts, addresses: Addresses): string[] {
  return addressedBy(post, addresses.actor).map(({ id }) => id);
}

/**
 * `content` and its map, the original first: Mastodon takes the language from the first key, GoToSocial wants its text equal
 * to `content`. Titles and teasers have maps only where they are translated. `summary` is what the object says; a content
 * warning is in one language alone.
 */
export function contentMembers(post: PostFacts, addresses: Addresses, { html, translations = new Map() }: PeerContent) {
  const content = withQuoteLink(html, post, addresses.origin);
  const told = (post.translations ?? []).flatMap((each) => {
    const text = translations.get(each.language);
    return text === undefined || each.language === post.language ? [] : [{ ...each, html: text }];
  });
  const names = told.flatMap(({ language, title }) => (title === undefined ? [] : [[language, title]]));
  const teasers = told.flatMap(({ language, description }) =>
    description === undefined ? [] : [[language, description]],
  );
  const teaser = teaserOf(post);
  return {
    content,
    contentMap: {
      [post.language]: content,
      ...Object.fromEntries(told.map((each) => [each.language, withQuoteLink(each.html, post, addresses.origin)])),
    },
    ...(post.title === undefined || names.length === 0
      ? {}
      : { nameMap: { [post.language]: post.title, ...Object.fromEntries(names) } }),
    ...(teaser === undefined || teasers.length === 0
      ? {}
      : { summaryMap: { [post.language]: teaser, ...Object.fromEntries(teasers) } }),
  } satisfies JsonObject;
}

/** What an Article says of itself beside its title, where its author asked for that and warns of nothing. */
export function teaserOf(post: PostFacts): string | undefined {
  return post.kind === 'article' && post.teaser && post.contentWarning === undefined ? post.description : undefined;
}

/** What a note with a poll has beside its text, and a post that quotes. */
export function askMembers(post: PostFacts) {
  return {
    ...(post.poll === undefined || post.kind === 'article' ? {} : pollMembers(post.poll)),
    ...quoteMembers(post),
  } satisfies JsonObject;
}

/** Members that stand at the foot of every object. */
export function footMembers(
  post: PostFacts,
  addresses: Addresses,
  attached: readonly PictureFacts[],
  options: ObjectOptions = {},
) {
  const { quotes = DEFAULT_RULES.quotes, counts } = options;
  // Whom it names goes first: of a list that is too long the end is cut.
  const tags = [
    ...addressedBy(post, addresses.actor).map(mentionTag),
    ...post.tags.map((tag) => hashtag(tag, addresses.origin)),
  ];
  return {
    ...(tags.length === 0 ? {} : { tag: tags }),
    ...(attached.length === 0
      ? {}
      : { attachment: attached.map((picture) => pictureObject(picture, addresses.origin)) }),
    ...countedCollections(postId(post, addresses), counts),
    interactionPolicy: quotePolicy(addresses, quotes),
    source: { content: post.markdown, mediaType: 'text/markdown' },
  } satisfies JsonObject;
}

/** Gives the `@context` that binds just the terms of an object with these parts. */
export function objectContext(post: PostFacts, pictures: readonly PictureFacts[], options: ObjectOptions = {}): Json {
  const terms: Term[] = ['sensitive'];
  if (post.tags.length > 0) terms.push('Hashtag');
  if (pictures.some((picture) => picture.blurhash !== undefined)) terms.push('blurhash');
  terms.push(...quoteTerms(options.quotes ?? DEFAULT_RULES.quotes), ...askTerms(post));
  return contextOf(terms);
}

/** Gives the terms that a poll and a quote need in the context. Never fails. */
export function askTerms(post: PostFacts): Term[] {
  const terms: Term[] = [];
  if (postType(post) === 'Question') terms.push('votersCount');
  if (quotedId(post) !== undefined) terms.push('quote');
  return terms;
}

/** A content warning always makes a post sensitive: Ghost takes `summary` for an excerpt otherwise. */
export function isSensitive(post: PostFacts): boolean {
  return post.sensitive || post.contentWarning !== undefined;
}

/** One word after `#`: Mastodon reads the name only; the link is for the others. */
function hashtag(tag: { readonly name: string; readonly slug: string }, origin: string): JsonObject {
  return { type: 'Hashtag', name: `#${tag.name}`, href: `${origin}/tags/${encodeURIComponent(tag.slug)}/` };
}

/**
 * Gives `replies`, `likes` and `shares` of an object, with how many there are where that is known. Replies that nobody counted
 * are a URL, and those that were counted name their first page: an inline collection without one Mastodon takes for all
 * there is, finds nothing in it, and does not come and look. There is no `totalItems` of zero: Mastodon 4.5 and later shows
 * the author's number in place of its own, and a zero would hide all.
 * (ActivityPub §5.7, §5.8; Activity Vocabulary, replies)
 */
export function countedCollections(id: string, counts: InteractionCounts | undefined) {
  const { replies = 0, likes = 0, boosts = 0 } = counts ?? {};
  const answers = objectCollection(id, 'replies');
  return {
    replies:
      replies > 0
        ? { id: answers, type: 'OrderedCollection', totalItems: replies, first: firstPage(answers) }
        : answers,
    likes: { id: objectCollection(id, 'likes'), type: 'Collection', ...(likes > 0 ? { totalItems: likes } : {}) },
    shares: { id: objectCollection(id, 'shares'), type: 'Collection', ...(boosts > 0 ? { totalItems: boosts } : {}) },
  } satisfies JsonObject;
}

/** Gives the terms that a quote policy needs in the context. */
export function quoteTerms(quotes: Rules['quotes']): Term[] {
  return quotes === 'ask' ? ['interactionPolicy', 'manualApproval'] : ['interactionPolicy'];
}

/**
 * Who may quote, and whose request waits for the owner. Nobody is written as the author alone, for an empty list means no
 * policy at all. `canQuote` only: naming canLike, canReply or canAnnounce would promise GoToSocial that we answer requests
 * for approval. (FEP-044f)
 */
function quotePolicy(addresses: Addresses, quotes: Rules['quotes']): JsonObject {
  switch (quotes) {
    case 'anyone':
      return { canQuote: { automaticApproval: [PUBLIC] } };
    case 'followers':
      return { canQuote: { automaticApproval: [addresses.followers] } };
    case 'ask':
      return { canQuote: { manualApproval: [PUBLIC] } };
    case 'nobody':
      return { canQuote: { automaticApproval: [addresses.actor] } };
    default:
      return quotes satisfies never;
  }
}
