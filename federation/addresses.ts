/**
 * Every URL that Postern gives out. An id that was ever sent can never change, so they are all made here.
 *
 * `origin` is `scheme://host[:port]` without a trailing slash. All addresses share its host: Misskey refuses an actor
 * whose inbox, collections, key or page live on another one.
 */
export interface Addresses {
  readonly origin: string;
  /** Host with port, as it stands in a handle. */
  readonly host: string;
  readonly actor: string;
  /** Of the first keys; those that took their place have numbers (`kidsOf`). */
  readonly mainKey: string;
  readonly assertionKey: string;
  readonly inbox: string;
  readonly outbox: string;
  readonly featured: string;
  readonly followers: string;
  readonly following: string;
  readonly manifest: string;
}

/** Gives the fixed addresses of a blog at `origin` (FEDERATION, Ids and URLs). */
export function addressesOf(origin: string): Addresses {
  const actor = `${origin}/ap/actor.json`;
  return {
    origin,
    host: new URL(origin).host,
    actor,
    mainKey: `${actor}#main-key`,
    assertionKey: `${actor}#ed25519-key`,
    inbox: `${origin}/ap/inbox`,
    outbox: `${origin}/ap/outbox.json`,
    featured: `${origin}/ap/featured.json`,
    followers: `${origin}/ap/followers`,
    following: `${origin}/ap/following`,
    manifest: `${origin}/ap/manifest.json`,
  };
}

/** Gives the id of a post's object: `<origin>/ap/posts/<key>.json`; an Article is in `posts`, a Note in `notes`. */
export function objectId(origin: string, folder: 'posts' | 'notes', key: string): string {
  return `${origin}/ap/${folder}/${encodeURIComponent(key)}.json`;
}

/** Gives the id of one collection of a post: its replies, likes or shares. */
export function objectCollection(id: string, name: 'replies' | 'likes' | 'shares'): string {
  return `${id.replace(/\.json$/, '')}/${name}`;
}

/** Gives the id of the first page of a collection that a function answers. */
export function firstPage(collection: string): string {
  return `${collection}?page=true`;
}

/**
 * Gives the id of an outgoing activity. It is a pure function of what the activity says, so that a rerun repeats it:
 * `<origin>/ap/activities/<type>/<digest>`, `digest` being hex.
 */
export function activityId(origin: string, type: string, digest: string): string {
  return `${origin}/ap/activities/${type.toLowerCase()}/${digest}`;
}

/**
 * Gives the name under which manifest and ledger know a deed: `<origin>/ap/deeds/<type>/<digest>`, the first 32 hex digits of the
 * SHA-256 of what it is done to (of a QuoteRequest, of both posts). It is no document.
 */
export function deedId(origin: string, type: string, digest: string): string {
  return `${origin}/ap/deeds/${type.toLowerCase()}/${digest}`;
}

/** Gives the id of the consent to a quote, by a digest of both posts' ids. (FEP-044f) */
export function stampId(origin: string, digest: string): string {
  return `${origin}/ap/stamps/${digest}`;
}

/** Gives the address under which a picture of another server is shown: `digest` is `mediaDigest` of its URL. */
export function mediaAddress(origin: string, digest: string): string {
  return `${origin}/ap/media/${digest}`;
}

/** Gives the name of a picture in that address: the first 32 hex digits of the SHA-256 of its URL. */
export function mediaDigest(sha256: (text: string) => string, url: string): string {
  return sha256(url).slice(0, 32);
}

/** Gives the path of the part of a page with what was said about a post, by the id of its object: `/ap/comments/<folder>/<key>`. */
export function commentsPath(id: string): string {
  return new URL(id).pathname.replace(/^\/ap\//, '/ap/comments/').replace(/\.json$/, '');
}
