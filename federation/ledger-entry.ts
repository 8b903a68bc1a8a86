import { toSeconds } from './dates.ts';
import { isUnresolved } from './deed-changes.ts';
import { isDeed } from './deeds.ts';
import type { Ledger, LedgerActor, LedgerObject } from './ledger.ts';
import type { Manifest, ManifestObject } from './manifest.ts';
import type { OutgoingActivity } from './outcome.ts';
import type { PlannedActivity, QuietChange } from './plan.ts';
import { isJsonObject, type JsonObject } from './vocabulary.ts';

/**
 * Gives the ledger with which federation begins, at `now` (milliseconds since the epoch): every object of the manifest as
 * baseline, for nothing that existed before is announced (invariant 6). Objects in `waiting` (ids) are left out: they
 * are sent when their date comes, and with a post its request to quote. So are Follows, for one of which nobody was told is
 * none: the next publish sends them; and deeds that nobody could resolve, for they have no id yet.
 */
export function baselineLedger(manifest: Manifest, waiting: ReadonlySet<string>, now: number): Ledger {
  const objects = new Map<string, LedgerObject>();
  for (const entry of manifest.objects) {
    if (!waiting.has(entry.id) && !waitsWith(entry, waiting)) objects.set(entry.id, baselineObject(entry));
  }
  const { id, digest, username, keyDigest } = manifest.actor;
  return {
    origin: manifest.origin,
    actor: { id, digest, revision: 0, username, keyDigest },
    ...(manifest.source ? { source: manifest.source } : {}),
    begun: toSeconds(now),
    objects,
  };
}

function waitsWith(entry: ManifestObject, waiting: ReadonlySet<string>): boolean {
  if (!isDeed(entry)) return false;
  return entry.type === 'Follow' || isUnresolved(entry) || waiting.has(entry.instrument ?? '');
}

/**
 * Gives what the ledger says of an object after a quiet change (see `Plan.quiet`): what is new becomes baseline. What is
 * known takes the digest, title and page; what was told of it stays: revision, dates, and of an announced object the
 * visibility, since peers know no other. A deed that is forgotten is as good as undone. `told` is what the ledger said before.
 * Never fails.
 */
export function quietAfter(change: QuietChange, told: LedgerObject | undefined): LedgerObject {
  if (change.gone !== undefined) return { ...(told ?? change.entry), state: 'deleted', deleted: change.gone };
  const { entry } = change;
  // A deed that is done anew keeps the number of those before: each has an activity of its own.
  if (!told || told.state === 'deleted') return { ...baselineObject(entry), revision: told?.revision ?? 0 };
  const { bodyDigest: _, formerUrls: __, pollDigest: ___, ...kept } = told;
  const visibility = told.state === 'announced' ? told.visibility : entry.visibility;
  return { ...kept, ...described(entry, told), visibility };
}

function baselineObject(entry: ManifestObject): LedgerObject {
  const { published, updated } = entry;
  return { ...described(entry, undefined), state: 'baseline', revision: 0, published, ...optional('updated', updated) };
}

/**
 * Gives what the ledger says of an object once `planned` is being told as `stored`, the activity as the store has it.
 *
 * The dates are those of the stored activity: a rerun sends what is stored, so that is what peers know. `told` is what
 * the ledger said before; a Delete of an object that it does not know gives undefined, as does what is told of the actor.
 */
export function objectAfter(
  planned: PlannedActivity,
  stored: OutgoingActivity,
  told: LedgerObject | undefined,
): LedgerObject | undefined {
  const sending = stored.id;
  switch (planned.type) {
    case 'Create':
      return {
        ...described(planned.entry, told),
        state: 'announced',
        revision: 0,
        published: objectMember(stored, 'published') ?? planned.published,
        ...optional('updated', objectMember(stored, 'updated')),
        ...inboxesAfter(planned.entry, told),
        sending,
      };
    case 'Update':
      return {
        ...described(planned.entry, told),
        state: 'announced',
        revision: planned.revision,
        published: objectMember(stored, 'published') ?? planned.published,
        updated: objectMember(stored, 'updated') ?? planned.updated,
        ...inboxesAfter(planned.entry, told),
        sending,
      };
    case 'Delete':
      return (
        told && { ...told, state: 'deleted', deleted: objectMember(stored, 'deleted') ?? planned.deleted, sending }
      );
    case 'Like':
    case 'Announce':
    case 'Follow':
    case 'QuoteRequest':
      return {
        ...described(planned.entry, told),
        state: 'announced',
        revision: planned.revision,
        published: textMember(stored.json, 'published') ?? planned.published,
        // Done again, it is told to those of now: who was told before got the Undo.
        ...inboxesAfter(planned.entry, undefined),
        sending,
      };
    case 'Undo':
      return told && { ...told, state: 'deleted', deleted: planned.deleted, sending };
    case 'UpdateActor':
    case 'Move':
      return undefined;
    default:
      return planned satisfies never;
  }
}

/** Gives what the ledger says of the actor once its Update or its Move is being told; undefined for anything else. */
export function actorAfter(
  planned: PlannedActivity,
  stored: OutgoingActivity,
  told: LedgerActor,
): LedgerActor | undefined {
  if (planned.type === 'Move') return { ...told, movedTo: planned.target, sending: stored.id };
  if (planned.type !== 'UpdateActor') return undefined;
  const { digest, revision, username, keyDigest } = planned;
  // What the profile says no more is taken back; what it says first is told by the Move.
  const movedTo = planned.movedTo === told.movedTo ? told.movedTo : undefined;
  return {
    id: told.id,
    digest,
    revision,
    username,
    keyDigest,
    ...optional('movedTo', movedTo),
    sending: stored.id,
  };
}

/** A mention that was edited away was told: whom a post ever addressed hears of its changes and of its end. */
function inboxesAfter(entry: ManifestObject, told: LedgerObject | undefined): { inboxes?: readonly string[] } {
  const inboxes = new Set([...(told?.inboxes ?? []), ...(entry.addressees ?? []).map(({ inbox }) => inbox)]);
  return inboxes.size > 0 ? { inboxes: [...inboxes] } : {};
}

/** Gives an entry as it is when its activity is queued for every follower. */
export function withoutSending<T extends { readonly sending?: string }>(entry: T): Omit<T, 'sending'> {
  const { sending: _, ...rest } = entry;
  return rest;
}

function described(
  entry: ManifestObject,
  told: LedgerObject | undefined,
): Omit<LedgerObject, 'state' | 'revision' | 'published'> {
  const { id, type, digest, bodyDigest, title, visibility, source, object, instrument, pollDigest } = entry;
  const url = isDeed(entry) ? '' : entry.url;
  const formerUrls = formerUrlsOf(url, told);
  return {
    id,
    type,
    digest,
    ...optional('bodyDigest', bodyDigest),
    title,
    visibility,
    url,
    ...(formerUrls.length > 0 ? { formerUrls } : {}),
    source,
    ...optional('object', object),
    ...optional('instrument', instrument),
    ...optional('pollDigest', pollDigest),
  };
}

/** A page that moved is found at each of its old addresses; one that moved back is no former address any more. */
function formerUrlsOf(url: string, told: LedgerObject | undefined): string[] {
  if (!told) return [];
  const former = told.url === url ? (told.formerUrls ?? []) : [told.url, ...(told.formerUrls ?? [])];
  return [...new Set(former)].filter((each) => each !== url && each !== '');
}

function optional<K extends string>(key: K, value: string | undefined): { [key in K]?: string } {
  const member: { [key in K]?: string } = {};
  if (value !== undefined) member[key] = value;
  return member;
}

/** A date of the object inside an activity; an object too large to embed is a bare id and has none. */
function objectMember(activity: OutgoingActivity, name: string): string | undefined {
  const { object } = activity.json;
  return isJsonObject(object) ? textMember(object, name) : undefined;
}

function textMember(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  return typeof value === 'string' ? value : undefined;
}
