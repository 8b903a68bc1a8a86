import type { Addresses } from './addresses.ts';
import { actorContextOf, type Term } from './contexts.ts';
import { escapeHtml } from './html-text.ts';
import { type PictureFacts, pictureObject } from './picture.ts';
import { DEFAULT_RULES } from './rules.ts';
import { kidsOf } from './signatures/jwk.ts';
import type { JsonObject } from './vocabulary.ts';

/** What the actor document says of the blog; `Profile` of the build has this shape. */
export interface ProfileFacts {
  readonly username: string;
  /** Names that WebFinger still answers; the document has none of them. */
  readonly formerUsernames?: readonly string[];
  readonly name: string;
  readonly description: string;
  /** HTML that is fit for peers, links absolute. */
  readonly bioHtml: string;
  readonly avatar?: PictureFacts;
  readonly header?: PictureFacts;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly discoverable: boolean;
  readonly indexable: boolean;
  readonly since?: string;
  readonly alsoKnownAs: readonly string[];
  /** The id of the actor to which the account moved. */
  readonly movedTo?: string;
}

/** The public halves of the actor's keys: SPKI PEM of the RSA key, Multibase (`z6Mk…`) of the Ed25519 key. */
export interface PublicKeys {
  readonly publicKeyPem: string;
  readonly publicKeyMultibase: string;
  /** Of keys that took the place of others: see `kidsOf`. Absent: the first. */
  readonly generation?: number;
}

/**
 * Builds the actor document. It keeps the rule that everything of an actor lives on one host (Misskey refuses others) and
 * that `publicKey` is one object (Lemmy, PeerTube, Akkoma and Misskey expect no list). `Person`, because `Service` is
 * badged as a bot and `Group` treated as a community. Takes checked settings; never fails.
 * (ActivityPub §4.1; FEP-521a; FEP-2c59)
 */
export function buildActor(
  profile: ProfileFacts,
  addresses: Addresses,
  keys: PublicKeys,
  options: { readonly approveFollowers: boolean } = DEFAULT_RULES,
): JsonObject {
  const home = `${addresses.origin}/`;
  return {
    '@context': actorContextOf(termsOf(profile)),
    id: addresses.actor,
    type: 'Person',
    preferredUsername: profile.username,
    // Mastodon 4.6 takes the handle from here; older ones make it from preferredUsername and the host: the same.
    webfinger: `${profile.username}@${addresses.host}`,
    name: profile.name,
    // Pixelfed wants a summary to be there, even when it is empty.
    summary: summaryOf(profile),
    url: home,
    ...(profile.since === undefined ? {} : { published: profile.since }),
    inbox: addresses.inbox,
    outbox: addresses.outbox,
    followers: addresses.followers,
    following: addresses.following,
    featured: addresses.featured,
    endpoints: { sharedInbox: addresses.inbox },
    // A Follow then waits for the owner, and servers show a lock.
    manuallyApprovesFollowers: options.approveFollowers,
    discoverable: profile.discoverable,
    indexable: profile.indexable,
    ...(profile.avatar === undefined ? {} : { icon: portrait(profile.avatar, addresses.origin) }),
    ...(profile.header === undefined ? {} : { image: portrait(profile.header, addresses.origin) }),
    ...(profile.fields.length === 0 ? {} : { attachment: profile.fields.map(propertyValue) }),
    ...(profile.alsoKnownAs.length === 0 ? {} : { alsoKnownAs: [...profile.alsoKnownAs] }),
    // Mastodon and GoToSocial look for it before they believe a Move.
    ...(profile.movedTo === undefined ? {} : { movedTo: profile.movedTo }),
    // Domains carry no port: Mastodon compares them with the host name of a linked page.
    attributionDomains: [new URL(addresses.origin).hostname],
    ...keyMembers(addresses, keys),
  } satisfies JsonObject;
}

/** The ids begin with the actor's: snac and Lemmy take no other. */
function keyMembers(addresses: Addresses, keys: PublicKeys) {
  const kids = kidsOf(keys.generation ?? 1);
  return {
    publicKey: { id: `${addresses.actor}#${kids.rsa}`, owner: addresses.actor, publicKeyPem: keys.publicKeyPem },
    assertionMethod: [
      {
        id: `${addresses.actor}#${kids.ed25519}`,
        type: 'Multikey',
        controller: addresses.actor,
        publicKeyMultibase: keys.publicKeyMultibase,
      },
    ],
  } satisfies JsonObject;
}

function termsOf(profile: ProfileFacts): Term[] {
  const terms: Term[] = ['manuallyApprovesFollowers'];
  if (profile.alsoKnownAs.length > 0) terms.push('alsoKnownAs');
  if (profile.movedTo !== undefined) terms.push('movedTo');
  terms.push('featured', 'discoverable', 'indexable', 'attributionDomains');
  if (profile.avatar?.blurhash !== undefined || profile.header?.blurhash !== undefined) terms.push('blurhash');
  if (profile.fields.length > 0) terms.push('PropertyValue');
  terms.push('assertionMethod');
  return terms;
}

function summaryOf(profile: ProfileFacts): string {
  if (profile.bioHtml.trim() !== '') return profile.bioHtml;
  return profile.description === '' ? '' : `<p>${escapeHtml(profile.description)}</p>`;
}

/** Mastodon 4.6 reads the alt text of an avatar from `summary` first, others from `name`. */
function portrait(picture: PictureFacts, origin: string): JsonObject {
  const image = pictureObject(picture, origin);
  return picture.alt === '' ? image : { ...image, summary: picture.alt };
}

/** A URL becomes a link with `rel="me"`, which is what Mastodon looks for when it verifies a profile field. */
function propertyValue(field: { readonly name: string; readonly value: string }): JsonObject {
  return { type: 'PropertyValue', name: field.name, value: linkOrText(field.value) };
}

function linkOrText(value: string): string {
  if (!/^https?:\/\/[^\s"<>]+$/i.test(value) || !URL.canParse(value)) return escapeHtml(value);
  const shown = value.replace(/^https?:\/\//i, '').replace(/\/$/, '');
  return `<a href="${escapeHtml(value)}" rel="me">${escapeHtml(shown)}</a>`;
}
