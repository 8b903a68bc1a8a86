import { type Addresses, addressesOf } from '../federation/addresses.ts';
import { hostOf } from '../federation/audience.ts';
import { isDeed } from '../federation/deeds.ts';
import { stampIdOf } from '../federation/inbox/accept.ts';
import type { Activity } from '../federation/inbox/activity.ts';
import { type ConcernContext, concerns } from '../federation/inbox/concerns.ts';
import type { DecisionContext, OwnPost } from '../federation/inbox/context.ts';
import { asksForAuthor, asksForRemoteActor } from '../federation/inbox/decide.ts';
import { isAboutItself } from '../federation/inbox/delete.ts';
import { ACTOR_UNAVAILABLE } from '../federation/inbox/ownership.ts';
import { readAuthor } from '../federation/inbox/read-author.ts';
import { readRichText } from '../federation/inbox/read-html.ts';
import { sameOrigin } from '../federation/inbox/references.ts';
import { readRemoteActor } from '../federation/inbox/remote-actor.ts';
import { withDocument } from '../federation/inbox/thing.ts';
import type { Interaction } from '../federation/interaction.ts';
import type { Manifest } from '../federation/manifest.ts';
import { type Outcome, refused, undoneMark, withdrawnMark } from '../federation/outcome.ts';
import type { JsonObject } from '../federation/vocabulary.ts';
import { sha256Hex } from './crypto.ts';
import { gatherOurs, isRead, type Ours } from './gather-ours.ts';
import { isKnownActor } from './known-actor.ts';
import type { Deps } from './ports.ts';
import type { RemoteActors } from './remote-actors.ts';
import type { Store } from './store/store.ts';

export type Gathered =
  /** `activity`: with what it only named and was fetched since. */
  | { readonly kind: 'context'; readonly activity: Activity; readonly context: DecisionContext }
  | { readonly kind: 'refused'; readonly outcome: Outcome };

export type GatherDeps = Pick<Deps, 'store' | 'site' | 'clock'>;

const DAY_MS = 86_400_000;

/** Gathers what the decision about a verified activity may know, and no more than that decision asks for. */
export async function gatherContext(deps: GatherDeps, actors: RemoteActors, sent: Activity): Promise<Gathered> {
  const place = await gatherPlace(deps, sent);
  if (sent.actor === place.addresses.actor) {
    return refuse('own-actor', 403, 'The blog does not write to itself.');
  }
  const read = await isRead(deps, sent);
  const fetched = await withNamed(actors, sent, place, read);
  if ('outcome' in fetched) return fetched;
  const { activity } = fetched;
  const here = activity === sent ? place : await gatherPlace(deps, activity);
  const wanted = read || concerns(activity, here) !== undefined;
  const document = await gatherDocument(actors, activity, here, wanted);
  if (document !== undefined && 'outcome' in document) return document;
  const history = await gatherHistory(deps, activity, here, wanted);
  const ours = await gatherOurs(deps, actors, activity, { ...here, isRead: read });
  return { kind: 'context', activity, context: await contextOf(deps, activity, { here, history, document, ours }) };
}

/** Each field by its name: a second spread into one object, and all that is added after one, takes V8 microseconds. */
async function contextOf(
  { store, site, clock }: GatherDeps,
  { actor }: Activity,
  found: {
    here: ConcernContext;
    history: History;
    document: { readonly document: JsonObject } | undefined;
    ours: Ours;
  },
): Promise<DecisionContext> {
  const { addresses, ownPost, parent, existing } = found.here;
  const { isKnown, wasShown, recently, isUndone, isWithdrawn = false, isStamped = false } = found.history;
  const { asked, consent, poll, reads } = found.ours;
  const document = found.document?.document;
  const now = new Date(clock()).toISOString();
  return {
    addresses,
    ownPost,
    parent,
    existing,
    isKnown,
    wasShown,
    recently,
    isUndone,
    isWithdrawn,
    isStamped,
    asked,
    consent,
    poll,
    reads,
    now,
    sha256: sha256Hex,
    rules: await site.rules(),
    follower: await store.followers.get(actor),
    followRequest: await store.requests.get(actor),
    remoteActor: document === undefined ? undefined : readRemoteActor(document, actor),
    author: document === undefined ? undefined : readAuthor(document, actor, now),
    readText: readRichText,
  };
}

/** Says whether an activity may be about the blog, by what it says itself and what is stored; asks nobody else. */
export async function couldConcern(deps: GatherDeps, activity: Activity): Promise<boolean> {
  if (isAboutItself(activity)) return isKnownActor(deps.store, activity.actor);
  return concerns(activity, await gatherPlace(deps, activity)) !== undefined;
}

/** Where an activity belongs: ours, and what is stored that it answers or changes. */
async function gatherPlace({ store, site }: GatherDeps, activity: Activity): Promise<ConcernContext> {
  const manifest = await site.manifest();
  const ownPost = (reference: string): OwnPost | undefined => findOwnPost(manifest, reference);
  const subject = subjectOf(activity);
  return {
    addresses: ownOf(manifest).addresses,
    ownPost,
    parent: await gatherParent(store, subject?.inReplyTo[0], ownPost),
    existing: await gatherExisting(store, activity, subject?.id),
  };
}

/**
 * What is taken back may be named by the activity that brought it. What is said may not: the id of one's earlier Create
 * would be an edit then, which is not asked whether it may come.
 */
async function gatherExisting(
  store: Store,
  { type, actor }: Activity,
  id: string | undefined,
): Promise<Interaction | undefined> {
  const found = id === undefined ? undefined : await store.interactions.find(actor, id);
  return type === 'Undo' || type === 'Delete' || found?.id === id ? found : undefined;
}

/** What was said, or is changed or taken back. A reaction is about our own post, which is no interaction. */
function subjectOf({ type, object, instrument }: Activity): Activity['object'] | undefined {
  switch (type) {
    case 'Create':
    case 'Update':
    case 'Delete':
    case 'Undo':
      return object;
    case 'QuoteRequest':
      return instrument;
    default:
      return undefined;
  }
}

async function gatherParent(
  store: Store,
  inReplyTo: string | undefined,
  ownPost: ConcernContext['ownPost'],
): Promise<Interaction | undefined> {
  return inReplyTo === undefined || ownPost(inReplyTo) !== undefined ? undefined : store.interactions.get(inReplyTo);
}

type Refused = Extract<Gathered, { kind: 'refused' }>;

/** A post may only be named: its own server is asked for it, when the rest of the activity says that it concerns us, or is read. */
async function withNamed(
  actors: RemoteActors,
  activity: Activity,
  place: ConcernContext,
  isRead: boolean,
): Promise<{ readonly activity: Activity } | Refused> {
  const { type, actor, object, instrument } = activity;
  const part = type === 'QuoteRequest' ? 'instrument' : type === 'Create' || type === 'Update' ? 'object' : undefined;
  const thing = part === 'instrument' ? instrument : object;
  if (part === undefined || thing?.id === undefined || thing.embedded !== undefined || thing.id === actor) {
    return { activity };
  }
  if (!sameOrigin(thing.id, actor) || !(isRead || concerns(activity, place) !== undefined)) return { activity };
  const lookup = await actors.object(thing.id, { causedBy: hostOf(actor) });
  if (lookup.kind === 'failed')
    return refuse('object-unavailable', 503, 'The post could not be fetched: try again later.');
  if (lookup.kind === 'refused') return refuse('object-refused', 400, 'The post could not be fetched at its own id.');
  return { activity: withDocument(activity, part, lookup.document) };
}

/** The actor's document, for those who will be answered or shown. */
async function gatherDocument(
  actors: RemoteActors,
  activity: Activity,
  place: ConcernContext,
  isWanted: boolean,
): Promise<{ readonly document: JsonObject } | Refused | undefined> {
  const isShown = asksForAuthor(activity) && isWanted;
  if (!isShown && !asksForRemoteActor(activity, place.addresses.actor)) return undefined;
  const lookup = await actors.document(activity.actor);
  if (lookup.kind === 'document') return { document: lookup.document };
  if (lookup.kind === 'failed') return { kind: 'refused', outcome: ACTOR_UNAVAILABLE };
  return refuse('actor-refused', 400, 'The actor could not be fetched.');
}

type History = Pick<DecisionContext, 'isKnown' | 'wasShown' | 'recently' | 'isUndone' | 'isWithdrawn' | 'isStamped'>;

/** What the actor did before, for what is about the blog or read; of everything else nothing is looked up. */
async function gatherHistory(
  { store, clock }: GatherDeps,
  activity: Activity,
  place: ConcernContext,
  isWanted: boolean,
): Promise<History> {
  const { type, actor } = activity;
  const isKnown = (isAboutItself(activity) || type === 'Move') && (await isKnownActor(store, actor));
  if (!asksForAuthor(activity) || !isWanted) {
    return { isKnown, wasShown: false, recently: 0, isUndone: false };
  }
  return {
    isKnown,
    wasShown: subjectOf(activity) !== undefined && (await store.interactions.wasShown(actor)),
    recently: await countSince(store, actor, new Date(clock() - DAY_MS).toISOString()),
    isUndone: await isUndone(store, activity),
    isWithdrawn: await isWithdrawn(store, activity),
    isStamped: await isStamped(store, activity, place),
  };
}

async function isWithdrawn({ inbound }: Store, activity: Activity): Promise<boolean> {
  const id = subjectOf(activity)?.id;
  return id !== undefined && inbound.seen(withdrawnMark(activity.actor, id));
}

async function isStamped({ stamps }: Store, activity: Activity, place: ConcernContext): Promise<boolean> {
  const target = concerns(activity, place);
  const quote = activity.instrument?.id;
  if (activity.type !== 'QuoteRequest' || target === undefined || quote === undefined) return false;
  const stamp = await stamps.get(stampIdOf({ addresses: place.addresses, sha256: sha256Hex }, { quote, target }));
  return stamp !== undefined && stamp.revoked === undefined;
}

/** What is public and what is sealed fill the same disk. */
async function countSince({ interactions, messages }: Store, actor: string, since: string): Promise<number> {
  return (await interactions.countSince(actor, since)) + (await messages.countSince(sha256Hex(actor), since));
}

async function isUndone({ inbound }: Store, activity: Activity): Promise<boolean> {
  for (const id of new Set([activity.id, subjectOf(activity)?.id])) {
    if (id !== undefined && (await inbound.seen(undoneMark(activity.actor, id)))) return true;
  }
  return false;
}

/** What is ours in a build; posts by id and page. */
interface Own {
  readonly addresses: Addresses;
  readonly posts: ReadonlyMap<string, OwnPost>;
}

const ownInBuilds = new WeakMap<Manifest, Own>();

/** A fragment names a part of a page: the page is still ours. */
function findOwnPost(manifest: Manifest, reference: string): OwnPost | undefined {
  return ownOf(manifest).posts.get(reference.split('#', 1)[0] ?? '');
}

/** Made once for each build: one activity may name thousands of things. */
function ownOf(manifest: Manifest): Own {
  const known = ownInBuilds.get(manifest);
  if (known) return known;
  const posts = new Map<string, OwnPost>();
  for (const { id, type, url, published } of manifest.objects) {
    // What was done to the post of somebody else has no thread.
    if (isDeed({ type })) continue;
    const post = { id, published };
    posts.set(id, post).set(url, post);
  }
  const made = { addresses: addressesOf(manifest.origin), posts };
  ownInBuilds.set(manifest, made);
  return made;
}

function refuse(reason: string, status: 400 | 403 | 503, message: string): Refused {
  return { kind: 'refused', outcome: refused(reason, status, message) };
}
