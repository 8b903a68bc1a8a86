import type { DepsOptions, MadeDeps } from './deps.ts';
import { createOwnClient } from './http/own-client.ts';
import { createUnsignedHttp } from './http/shared.ts';
import type { StartingDeps } from './start-work.ts';

/**
 * Puts together what it takes to publish, to keep up and to start work: it asks nobody but the blog itself. What is queued
 * for others is sent by who delivers.
 */
export function createWorkDeps({ store, site, log, keys: _, ...options }: DepsOptions): MadeDeps<StartingDeps> {
  const http = createUnsignedHttp(options);
  return {
    deps: { store, site, clock: Date.now, log },
    own: createOwnClient(http),
    close: async () => http.agents.close(),
  };
}
