import { hostOf } from '../federation/audience.ts';
import { readBounded } from '../federation/inbox/bounds.ts';
import { keptDocument } from '../federation/inbox/remote-document.ts';
import { type KeyLookup, lookUpKey } from '../federation/signatures/keys.ts';
import type { JsonObject } from '../federation/vocabulary.ts';
import type { InboundLimits } from './inbound-limits.ts';
import type { DocumentClient, Fetched } from './ports.ts';
import type { ActorCache, CachedDocument } from './store/store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long a document is believed; a key that fails is looked up anew before that. */
const KEEP_DOCUMENT = 24 * HOUR;
/** An actor that is gone stays gone for a day; other refusals may be mended sooner (negative cache: CVE-2026-34148). */
const KEEP_GONE = 24 * HOUR;
const KEEP_REFUSAL = 5 * MINUTE;
/** Just long enough that a flood does not knock at a door that does not open. */
const KEEP_FAILURE = MINUTE;
/** A document younger than this is not fetched again for a signature that fails: bad signatures cost the signer nothing. */
const REFRESH_AFTER = MINUTE;
/** The status under which a passing failure is remembered, and that of a document that is too large. */
const FAILED = 503;
const TOO_LARGE = 413;

/** Fetches that one inbound activity may cause; an actor, its key and the refresh of both fit. */
const MAX_FETCHES = 5;
/**
 * Fetches that are under way at any time, for all activities together. An unsigned request is enough for one, and a server
 * that never answers holds it for ten seconds: sockets and memory must not grow with what strangers send.
 */
const MAX_UNDER_WAY = 256;

export interface RemoteActorDeps {
  readonly documents: DocumentClient;
  readonly store: { readonly actors: ActorCache };
  readonly clock: () => number;
  /** How many fetches a host may cause; no bound but that of each activity without it. */
  readonly limits?: InboundLimits | undefined;
}

/** What is known of a remote document. */
export type Lookup =
  | { readonly kind: 'document'; readonly document: JsonObject; readonly cached: boolean }
  /** Final: 410 means that it is no more; 0 that our own limits forbid to ask. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  /** Passing: the sender may try again. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Remote actors and key documents, as far as one inbound activity may look for them. */
export interface RemoteActors {
  /** Gives a document from the cache or its server; with `refresh`, from its server unless it was just fetched. */
  document(url: string, options?: LookupOptions): Promise<Lookup>;
  /** Gives a public key and whose it is, by way of `document`. */
  key(keyId: string, options?: LookupOptions): Promise<KeyLookup>;
  /**
   * Gives an object as its own server has it now: whole, with exactly this id, and not remembered. `causedBy` is the host
   * that made us ask: it answers for the fetch as well.
   */
  object(id: string, options: { readonly causedBy: string }): Promise<Lookup>;
}

export interface LookupOptions {
  readonly refresh?: boolean;
}

type UnderWay<Result> = WeakMap<DocumentClient, Map<string, Promise<Result>>>;

/** Fetches under way, shared by the requests that wait for the same document. */
const documentsUnderWay: UnderWay<CachedDocument> = new WeakMap();
const objectsUnderWay: UnderWay<Fetched> = new WeakMap();

/** Opens the look-ups of one inbound activity: cached, shared with other requests, at most five fetches. */
export function openRemoteActors(deps: RemoteActorDeps): RemoteActors {
  let fetches = 0;
  const mayFetch = (): boolean => {
    fetches += 1;
    return fetches <= MAX_FETCHES;
  };

  /** What was read last: an activity's actor is mostly looked for twice, for its key and for itself. */
  let known: CachedDocument | undefined;

  async function document(url: string, { refresh = false }: LookupOptions = {}): Promise<Lookup> {
    const location = withoutFragment(url);
    if (refresh || known?.url !== location) known = await deps.store.actors.get(location);
    if (known !== undefined && isCurrent(known, deps.clock(), refresh)) return lookupOf(known, true);
    if (!mayFetch()) return tooManyFetches;
    known = undefined;
    const fetched = await shared(deps, documentsUnderWay, location, [], () => fetchAndCache(deps, location));
    return typeof fetched === 'string' ? { kind: 'failed', reason: fetched } : lookupOf(fetched, false);
  }

  async function key(keyId: string, options: LookupOptions = {}): Promise<KeyLookup> {
    let cached = false;
    const get = async (url: string): Promise<Lookup> => {
      const lookup = await document(url, options);
      if (lookup.kind === 'document' && lookup.cached) cached = true;
      return lookup;
    };
    const found = await lookUpKey({ get }, keyId, { cached: false });
    if (found.kind === 'key') return { ...found, cached };
    // A new key may have a new id, which the actor as we remember it does not list.
    return found.kind === 'unknown' && cached && options.refresh !== true ? key(keyId, { refresh: true }) : found;
  }

  async function object(id: string, { causedBy }: { readonly causedBy: string }): Promise<Lookup> {
    if (!mayFetch()) return tooManyFetches;
    const fetched = await shared(deps, objectsUnderWay, id, [causedBy], () => deps.documents.get(id));
    return typeof fetched === 'string' ? { kind: 'failed', reason: fetched } : objectLookup(fetched, id);
  }

  return { document, key, object };
}

const tooManyFetches: Lookup = { kind: 'refused', status: 0, reason: 'too-many-fetches' };

/** A fetch of it as well, unless one is under way; a reason when none may begin: then nothing is learnt or remembered. */
async function shared<Result>(
  { documents, limits, clock }: RemoteActorDeps,
  place: UnderWay<Result>,
  url: string,
  causedBy: readonly string[],
  fetch: () => Promise<Result>,
): Promise<Result | 'too-many-under-way' | 'too-many-fetches-of-host'> {
  const running = place.get(documents) ?? new Map<string, Promise<Result>>();
  place.set(documents, running);
  const started = running.get(url);
  if (started !== undefined) return started;
  if (running.size >= MAX_UNDER_WAY) return 'too-many-under-way';
  const hosts = new Set([hostOf(url), ...causedBy]);
  if (limits !== undefined && ![...hosts].every((host) => limits.takeFetch(host, clock()))) {
    return 'too-many-fetches-of-host';
  }
  const fetched = fetch().finally(() => running.delete(url));
  running.set(url, fetched);
  return fetched;
}

/** Only what says that it is what was asked for: an object is its own server's word alone (FEP-fe34). */
function objectLookup(fetched: Fetched, id: string): Lookup {
  switch (fetched.kind) {
    case 'document': {
      const bounded = readBounded(fetched.document);
      if (bounded.kind === 'fault') return { kind: 'refused', status: 0, reason: bounded.reason };
      const isItself = bounded.document.id === id;
      return isItself
        ? { kind: 'document', document: bounded.document, cached: false }
        : { kind: 'refused', status: 0, reason: 'object-id-differs' };
    }
    case 'refused':
      return { kind: 'refused', status: fetched.status, reason: fetched.reason };
    case 'failed':
      return { kind: 'failed', reason: fetched.reason };
    case 'blocked':
      return { kind: 'refused', status: 0, reason: fetched.reason };
    default:
      return fetched satisfies never;
  }
}

function isCurrent(cached: CachedDocument, now: number, refresh: boolean): boolean {
  const age = now - cached.fetchedAt;
  return age >= 0 && age < (refresh ? Math.min(REFRESH_AFTER, timeToKeep(cached)) : timeToKeep(cached));
}

function timeToKeep(cached: CachedDocument): number {
  if (cached.document !== undefined) return KEEP_DOCUMENT;
  if (cached.status === 410) return KEEP_GONE;
  return cached.status === FAILED ? KEEP_FAILURE : KEEP_REFUSAL;
}

async function fetchAndCache(deps: RemoteActorDeps, url: string): Promise<CachedDocument> {
  const fetched = await deps.documents.get(url);
  const entry = entryOf(fetched, url, deps.clock());
  await deps.store.actors.put(entry);
  // GoToSocial answers at its key's URL with the actor: what was learnt of the actor is worth keeping under its own id.
  if (fetched.kind === 'document' && entry.document !== undefined && fetched.url !== url) {
    await deps.store.actors.put({ ...entry, url: fetched.url });
  }
  return entry;
}

function entryOf(fetched: Fetched, url: string, fetchedAt: number): CachedDocument {
  switch (fetched.kind) {
    case 'document': {
      const document = keptDocument(fetched.document);
      return document === undefined ? { url, fetchedAt, status: TOO_LARGE } : { url, fetchedAt, status: 200, document };
    }
    case 'refused':
      return { url, fetchedAt, status: fetched.status };
    case 'failed':
      return { url, fetchedAt, status: FAILED };
    case 'blocked':
      return { url, fetchedAt, status: 0 };
    default:
      return fetched satisfies never;
  }
}

function lookupOf(entry: CachedDocument, cached: boolean): Lookup {
  if (entry.document !== undefined) return { kind: 'document', document: entry.document, cached };
  if (entry.status === FAILED) return { kind: 'failed', reason: 'document-unavailable' };
  return { kind: 'refused', status: entry.status, reason: refusalOf(entry.status) };
}

function refusalOf(status: number): string {
  if (status === 410) return 'document-gone';
  if (status === TOO_LARGE) return 'document-too-large';
  return status === 0 ? 'address-blocked' : 'document-refused';
}

function withoutFragment(url: string): string {
  const hash = url.indexOf('#');
  return hash === -1 ? url : url.slice(0, hash);
}
