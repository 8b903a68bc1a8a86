import type { Addresses } from '../federation/addresses.ts';
import { hostOf } from '../federation/audience.ts';
import { toTime } from '../federation/dates.ts';
import type { Consent } from '../federation/heard.ts';
import type { Activity } from '../federation/inbox/activity.ts';
import { own } from '../federation/inbox/bounds.ts';
import type { Asked, Boosted, DecisionContext, OwnPost, Reads } from '../federation/inbox/context.ts';
import { isAboutItself } from '../federation/inbox/delete.ts';
import { type OwnPoll, readOwnPoll } from '../federation/inbox/own-poll.ts';
import { readAuthor } from '../federation/inbox/read-author.ts';
import { idOf, listOf, sameOrigin } from '../federation/inbox/references.ts';
import { readThing } from '../federation/inbox/thing.ts';
import type { LedgerObject } from '../federation/ledger.ts';
import { undoneMark } from '../federation/outcome.ts';
import { type AskedQuote, deedsIn } from './deeds-in.ts';
import { followOf } from './followed.ts';
import type { Deps } from './ports.ts';
import type { RemoteActors } from './remote-actors.ts';

type OursDeps = Pick<Deps, 'store' | 'site' | 'clock'>;

/** What a decision may know of our own deeds and polls, and of whom the owner reads. */
export type Ours = Pick<DecisionContext, 'asked' | 'consent' | 'poll' | 'reads'>;

const DAY_MS = 86_400_000;

const NOTHING: Ours = {};

/** Gathers what the activity asks about our own; for most activities nothing is looked up. */
export async function gatherOurs(
  deps: OursDeps,
  actors: RemoteActors,
  activity: Activity,
  found: {
    readonly addresses: Addresses;
    readonly ownPost: (reference: string) => OwnPost | undefined;
    readonly isRead: boolean;
  },
): Promise<Ours> {
  const { type, object } = activity;
  if (type === 'Accept' || type === 'Reject') return { asked: await gatherAsked(deps, activity, found.addresses) };
  if (type === 'Create' && object.vote) return { poll: await gatherPoll(deps, activity, found.ownPost) };
  const consent = type === 'Delete' ? await gatherConsent(deps, activity) : undefined;
  const reads = found.isRead ? await gatherReads(deps, actors, activity, found.addresses) : undefined;
  return consent === undefined && reads === undefined ? NOTHING : { consent, reads };
}

/** What may be kept of somebody's posts, or taken back. */
const READ: ReadonlySet<Activity['type']> = new Set(['Create', 'Update', 'Delete', 'Announce', 'Undo']);

/**
 * Says whether the owner reads what this actor posts: the profile asks for it, and a Follow was sent that
 * was neither undone nor refused. The build is looked at first, which costs nothing.
 */
export async function isRead({ store, site }: OursDeps, activity: Activity): Promise<boolean> {
  const { type, actor } = activity;
  if (!READ.has(type) || isAboutItself(activity) || activity.object.vote) return false;
  if ((await site.rules()).reading === undefined) return false;
  const manifest = await site.manifest();
  const { follows, isAnyUnresolved } = deedsIn(manifest);
  if (!follows.has(actor) && !isAnyUnresolved) return false;
  if ((await standing(store, followOf(actor, manifest.origin))) === undefined) return false;
  return (await store.following.get(actor))?.state !== 'rejected';
}

/** A deed stands that was told and not undone. */
async function standing({ ledger }: Pick<Deps['store'], 'ledger'>, id: string): Promise<LedgerObject | undefined> {
  const told = await ledger.object(id);
  return told?.state === 'deleted' ? undefined : told;
}

async function gatherAsked(deps: OursDeps, activity: Activity, addresses: Addresses): Promise<Asked | undefined> {
  const { id, types, actor, object } = activity.object;
  const isNamed = (type: string): boolean => id?.startsWith(`${addresses.origin}/ap/activities/${type}/`) === true;
  const isEmbedded = (type: string): boolean => types.includes(type) && actor === addresses.actor;
  const isTheirs = object === undefined || object === activity.actor;
  if (isTheirs && (isNamed('follow') || isEmbedded('Follow'))) return askedFollow(deps, activity.actor, addresses);
  return isNamed('quoterequest') || isEmbedded('QuoteRequest') ? askedQuote(deps, activity) : undefined;
}

/** By the ledger: a line that is gone from the build is followed until the Undo is sent. */
async function askedFollow({ store }: OursDeps, actor: string, { origin }: Addresses): Promise<Asked | undefined> {
  if ((await standing(store, followOf(actor, origin))) === undefined) return undefined;
  return { kind: 'follow', known: await store.following.get(actor) };
}

/** By what is embedded, else by the request that was sent; the author alone may answer. */
async function askedQuote({ store, site }: OursDeps, activity: Activity): Promise<Asked | undefined> {
  const { actor, object: request } = activity;
  const json =
    request.object === undefined && request.id !== undefined ? await sent(store, request.id) : request.embedded;
  const quoted = json === undefined ? undefined : idOf(listOf(own(json, 'object'))[0]);
  const object = json === undefined ? undefined : idOf(listOf(own(json, 'instrument'))[0]);
  const deed = deedsIn(await site.manifest()).quotes.find((each) => each.quoted === quoted && each.object === object);
  const told = deed && (await standing(store, deed.id));
  if (deed?.author !== actor || told === undefined) return undefined;
  const stamp = idOf(listOf(own(activity.json, 'result'))[0]);
  const before = await store.answers.consent(deed.object);
  return {
    ...{ kind: 'quote', object: deed.object, quoted: deed.quoted },
    known: before !== undefined && answers(before, deed, told) ? before : undefined,
    isUndone: stamp !== undefined && (await store.inbound.seen(undoneMark(actor, stamp))),
  };
}

/** What the post quoted before was another's to answer; and what was asked anew since is open again. */
function answers({ quoted, at }: Consent, asked: AskedQuote, { published }: LedgerObject): boolean {
  return quoted === asked.quoted && (toTime(at) ?? 0) >= (toTime(published) ?? 0);
}

async function sent({ activities }: Pick<Deps['store'], 'activities'>, id: string) {
  return (await activities.get(id))?.json;
}

/** Looked up where a quote of ours has asked somebody of that server. */
async function gatherConsent({ store, site }: OursDeps, { actor, object }: Activity): Promise<Consent | undefined> {
  const { id } = object;
  const asked = deedsIn(await site.manifest()).quotes.filter(({ author }) => author === actor);
  if (id === undefined || asked.length === 0) return undefined;
  const consent = await store.answers.consentByStamp(id);
  return asked.some((each) => each.object === consent?.object && each.quoted === consent.quoted) ? consent : undefined;
}

async function gatherPoll(
  { site }: OursDeps,
  { object }: Activity,
  ownPost: (reference: string) => OwnPost | undefined,
): Promise<OwnPoll | undefined> {
  const id = object.inReplyTo.map((each) => ownPost(each)?.id).find((each) => each !== undefined);
  const document = id === undefined ? undefined : await site.document(id);
  return id === undefined || document === undefined ? undefined : readOwnPoll(document, id);
}

async function gatherReads(
  { store, site, clock }: OursDeps,
  actors: RemoteActors,
  activity: Activity,
  addresses: Addresses,
): Promise<Reads | undefined> {
  const { reading } = await site.rules();
  if (reading === undefined) return undefined;
  const { type, actor, object } = activity;
  const isSaid = type === 'Create' || type === 'Update';
  const kept = isSaid && object.id !== undefined ? await store.reading.get(object.id) : undefined;
  const boosts = reading.boosts && reading.withoutBoosts?.includes(actor) !== true;
  const isBoost = type === 'Announce' && boosts && activity.isPublic;
  const languages = reading.languages?.[actor];
  return {
    boosts,
    ...(languages === undefined ? {} : { languages }),
    since: new Date(Math.max(0, clock() - reading.days * DAY_MS)).toISOString(),
    kept: kept?.actor === actor && kept.kind === 'post' ? kept : undefined,
    boosted: isBoost ? await gatherBoosted(actors, activity, addresses, clock()) : undefined,
  };
}

/**
 * What was boosted, by its own server, and who wrote it: two fetches at the most. An activity that is wrapped is no post,
 * and what is ours is no news.
 */
async function gatherBoosted(
  actors: RemoteActors,
  { actor, object }: Activity,
  addresses: Addresses,
  now: number,
): Promise<Boosted | undefined> {
  const { id } = object;
  if (id === undefined || sameOrigin(id, addresses.actor)) return undefined;
  const lookup = await actors.object(id, { causedBy: hostOf(actor) });
  if (lookup.kind !== 'document') return undefined;
  const thing = readThing(lookup.document);
  const [writer] = thing.attributedTo;
  if (!thing.isPublic || writer === undefined || !sameOrigin(writer, id)) return { thing, author: undefined };
  const found = await actors.document(writer);
  const author =
    found.kind === 'document' ? readAuthor(found.document, writer, new Date(now).toISOString()) : undefined;
  return { thing, author };
}
