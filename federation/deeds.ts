import type { ActivityDeps } from './activities.ts';
import { type Addresses, activityId, deedId } from './addresses.ts';
import { ACTIVITY_STREAMS, contextOf, splitContext } from './contexts.ts';
import type { DeedType, ManifestObject, PostType } from './manifest.ts';
import type { OutgoingActivity } from './outcome.ts';
import { audienceOf } from './post-object.ts';
import { EMBEDDED_LIMIT, limitObject } from './size-limit.ts';
import type { Json, JsonObject } from './vocabulary.ts';

const DEED_TYPES: readonly DeedType[] = ['Like', 'Announce', 'Follow', 'QuoteRequest'];
const DEEDS: ReadonlySet<string> = new Set(DEED_TYPES);

/** What a deed is done to; of a QuoteRequest, also the post of ours that quotes it. */
export interface DeedTarget {
  readonly type: DeedType;
  readonly object: string;
  readonly instrument?: string | undefined;
}

/** Whether a type is that of a deed, and not of a post. Never fails. */
export function isDeedType(type: PostType | DeedType): type is DeedType {
  return DEEDS.has(type);
}

/** Whether something of a manifest or ledger is a deed, and not a post. Never fails. */
export function isDeed<T extends { readonly type: PostType | DeedType }>(
  entry: T,
): entry is T & { readonly type: DeedType } {
  return isDeedType(entry.type);
}

/** Whether a deed is for those alone to whom it is done: all but a boost. Never fails. */
export function isPersonal(entry: { readonly type: PostType | DeedType }): boolean {
  return isDeed(entry) && entry.type !== 'Announce';
}

/** Whether an id is one that `deedOf` gave: no document has it. Never fails. */
export function isDeedId(id: string): boolean {
  return DEED_ID.test(id);
}

const DEED_ID = /^https?:\/\/[^/]+\/ap\/deeds\/([a-z]*)/;

/** Gives the type of the deed that has an id; undefined for any other id. Never fails. */
export function deedTypeOf(id: string): DeedType | undefined {
  const [, word] = DEED_ID.exec(id) ?? [];
  return DEED_TYPES.find((type) => type.toLowerCase() === word);
}

/**
 * Gives the id by which manifest and ledger know a deed, and its digest. Both say what is done to what and nothing else, so
 * that one thing liked in two files is one deed, and a new inbox of its author is no change. Never fails. (FEDERATION, Deeds)
 */
export function deedOf(
  { sha256 }: ActivityDeps,
  origin: string,
  { type, object, instrument }: DeedTarget,
): { readonly id: string; readonly digest: string } {
  const target = instrument === undefined ? object : `${instrument} ${object}`;
  return {
    id: deedId(origin, type, sha256(target).slice(0, 32)),
    digest: sha256(JSON.stringify([type, target])),
  };
}

/**
 * Gives the id of the activity that does a deed: of the deed and of how often it was done before, for peers remember an
 * activity that was undone. Takes the deed's id as the ledger has it; never fails. (CONTRIBUTING, invariant 2)
 */
export function deedActivityId(
  { sha256 }: ActivityDeps,
  origin: string,
  deed: { readonly type: DeedType; readonly id: string; readonly revision: number },
): string {
  const { type, id, revision } = deed;
  return activityId(origin, type, sha256(JSON.stringify([type, id, String(revision)])).slice(0, 32));
}

/** A deed of the manifest that is done: see `PlannedActivity`. */
interface Done {
  readonly entry: ManifestObject;
  readonly revision: number;
  /** RFC 3339. */
  readonly published: string;
}

/**
 * Builds a Like or a Follow: for the one whom it is about alone. Takes a deed of that type; never fails.
 * (ActivityPub §6.5, §6.8; Mastodon, Misskey and GoToSocial read `id`, `type`, `actor` and a string `object`)
 */
export function buildPersonal(
  deps: ActivityDeps,
  addresses: Addresses,
  type: 'Like' | 'Follow',
  { entry, revision }: Done,
): OutgoingActivity {
  return outgoing(entry.id, ACTIVITY_STREAMS, {
    ...headOf(deps, addresses, { type, id: entry.id, revision }),
    object: entry.object ?? '',
    to: addresseesOf(entry),
  });
}

/**
 * Builds the Announce of a boost: addressed as a post is, and to the author. The object is an id, for each peer reads it from
 * its own server. Never fails. (ActivityPub §6.11)
 */
export function buildAnnounce(
  deps: ActivityDeps,
  addresses: Addresses,
  { entry, revision, published }: Done,
): OutgoingActivity {
  const { to, cc } = audienceOf(entry.visibility, addresses);
  return outgoing(entry.id, ACTIVITY_STREAMS, {
    ...headOf(deps, addresses, { type: 'Announce', id: entry.id, revision }),
    published,
    object: entry.object ?? '',
    to,
    cc: [...cc, ...addresseesOf(entry)],
  });
}

/**
 * Builds the request to consent to a quote. `quoting` is the document of the post that quotes, with the dates that were told:
 * it is embedded, because the author need not have it; one that is too large is its id. Never fails. (FEP-044f)
 */
export function buildQuoteRequest(
  deps: ActivityDeps,
  addresses: Addresses,
  { entry, revision, quoting }: Omit<Done, 'published'> & { readonly quoting: JsonObject },
): OutgoingActivity {
  const { context, rest } = splitContext(quoting);
  return outgoing(entry.id, withRequest(context), {
    ...headOf(deps, addresses, { type: 'QuoteRequest', id: entry.id, revision }),
    object: entry.object ?? '',
    instrument: limitObject(rest, { maxBytes: EMBEDDED_LIMIT }).object,
    to: addresseesOf(entry),
  });
}

/** What an Undo takes back: see `PlannedActivity`. */
interface Undone {
  readonly of: DeedType;
  readonly id: string;
  readonly object: string;
  readonly revision: number;
  readonly visibility: 'public' | 'unlisted';
  readonly published: string;
}

/**
 * Builds the Undo of a deed, with the whole activity inside as it was sent, for Misskey and GoToSocial know it by its object
 * and not by its id. `sent` is what is stored; without it the activity is made anew, and knows no author. The id depends on
 * that activity alone. Never fails. (ActivityPub §6.10)
 */
export function buildUndo(
  deps: ActivityDeps,
  addresses: Addresses,
  undone: Undone,
  sent: JsonObject | undefined,
): OutgoingActivity {
  const { context, rest } = splitContext(sent ?? rebuilt(deps, addresses, undone));
  const id = activityId(addresses.origin, 'Undo', deps.sha256(JSON.stringify(['Undo', String(rest.id)])).slice(0, 32));
  const { to, cc } = rest;
  return outgoing(undone.id, context, {
    id,
    type: 'Undo',
    actor: addresses.actor,
    object: rest,
    ...(to === undefined ? {} : { to }),
    ...(cc === undefined ? {} : { cc }),
  });
}

function rebuilt(deps: ActivityDeps, addresses: Addresses, undone: Undone): JsonObject {
  const { of: type, id, object, revision, visibility, published } = undone;
  return {
    ...headOf(deps, addresses, { type, id, revision }),
    object,
    ...(type === 'Announce' ? { published, ...audienceOf(visibility, addresses) } : {}),
  };
}

/**
 * Builds the Move of the account to `target`, for its followers: their servers look whether the target names this account, and
 * follow it then. `revision` is the one of the actor that says so. Never fails. (FEP-7628; Mastodon 4.6, GoToSocial)
 */
export function buildMove(
  { sha256 }: ActivityDeps,
  { origin, actor, followers }: Addresses,
  { target, revision, published }: { readonly target: string; readonly revision: number; readonly published: string },
): OutgoingActivity {
  const digest = sha256(JSON.stringify(['Move', target, String(revision)])).slice(0, 32);
  return outgoing(actor, ACTIVITY_STREAMS, {
    id: activityId(origin, 'Move', digest),
    type: 'Move',
    actor,
    published,
    object: actor,
    target,
    to: [followers],
  });
}

function headOf(
  deps: ActivityDeps,
  { origin, actor }: Addresses,
  deed: { readonly type: DeedType; readonly id: string; readonly revision: number },
) {
  return { id: deedActivityId(deps, origin, deed), type: deed.type, actor } satisfies JsonObject;
}

/** Of what is told about a deed, `object` is the deed: an Undo keeps the order and goes where the deed went. */
function outgoing(object: string, context: Json, body: JsonObject): OutgoingActivity {
  return { id: String(body.id), type: String(body.type), object, json: { '@context': context, ...body } };
}

function addresseesOf({ addressees = [] }: ManifestObject): string[] {
  return addressees.map(({ actor }) => actor);
}

/** The context of the post, which is inside, and the term of the request. */
function withRequest(context: Json): Json {
  const own = contextOf(['QuoteRequest']);
  const terms = Array.isArray(own) ? own.slice(1) : [];
  return [...(Array.isArray(context) ? context : [context]), ...terms];
}
