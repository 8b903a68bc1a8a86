import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../build/settings.ts';
import { readVersion } from '../build/version.ts';
import { addressesOf } from '../federation/addresses.ts';
import { PosternError } from '../server/errors.ts';
import { type Agents, createAgents } from '../server/http/agents.ts';
import { createDocumentClient } from '../server/http/document-client.ts';
import { type Got, type GuardedGet, guardedGet } from '../server/http/guarded-get.ts';
import { createSigning, type SignGet } from '../server/http/signing.ts';
import { userAgent } from '../server/http/user-agent.ts';
import { createWebfingerClient, type WebfingerClient } from '../server/http/webfinger-client.ts';
import { loadKeys } from '../server/keys.ts';
import type { DocumentClient, Fetched } from '../server/ports.ts';

/** What asks other servers while a blog is built. Everything is asked once, whoever wants it. */
export interface ResolveClients {
  readonly documents: DocumentClient;
  readonly webfinger: WebfingerClient;
  /** Gets a page for people, from wherever its address leads. */
  page(url: string): Promise<Got>;
  /** Whether requests are signed: some servers show nothing to others. */
  readonly signed: boolean;
  close(): void;
}

export interface ResolveClientsOptions {
  readonly origin: string;
  /** Others can look up the key only where the blog has an origin. */
  readonly hasOrigin: boolean;
  /** What opens connections; made here, and closed, unless given. */
  readonly agents?: Agents | undefined;
}

const HTML = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i;

/** Opens the clients: guarded, and signed where the private keys are. Nothing is opened before something is asked for. */
export async function openResolveClients(
  settings: Settings,
  { origin, hasOrigin, agents = createAgents({ allowPrivate: settings.allowPrivateAddresses }) }: ResolveClientsOptions,
): Promise<ResolveClients> {
  const allowPrivate = settings.allowPrivateAddresses;
  const signGet = hasOrigin || allowPrivate ? await signerOf(settings, origin) : undefined;
  const http = { agents, allowPrivate, userAgent: userAgent(readVersion(), origin), clock: Date.now };
  const unsigned = createDocumentClient({ ...http, signGet: () => ({}) });
  const signed = signGet && createDocumentClient({ ...http, signGet });
  const pages: GuardedGet = {
    ...http,
    accept: 'text/html, application/xhtml+xml;q=0.9',
    wants: (type) => HTML.test(type),
    deadlineMs: 10_000,
    maxBytes: 1_048_576,
  };
  const webfinger = createWebfingerClient(http);
  return {
    documents: { get: once((url) => getEither(signed, unsigned, url)) },
    webfinger: { get: once((handle) => webfinger.get(handle)) },
    page: once((url) => guardedGet(pages, url)),
    signed: signed !== undefined,
    close: () => agents.close(),
  };
}

/** A server that cannot check the key, of a blog that is not live yet, may answer who does not sign. */
async function getEither(signed: DocumentClient | undefined, unsigned: DocumentClient, url: string): Promise<Fetched> {
  const fetched = signed && (await signed.get(url));
  if (fetched && !(fetched.kind === 'refused' && (fetched.status === 401 || fetched.status === 403))) return fetched;
  const other = await unsigned.get(url);
  return fetched && other.kind !== 'document' ? fetched : other;
}

/** A build needs no private key, and never makes one here. */
async function signerOf(settings: Settings, origin: string): Promise<SignGet | undefined> {
  const isThere = settings.privateKeys !== undefined || existsSync(join(settings.dataFolder, 'keys.json'));
  if (!isThere || !existsSync(join(settings.contentFolder, 'keys.json'))) return undefined;
  try {
    return createSigning((await loadKeys(settings)).signingKeys(addressesOf(origin).actor)).signGet;
  } catch (error) {
    // Whoever publishes is told of it; here it is as if they were not there.
    if (error instanceof PosternError) return undefined;
    throw error;
  }
}

function once<T>(ask: (what: string) => Promise<T>): (what: string) => Promise<T> {
  const asked = new Map<string, Promise<T>>();
  return (what) => {
    const answer = asked.get(what) ?? ask(what);
    asked.set(what, answer);
    return answer;
  };
}
