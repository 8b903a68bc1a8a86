import { withoutBlockedInboxes } from './enforce-blocks.ts';
import { type Agents, createAgents } from './http/agents.ts';
import { createDocumentClient } from './http/document-client.ts';
import { createInboxClient } from './http/inbox-client.ts';
import { createMediaClient } from './http/media-client.ts';
import { createOwnClient, type OwnClient } from './http/own-client.ts';
import { createSigning } from './http/signing.ts';
import { userAgent } from './http/user-agent.ts';
import { createWebfingerClient } from './http/webfinger-client.ts';
import { createBuckets, createInboundLimits, type Rate } from './inbound-limits.ts';
import type { Deps, SigningKeys } from './ports.ts';

/** What goes out to other servers, signed as the blog of one origin. */
export interface Clients extends Pick<Deps, 'documents' | 'inboxes' | 'keys' | 'media' | 'webfinger'> {
  readonly own: OwnClient;
  close(): Promise<void>;
}

export interface ClientsOptions {
  readonly origin: string;
  /** Of this software, as every request names it. */
  readonly version: string;
  readonly allowPrivate: boolean;
  /** Says whether a host may be asked for a handle now; the owner's own commands ask as they need. */
  readonly mayAskForHandles?: (host: string) => boolean;
}

/** Makes the clients of a blog. Nothing is opened before something is asked for. */
export function createClients(keys: SigningKeys, options: ClientsOptions): Clients {
  const { mayAskForHandles: mayAsk = () => true } = options;
  const http = createHttp(keys, options);
  const inboxes = createInboxClient(http);
  return {
    keys,
    inboxes,
    documents: createDocumentClient(http),
    media: createMediaClient(http),
    webfinger: createWebfingerClient({ ...http, mayAsk }),
    own: createOwnClient(http),
    close: () => inboxes.close(),
  };
}

/** What all clients of a blog share. */
function createHttp(keys: SigningKeys, { origin, version, allowPrivate }: ClientsOptions) {
  const agents = lazyAgents(() => createAgents({ allowPrivate }));
  return { agents, allowPrivate, userAgent: userAgent(version, origin), clock: Date.now, ...createSigning(keys) };
}

/** The context of TLS holds every authority there is: most requests that wake a function need none. */
function lazyAgents(make: () => Agents): Agents {
  let made: Agents | undefined;
  return {
    for(url) {
      made ??= make();
      return made.for(url);
    },
    close: () => made?.close(),
  };
}

/** Anybody can have the blog ask a server for handles, by a form and by a redirect of a server of theirs. */
const HANDLES_OF_HOST: Rate = { burst: 60, perSecond: 1 };

export interface DepsOptions extends Pick<Deps, 'store' | 'site' | 'log'>, Omit<ClientsOptions, 'mayAskForHandles'> {
  readonly keys: SigningKeys;
}

export interface MadeDeps<D = Deps> {
  readonly deps: D;
  readonly own: OwnClient;
  /** Ends what goes out; the store is its opener's to close. */
  close(): Promise<void>;
}

/** Puts together what the use cases of one process need, on whatever host. */
export function createDeps({ store, site, log, keys, ...options }: DepsOptions): MadeDeps {
  const handles = createBuckets(HANDLES_OF_HOST);
  const mayAskForHandles = (host: string): boolean => handles.take(host, Date.now());
  const { close, own, inboxes, ...clients } = createClients(keys, { ...options, mayAskForHandles });
  return {
    deps: {
      store,
      site,
      ...clients,
      // Nothing goes to whom the owner blocked, whatever was queued and by whom.
      inboxes: withoutBlockedInboxes(inboxes, site),
      clock: Date.now,
      log,
      limits: createInboundLimits(),
    },
    own,
    close,
  };
}

/** What it takes to receive. */
export type ReceivingDeps = Pick<Deps, 'store' | 'site' | 'documents' | 'clock' | 'log' | 'limits'>;

/** Puts together what an inbox needs and nothing else, for a host that loads it anew for each server that wakes it. */
export function createReceivingDeps({ store, site, log, keys, ...options }: DepsOptions): MadeDeps<ReceivingDeps> {
  const http = createHttp(keys, options);
  const documents = createDocumentClient(http);
  return {
    deps: { store, site, documents, clock: Date.now, log, limits: createInboundLimits() },
    own: createOwnClient(http),
    close: async () => http.agents.close(),
  };
}
