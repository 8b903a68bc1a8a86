import type { DepsOptions, MadeDeps } from './deps.ts';
import { createInboundLimits } from './inbound-limits.ts';
import { whenNeeded } from './load-when-needed.ts';
import type { Deps } from './ports.ts';

/** What it takes to receive. */
export type ReceivingDeps = Pick<Deps, 'store' | 'site' | 'documents' | 'clock' | 'log' | 'limits'>;

/**
 * Puts together what an inbox needs and nothing else, for a host that loads it anew for each server that wakes it. Others are
 * asked only about a key that is not known: until then nothing is loaded that could reach them.
 */
export function createReceivingDeps({ store, site, log, keys, ...options }: DepsOptions): MadeDeps<ReceivingDeps> {
  const clients = whenNeeded(async () =>
    (await import('./receiving-clients.ts')).createReceivingClients(keys, options),
  );
  return {
    deps: {
      store,
      site,
      documents: { get: async (url) => (await clients()).documents.get(url) },
      clock: Date.now,
      log,
      limits: createInboundLimits(),
    },
    own: {
      content: async (origin) => (await clients()).own.content(origin),
      post: async (url, token) => (await clients()).own.post(url, token),
    },
    close: async () => (await clients()).close(),
  };
}
