import type { Response } from 'node-fetch';
import { isActivityType } from '../../federation/negotiate.ts';
import { ACCEPT_ACTIVITY, isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import type { DocumentClient, Fetched } from '../ports.ts';
import { guardUrl, isBlockedAddress } from './addresses.ts';
import { bodyWithin, discard, errorText } from './bodies.ts';
import { type GetOptions, isPassing } from './guarded-get.ts';
import type { SignGet } from './signing.ts';

export interface DocumentClientOptions extends GetOptions {
  readonly signGet: SignGet;
  readonly clock: () => number;
}

const MAX_REDIRECTS = 3;

/** One way through redirects and a refetch: what it has used up so far. */
interface Journey {
  readonly visited: Set<string>;
  readonly signal: AbortSignal;
  redirects: number;
  refetched: boolean;
}

type Settings = Required<DocumentClientOptions>;

/**
 * Makes the client that gets ActivityPub documents. Each hop is guarded, signed anew and limited; a document counts only
 * when it was got from its own id. Requests for the same URL that are under way are shared.
 */
export function createDocumentClient(options: DocumentClientOptions): DocumentClient {
  const settings: Settings = { deadlineMs: 10_000, maxBytes: 1_048_576, ...options };
  const underWay = new Map<string, Promise<Fetched>>();
  return {
    get(url) {
      const shared = underWay.get(url);
      if (shared) return shared;
      const fetched = withDeadline(settings, url).finally(() => underWay.delete(url));
      underWay.set(url, fetched);
      return fetched;
    },
  };
}

async function withDeadline(settings: Settings, url: string): Promise<Fetched> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), settings.deadlineMs);
  try {
    const journey = { visited: new Set<string>(), signal: controller.signal, redirects: 0, refetched: false };
    return await visit(settings, journey, url);
  } catch (error) {
    if (controller.signal.aborted) return { kind: 'failed', reason: `no answer within ${settings.deadlineMs} ms` };
    if (isBlockedAddress(error)) return { kind: 'blocked', reason: errorText(error) };
    return { kind: 'failed', reason: errorText(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function visit(settings: Settings, journey: Journey, address: string): Promise<Fetched> {
  const guarded = guardUrl(address, settings);
  if (guarded.kind === 'blocked') return guarded;
  const { url } = guarded;
  url.hash = '';
  journey.visited.add(url.href);

  // Loaded when something is first asked for: see `guardedGet`.
  const { default: fetch, Headers } = await import('node-fetch');
  const headers = new Headers(settings.signGet(url.href, settings.clock()));
  headers.set('accept', ACCEPT_ACTIVITY);
  headers.set('user-agent', settings.userAgent);
  const agent = settings.agents.for(url);
  const response = await fetch(url, { redirect: 'manual', signal: journey.signal, agent, headers });
  const { status } = response;
  if (status >= 300 && status < 400) return follow(settings, journey, url, response);
  if (status !== 200) {
    discard(response);
    return isPassing(status)
      ? { kind: 'failed', reason: `status ${status}` }
      : { kind: 'refused', status, reason: 'status' };
  }
  return read(settings, journey, url, response);
}

/** Redirects stay within the origin: a document of another one could not be taken for what was asked (FEP-fe34). */
async function follow(settings: Settings, journey: Journey, from: URL, response: Response): Promise<Fetched> {
  discard(response);
  const { status } = response;
  const location = response.headers.get('location');
  if (location === null || !URL.canParse(location, from))
    return { kind: 'refused', status, reason: 'redirect-without-location' };
  const target = new URL(location, from);
  target.hash = '';
  const guarded = guardUrl(target.href, settings);
  if (guarded.kind === 'blocked') return guarded;
  if (guarded.url.origin !== from.origin) return { kind: 'refused', status, reason: 'redirect-to-other-origin' };
  if (journey.visited.has(guarded.url.href)) return { kind: 'refused', status, reason: 'redirect-loop' };
  journey.redirects += 1;
  if (journey.redirects > MAX_REDIRECTS) return { kind: 'refused', status, reason: 'too-many-redirects' };
  return visit(settings, journey, target.href);
}

async function read(settings: Settings, journey: Journey, url: URL, response: Response): Promise<Fetched> {
  const { status } = response;
  if (!isActivityType(response.headers.get('content-type'))) {
    discard(response);
    return { kind: 'refused', status, reason: 'content-type' };
  }
  const bytes = await bodyWithin(response.body, settings.maxBytes);
  if (bytes === undefined) return { kind: 'refused', status, reason: 'too-large' };
  const document = parseDocument(bytes);
  if (document === undefined) return { kind: 'refused', status, reason: 'not-a-json-object' };
  const { id } = document;
  if (typeof id !== 'string') return { kind: 'refused', status, reason: 'no-id' };
  if (sameUrl(id, url)) return { kind: 'document', url: id, document };
  return refetch(settings, journey, { from: url, id, status });
}

/**
 * What was asked may be another address of the object, as GoToSocial's `/users/x/main-key` is: its id is asked once, if it
 * is of the same origin.
 */
async function refetch(
  settings: Settings,
  journey: Journey,
  found: { from: URL; id: string; status: number },
): Promise<Fetched> {
  const mismatch: Fetched = { kind: 'refused', status: found.status, reason: 'id-mismatch' };
  if (journey.refetched || !URL.canParse(found.id)) return mismatch;
  const target = new URL(found.id);
  target.hash = '';
  if (target.origin !== found.from.origin || journey.visited.has(target.href)) return mismatch;
  journey.refetched = true;
  return visit(settings, journey, found.id);
}

function parseDocument(bytes: Buffer): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function sameUrl(id: string, url: URL): boolean {
  return URL.canParse(id) && new URL(id).href === url.href;
}
