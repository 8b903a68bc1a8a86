import { withoutBlockedInboxes } from './enforce-blocks.ts';
import { createDocumentClient } from './http/document-client.ts';
import { createInboxClient } from './http/inbox-client.ts';
import { createMediaClient } from './http/media-client.ts';
import { createOwnClient, type OwnClient } from './http/own-client.ts';
import { createHttp, type HttpOptions } from './http/shared.ts';
import { createWebfingerClient } from './http/webfinger-client.ts';
import { createBuckets, createInboundLimits, type Rate } from './inbound-limits.ts';
import type { Deps, SigningKeys } from './ports.ts';

/** What goes out to other servers, signed as the blog of one origin. */
export interface Clients extends Pick<Deps, 'documents' | 'inboxes' | 'keys' | 'media' | 'webfinger'> {
  readonly own: OwnClient;
  close(): Promise<void>;
}

export interface ClientsOptions extends HttpOptions {
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
