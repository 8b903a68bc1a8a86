import { Parser } from 'htmlparser2';
import { readHandle } from '../build/handles.ts';
import { authorOfObject, type ObjectFault, readKnownActor, readKnownObject } from '../federation/inbox/known-object.ts';
import { isActivityType } from '../federation/negotiate.ts';
import type { KnownActor, KnownObject } from '../federation/reference.ts';
import type { JsonObject } from '../federation/vocabulary.ts';
import type { Got } from '../server/http/guarded-get.ts';
import type { Fetched } from '../server/ports.ts';
import { resolveHandle } from '../server/resolve-handle.ts';
import type { ResolveClients } from './resolve-clients.ts';

/** What came of asking; `reason` says what to do as well. */
export type Resolved<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'unresolved'; readonly reason: string };

export interface ResolveOptions {
  /** RFC 3339 UTC. */
  readonly now: string;
  /** The blog's own actor: whom policies of others name. */
  readonly actor: string;
}

/** Requests that one reference may cost. */
const MOST_FETCHES = 5;

class TooManyFetches extends Error {}

/** Asks for one reference, and counts. */
class Asking {
  readonly clients: ResolveClients;
  #left = MOST_FETCHES;

  constructor(clients: ResolveClients) {
    this.clients = clients;
  }

  document(url: string): Promise<Fetched> {
    this.#count();
    return this.clients.documents.get(url);
  }

  page(url: string): Promise<Got> {
    this.#count();
    return this.clients.page(url);
  }

  handle(handle: string): ReturnType<ResolveClients['webfinger']['get']> {
    this.#count();
    return this.clients.webfinger.get(handle);
  }

  /** Whether as many requests are left. */
  has(requests: number): boolean {
    return this.#left >= requests;
  }

  #count(): void {
    this.#left -= 1;
    if (this.#left < 0) throw new TooManyFetches();
  }
}

/** Finds the person behind `@user@host`. Never throws for what a server does. */
export async function resolvePerson(clients: ResolveClients, handle: string): Promise<Resolved<KnownActor>> {
  return counted(clients, async (asking) => {
    const deps = {
      documents: { get: (url: string) => asking.document(url) },
      webfinger: { get: (asked: string) => asking.handle(asked) },
    };
    const found = await resolveHandle(deps, handle);
    if (found.kind !== 'found') return unresolved(`${found.reason}; ${NEXT[found.kind]}`);
    const fetched = await clients.documents.get(found.actor.id);
    if (fetched.kind !== 'document') return unresolved(reasonOf(fetched, clients));
    return actorOf(fetched, handle);
  });
}

const NEXT = {
  absent: 'correct the name, or take it out',
  refused: 'correct the name, or take it out',
  failed: 'the next build asks again',
} as const;

/** Finds the post that an address names, or its page leads to, and who wrote it. Never throws for what a server does. */
export async function resolveObject(
  clients: ResolveClients,
  url: string,
  { now, actor }: ResolveOptions,
): Promise<Resolved<KnownObject>> {
  return counted(clients, async (asking) => {
    const fetched = await fetchObject(asking, url);
    if (fetched.kind !== 'document') return unresolved(reasonOf(fetched, clients));
    const { document, url: id } = fetched;
    const author = authorOfObject(document, id);
    if (author.kind === 'fault') return unresolved(FAULTS[author.reason]);
    const known = await resolveAuthor(asking, author.id);
    if (known.kind !== 'found') return known;
    return found(readKnownObject(document, { id, author: known.value }, { now, quoting: actor }));
  });
}

async function counted<T>(
  clients: ResolveClients,
  work: (asking: Asking) => Promise<Resolved<T>>,
): Promise<Resolved<T>> {
  try {
    return await work(new Asking(clients));
  } catch (error) {
    if (!(error instanceof TooManyFetches)) throw error;
    return unresolved(`its server leads from one address to the next, more than ${MOST_FETCHES} times`);
  }
}

function found<T>(value: T): Resolved<T> {
  return { kind: 'found', value };
}

/** The HTTP client repeats the address, which stands before the reason already. */
function unresolved(reason: string): { readonly kind: 'unresolved'; readonly reason: string } {
  return { kind: 'unresolved', reason: reason.replace(/request to \S+ failed, reason: /, '') };
}

/** A page for people names its document in a link of its head, which may be at the server where the post is at home. */
async function fetchObject(asking: Asking, url: string): Promise<Fetched> {
  const fetched = await asking.document(url);
  if (fetched.kind !== 'refused' || !LEADS_ON.has(fetched.reason)) return fetched;
  const page = await asking.page(url);
  if (page.kind === 'refused' && page.reason === 'unwanted-content-type') return fetched;
  if (page.kind === 'not-asked') return { kind: 'failed', reason: 'not asked' };
  if (page.kind !== 'body') return page;
  const alternate = alternateOf(new TextDecoder().decode(page.bytes), url);
  return alternate === undefined ? { kind: 'refused', status: 200, reason: NO_ALTERNATE } : asking.document(alternate);
}

const LEADS_ON = new Set(['content-type', 'redirect-to-other-origin', 'id-mismatch']);
const NO_ALTERNATE = 'no-alternate';

/** The first link of a page to its ActivityPub document. */
function alternateOf(html: string, base: string): string | undefined {
  let href: string | undefined;
  const parser = new Parser({
    onopentag: (name, { rel = '', type, href: to }) => {
      if (name !== 'link' || href !== undefined || to === undefined || type === undefined) return;
      if (/(?:^|\s)alternate(?:\s|$)/i.test(rel) && isActivityType(type) && URL.canParse(to, base))
        href = new URL(to, base).href;
    },
  });
  parser.end(html);
  return href;
}

async function resolveAuthor(asking: Asking, id: string): Promise<Resolved<KnownActor>> {
  const fetched = await asking.document(id);
  if (fetched.kind !== 'document') return unresolved(`its author ${id}: ${reasonOf(fetched, asking.clients)}`);
  const read = actorOf(fetched);
  return read.kind === 'found' ? found(await underOwnHandle(asking, read.value)) : read;
}

function actorOf(fetched: { url: string; document: JsonObject }, handle?: string): Resolved<KnownActor> {
  const read = readKnownActor(fetched.document, fetched.url, handle);
  if (read.kind === 'actor') return found(read.actor);
  return unresolved(`${fetched.url} is no account that can be written to (${read.reason})`);
}

/** A handle may be of another domain than its server; both must say so. The server's own does as well. */
async function underOwnHandle(asking: Asking, actor: KnownActor): Promise<KnownActor> {
  if (!asking.has(1)) return actor;
  const asked = await asking.handle(actor.handle);
  const subject = asked.kind === 'answer' && asked.self === actor.id ? readHandle(asked.subject ?? '') : undefined;
  if (!subject || subject.handle === actor.handle.toLowerCase() || !asking.has(1)) return actor;
  const handle = `@${subject.user}@${subject.host}`;
  const confirmed = await asking.handle(handle);
  const isSame = confirmed.kind === 'answer' && confirmed.self === actor.id;
  return isSame ? { ...actor, handle } : actor;
}

const FAULTS: Readonly<Record<ObjectFault, string>> = {
  'not-public': 'it is not public, so nothing of it is kept, and nobody can be told what it is; take the line out',
  actor: 'it is an account, and no post; to follow it: npm run follow; to name it, write its handle into the text',
  activity: 'it tells of a post, and is none; name the post itself',
  tombstone: 'it is gone: its author deleted it; take the line out',
  'no-author': 'it does not say by whom of its server it is; name another address of it',
};

/** Why a document cannot be had, and what to do. */
function reasonOf(
  fetched: Exclude<Fetched | Got, { kind: 'document' | 'body' | 'not-asked' }>,
  { signed }: ResolveClients,
): string {
  if (fetched.kind === 'failed') return `its server does not answer (${fetched.reason}); the next build asks again`;
  if (fetched.kind === 'blocked') return `its address may not be asked (${fetched.reason})`;
  const { status, reason } = fetched;
  if (reason === NO_ALTERNATE || reason === 'content-type' || reason === 'unwanted-content-type')
    return 'its page names no ActivityPub document, so it is no post of the fediverse; link to it in the text instead';
  if (reason !== 'status') return `what its server answers cannot be used (${reason})`;
  if (status === 404 || status === 410)
    return `its server answers ${status}: it is gone, or not public; correct the address, or take the line out`;
  if (status === 401 || status === 403) {
    const next = signed ? 'it may know this blog once that is live' : 'build where the private keys of this blog are';
    return `its server answers ${status}: it shows posts to servers alone that it can check; ${next}`;
  }
  return `its server answers ${status}`;
}
