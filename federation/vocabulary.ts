/** The public collection, in the one spelling that every peer understands (ActivityPub §5.6). */
export const PUBLIC = 'https://www.w3.org/ns/activitystreams#Public';

/** The only content type Postern sends: Lemmy compares it exactly, Mastodon refuses `application/json`. */
export const ACTIVITY_JSON = 'application/activity+json';

/** The `Accept` header of every document request. */
export const ACCEPT_ACTIVITY =
  'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"';

/** A JSON value as it came from `JSON.parse`. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** An outgoing ActivityStreams document or part of one. */
export type JsonObject = { [key: string]: Json };

/** Tells an object from the other values of JSON; what is inside is JSON because it came from `JSON.parse`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
