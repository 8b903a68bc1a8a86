import type { ActivityDeps } from './activities.ts';
import { type Addresses, activityId } from './addresses.ts';
import { splitContext } from './contexts.ts';
import type { OutgoingActivity } from './outcome.ts';
import { EMBEDDED_LIMIT, limitObject } from './size-limit.ts';
import type { JsonObject } from './vocabulary.ts';

/** What of an object changes without a build, as far as others are told of it when it does. */
export interface LivePart {
  /** Of a poll that has ended: what came of it. */
  readonly results?: { readonly votes: readonly number[]; readonly voters: number };
  /** Of a quote that was answered. */
  readonly consent?: { readonly state: string; readonly stamp?: string; readonly at: string };
  /** How often the object was told before: each telling of the build's document leaves the live part out. */
  readonly revision: number;
}

/**
 * Gives the digest of an object's live part; undefined where nothing is to be told: the poll runs, nobody answered, or the
 * first answer was a no. `told` is the digest that was told last. Never fails.
 */
export function digestLive({ sha256 }: ActivityDeps, live: LivePart, told: string | undefined): string | undefined {
  const { results, consent } = live;
  const isConsent = consent !== undefined && (consent.state === 'accepted' || told !== undefined);
  if (results === undefined && !isConsent) return undefined;
  const parts = [results?.votes, results?.voters, consent?.state, consent?.stamp, consent?.at, live.revision];
  return sha256(JSON.stringify(parts.map((part) => part ?? null)));
}

/**
 * Builds the Update that tells an object's live part: the results of a poll, a consent that came or went. Its meaning is as
 * it was told, and so is its `updated`: to Mastodon that is no edit, and it takes from it what it takes from no other, tallies
 * and the approval of a quote. The id depends on the object and the digest of the live part. Takes the document with all that
 * is live in it; `published`, RFC 3339, is when it is told. Never fails. (ActivityPub §6.3; FEP-044f; Mastodon 4.5
 * `ProcessStatusUpdateService`)
 */
export function buildLiveUpdate(
  { sha256 }: ActivityDeps,
  addresses: Addresses,
  told: { readonly document: JsonObject; readonly digest: string; readonly published: string },
): OutgoingActivity {
  const { context, rest } = splitContext(told.document);
  const object = String(rest.id);
  const id = activityId(
    addresses.origin,
    'Update',
    sha256(JSON.stringify(['Update', object, 'live', told.digest])).slice(0, 32),
  );
  const json: JsonObject = {
    '@context': context,
    ...{ id, type: 'Update', actor: addresses.actor, published: told.published },
    ...{ to: rest.to ?? [], cc: rest.cc ?? [] },
    object: limitObject(rest, { maxBytes: EMBEDDED_LIMIT }).object,
  };
  return { id, type: 'Update', object, json };
}
