import type { SigningKeys } from '../ports.ts';
import { type Agents, createAgents } from './agents.ts';
import { createSigning } from './signing.ts';
import { userAgent } from './user-agent.ts';

export interface HttpOptions {
  readonly origin: string;
  /** Of this software, as every request names it. */
  readonly version: string;
  readonly allowPrivate: boolean;
}

/** What all clients of a blog share. */
export function createHttp(keys: SigningKeys, options: HttpOptions) {
  return { ...createUnsignedHttp(options), clock: Date.now, ...createSigning(keys) };
}

/** What clients share that sign nothing. */
export function createUnsignedHttp({ origin, version, allowPrivate }: HttpOptions) {
  const agents = lazyAgents(() => createAgents({ allowPrivate }));
  return { agents, allowPrivate, userAgent: userAgent(version, origin) };
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
