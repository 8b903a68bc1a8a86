import { type Addresses, activityId } from './addresses.ts';
import { ACTIVITY_STREAMS, splitContext } from './contexts.ts';
import type { DeedType, PostType } from './manifest.ts';
import type { OutgoingActivity } from './outcome.ts';
import { audienceOf } from './post-object.ts';
import { EMBEDDED_LIMIT, limitObject } from './size-limit.ts';
import { withDates } from './told-dates.ts';
import { type Json, type JsonObject, PUBLIC } from './vocabulary.ts';

export interface ActivityDeps {
  /** Hex SHA-256 of a text's UTF-8. */
  readonly sha256: (text: string) => string;
}

/** An object of the build that is told: its document, and the digest of its meaning as the manifest has it. */
export interface ToldObject {
  readonly document: JsonObject;
  readonly digest: string;
}

/**
 * Builds the Create of an object. `published`, RFC 3339, replaces the document's when the post's date had no time: Mastodon
 * keeps a post that is older than six hours from home timelines. The id is that of the outbox. Takes a document of the
 * build; never fails. (ActivityPub §6.2; CONTRIBUTING, invariant 2)
 */
export function buildCreate(
  deps: ActivityDeps,
  addresses: Addresses,
  told: ToldObject,
  options: { readonly published?: string } = {},
): OutgoingActivity {
  const published = options.published ?? String(told.document.published);
  const { context, object } = dated(told.document, published, asText(told.document.updated));
  return activity({ ...createEnvelope(deps, addresses, told), published }, context, object);
}

/**
 * Builds the Update of an object. `revision` is one more than what was told, and `updated`, RFC 3339, later, or Mastodon
 * ignores it. Takes a document of the build; never fails. (ActivityPub §6.3; CONTRIBUTING, invariant 2)
 */
export function buildUpdate(
  deps: ActivityDeps,
  addresses: Addresses,
  told: ToldObject,
  options: { readonly published: string; readonly updated: string; readonly revision: number },
): OutgoingActivity {
  const { context, object } = dated(told.document, options.published, options.updated);
  const id = String(object.id);
  const digest = digestOf(deps, ['Update', id, String(options.revision), told.digest]);
  const envelope = {
    id: activityId(addresses.origin, 'Update', digest),
    type: 'Update',
    actor: addresses.actor,
    published: options.updated,
    ...audienceMembers(told.document),
  };
  return activity(envelope, context, object);
}

/**
 * Builds the Delete of an object: a Tombstone with the former type, which Misskey needs. An id is deleted once and never
 * used again, so the id of the Delete depends on it alone. `deleted` is RFC 3339; never fails.
 * (ActivityPub §6.4; CONTRIBUTING, invariant 3)
 */
export function buildDelete(
  deps: ActivityDeps,
  addresses: Addresses,
  gone: { readonly id: string; readonly formerType: PostType; readonly deleted: string },
): OutgoingActivity {
  const envelope = {
    id: activityId(addresses.origin, 'Delete', digestOf(deps, ['Delete', gone.id])),
    type: 'Delete',
    actor: addresses.actor,
    published: gone.deleted,
    // Whoever could see it shall hear of it, quiet or not.
    ...audienceOf('public', addresses),
  };
  return activity(envelope, ACTIVITY_STREAMS, tombstoneBody(gone));
}

/**
 * Builds the Update of the actor, with the whole actor inside, for Mastodon and GoToSocial take it from there. `digest` is
 * that of the actor document, `updated` RFC 3339. Never fails. (ActivityPub §6.3)
 */
export function buildActorUpdate(
  deps: ActivityDeps,
  addresses: Addresses,
  told: ToldObject,
  options: { readonly updated: string; readonly revision: number },
): OutgoingActivity {
  const { context, rest } = splitContext(told.document);
  const digest = digestOf(deps, ['Update', addresses.actor, String(options.revision), told.digest]);
  const envelope = {
    id: activityId(addresses.origin, 'Update', digest),
    type: 'Update',
    actor: addresses.actor,
    published: options.updated,
    to: [PUBLIC],
    cc: [addresses.followers],
  };
  return activity(envelope, context, rest);
}

/**
 * Builds the Delete of the actor, as Mastodon sends its own: the actor's id as object, to everybody. An account ends once,
 * so the id depends on the actor alone. `deleted` is RFC 3339; never fails. (ActivityPub §6.4)
 */
export function buildActorDelete(
  deps: ActivityDeps,
  addresses: Addresses,
  options: { readonly deleted: string },
): OutgoingActivity {
  const { actor } = addresses;
  const id = activityId(addresses.origin, 'Delete', digestOf(deps, ['Delete', actor]));
  const envelope = { id, type: 'Delete', actor, published: options.deleted, to: [PUBLIC], object: actor };
  return { id, type: 'Delete', object: actor, json: { '@context': ACTIVITY_STREAMS, ...envelope } };
}

/** Builds the document that is served with 410 at the actor's id once the account is no more. Never fails. (ActivityPub §6.4) */
export function buildActorTombstone(gone: { readonly id: string; readonly deleted: string }): JsonObject {
  return { '@context': ACTIVITY_STREAMS, ...tombstoneBody({ ...gone, formerType: 'Person' }) };
}

/** Builds the document that is served with 410 at the id of a deleted object. (ActivityPub §6.4) */
export function buildTombstone(gone: {
  readonly id: string;
  readonly formerType: PostType | DeedType;
  readonly deleted: string;
}): JsonObject {
  return { '@context': ACTIVITY_STREAMS, ...tombstoneBody(gone) };
}

/**
 * Gives a Create without its object and context, as the outbox and {@link buildCreate} share it. `published` is the
 * document's own.
 */
export function createEnvelope(deps: ActivityDeps, addresses: Addresses, told: ToldObject): JsonObject {
  const digest = digestOf(deps, ['Create', String(told.document.id), '0', told.digest]);
  return {
    id: activityId(addresses.origin, 'Create', digest),
    type: 'Create',
    actor: addresses.actor,
    published: told.document.published ?? null,
    ...audienceMembers(told.document),
  };
}

/** Gives the last part of an activity's id: 128 bits of SHA-256 over what it says, in hex. */
function digestOf(deps: ActivityDeps, parts: readonly string[]): string {
  return deps.sha256(JSON.stringify(parts)).slice(0, 32);
}

function activity(envelope: JsonObject, context: Json, object: JsonObject): OutgoingActivity {
  const limited = limitObject(object, { maxBytes: EMBEDDED_LIMIT });
  return {
    id: String(envelope.id),
    type: String(envelope.type),
    object: String(object.id),
    json: { '@context': context, ...envelope, object: limited.object },
  };
}

/** The object with the times that are told, and its context. */
function dated(document: JsonObject, published: string, updated: string | undefined) {
  const { context, rest } = splitContext(document);
  return { context, object: withDates(rest, { published, updated }) };
}

/** The same lists on activity and object: Mastodon reads the object's first, Misskey merges both. */
function audienceMembers(document: JsonObject): { to: Json; cc: Json } {
  return { to: document.to ?? [], cc: document.cc ?? [] };
}

function tombstoneBody(gone: {
  readonly id: string;
  readonly formerType: string;
  readonly deleted: string;
}): JsonObject {
  return { id: gone.id, type: 'Tombstone', formerType: gone.formerType, deleted: gone.deleted };
}

function asText(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
