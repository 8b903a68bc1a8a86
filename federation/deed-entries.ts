import { addresseeOf } from './addressed.ts';
import type { Addresses } from './addresses.ts';
import { deedOf } from './deeds.ts';
import { shortenText } from './html-text.ts';
import type { Addressee, DeedType, ManifestObject } from './manifest.ts';
import { TITLE_LIMIT } from './object-emission.ts';
import { type PostFacts, postId, postUrl } from './post-object.ts';
import { quotedId } from './quote.ts';
import type { Followed, KnownActor, Reference } from './reference.ts';

interface HashDeps {
  /** Hex SHA-256 of a text's UTF-8. */
  readonly sha256: (text: string) => string;
}

type DoingPost = PostFacts & { readonly federate: boolean | 'silent' | 'update' };

/** What is done to what, before it is an entry. */
interface Deed {
  readonly type: DeedType;
  /** What it is done to: an id, or what the file names where nobody knows the id. */
  readonly target: string;
  readonly isResolved: boolean;
  readonly instrument?: string;
  readonly title: string;
  readonly addressees: readonly Addressee[];
}

/** The same in every build: nothing says when somebody was followed first, and what sends it says when it is sent. */
const NO_DATE = '1970-01-01T00:00:00Z';

/** Says whether a post is a like or a boost alone: a page, and no object. Never fails. */
export function isDeedAlone({ likeOf, repostOf }: Pick<PostFacts, 'likeOf' | 'repostOf'>): boolean {
  return likeOf !== undefined || repostOf !== undefined;
}

/**
 * Gives the manifest entries of what posts do to posts of others: likes, boosts, and requests to quote. What two files do is
 * one entry, that of the older one. A like of our own post is told to nobody and is none; neither has a quote of our own post
 * a request. What nobody could resolve is an entry all the same, with `unresolved`, so that what was told of it stays told.
 * Takes the posts that federate, newest first; gives the entries in the same order. Never fails.
 * (ActivityPub §6.8, §6.11; FEP-044f)
 */
export function deedsOfPosts(deps: HashDeps, addresses: Addresses, posts: readonly DoingPost[]): ManifestObject[] {
  // What was imported was done elsewhere, and is not done again.
  const own = posts.filter(({ originalUrl }) => originalUrl === undefined);
  const entries = own.flatMap((post) => deedsOf(post, addresses).map((deed) => entryOf(deps, addresses, deed, post)));
  return eachOnce(entries.toReversed()).toReversed();
}

/**
 * Gives the manifest entries of whom the owner follows, in the order of the list; somebody whom two lines name is one entry.
 * The title is `@user@host`: by it a plan knows a Follow whose actor nobody could resolve. Never fails. (ActivityPub §6.5)
 */
export function deedsOfFollowing(
  deps: HashDeps,
  addresses: Addresses,
  following: readonly Followed[],
): ManifestObject[] {
  const entries = following.map(({ handle, actor }) => {
    const deed: Deed = {
      type: 'Follow',
      target: actor?.id ?? handle,
      isResolved: actor !== undefined,
      title: handle,
      addressees: alone(actor),
    };
    return entryOf(deps, addresses, deed);
  });
  return eachOnce(entries);
}

/** The first of those with one id. */
function eachOnce(entries: readonly ManifestObject[]): ManifestObject[] {
  const known = new Set<string>();
  return entries.filter(({ id }) => !known.has(id) && known.add(id));
}

function deedsOf(post: DoingPost, addresses: Addresses): Deed[] {
  const { likeOf, repostOf, quotationOf } = post;
  if (isDeedAlone(post)) {
    return [
      ...(likeOf === undefined || likeOf.kind === 'own' ? [] : [deedTo('Like', likeOf)]),
      ...(repostOf === undefined ? [] : [deedTo('Announce', repostOf)]),
    ];
  }
  if (quotationOf === undefined || quotationOf.kind === 'own') return [];
  if (quotationOf.kind === 'known' && quotedId(post) === undefined) return [];
  return [{ ...deedTo('QuoteRequest', quotationOf), instrument: postId(post, addresses) }];
}

function deedTo(type: DeedType, reference: Reference): Deed {
  switch (reference.kind) {
    case 'known': {
      const { object, url } = reference;
      const { id: target, author } = object;
      // Followers hear of a boost as well, so that it is nothing for the author alone.
      const addressees = type === 'Announce' ? [addresseeOf(author, 'shared')] : alone(author);
      return { type, target, isResolved: true, title: object.name ?? object.excerpt ?? url, addressees };
    }
    case 'own':
      return { type, target: reference.id, isResolved: true, title: reference.title ?? reference.url, addressees: [] };
    case 'unresolved':
      return { type, target: reference.url, isResolved: false, title: reference.url, addressees: [] };
    default:
      return reference satisfies never;
  }
}

function alone(actor: KnownActor | undefined): Addressee[] {
  return actor === undefined ? [] : [addresseeOf(actor, 'personal')];
}

function entryOf(deps: HashDeps, addresses: Addresses, deed: Deed, post?: DoingPost): ManifestObject {
  const { type, target, isResolved, instrument, addressees } = deed;
  const { id, digest } = deedOf(deps, addresses.origin, { type, object: target, instrument });
  return {
    id,
    type,
    url: post === undefined ? `${addresses.origin}/` : postUrl(post, addresses),
    title: shortenText(deed.title, TITLE_LIMIT),
    source: post?.source ?? FOLLOWING_FILE,
    digest,
    published: post?.published ?? NO_DATE,
    dateOnly: post?.dateOnly ?? false,
    visibility: post?.visibility ?? 'public',
    ...(typeof post?.federate === 'string' ? { federate: post.federate } : {}),
    ...(isResolved ? { object: target } : { unresolved: [target] }),
    ...(instrument === undefined ? {} : { instrument }),
    ...(addressees.length === 0 ? {} : { addressees }),
  };
}

/** The file of whom the owner follows, in the content folder. */
const FOLLOWING_FILE = 'following.csv';
