import { type AgentOptions, type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { BlockedAddressError, type GuardOptions, guardedLookup, isAllowedAddress, type Resolve } from './addresses.ts';

/** Opens the socket; tests put a recorder in its place, so that no packet leaves even when the guard is broken. */
export type Connect = (options: ClientRequestArgs) => Duplex;

export interface Agents {
  for(url: URL): HttpAgent;
  /** Closes every socket. */
  close(): void;
}

export interface AgentsOptions extends GuardOptions {
  readonly resolve?: Resolve;
  readonly connect?: Connect;
}

/** A host gets few sockets: peers throttle by address, and one slow host must not hold all of ours. */
const SOCKETS_PER_HOST = 4;

/** Idle sockets are closed after this: a fan-out passes thousands of hosts, each of them once. */
const IDLE_MS = 5_000;

/**
 * Makes the agents that all outbound requests share, one for each scheme: sockets and TLS sessions are kept, and none
 * is opened to an address that the guard refuses, be it written in the URL or answered by DNS.
 */
export function createAgents(options: AgentsOptions): Agents {
  // No maxTotalSockets: node counts idle sockets of other hosts in it and would let requests wait for them.
  const common: AgentOptions = {
    keepAlive: true,
    maxSockets: SOCKETS_PER_HOST,
    maxFreeSockets: SOCKETS_PER_HOST,
    scheduling: 'lifo',
    timeout: IDLE_MS,
  };
  const lookup = guardedLookup(options);
  const http = new HttpAgent(common);
  const https = new HttpsAgent({ ...common, maxCachedSessions: 1_000 });
  for (const agent of [http, https]) guardConnections(agent, { ...options, lookup });
  return {
    for: (url) => (url.protocol === 'https:' ? https : http),
    close: () => {
      http.destroy();
      https.destroy();
    },
  };
}

function guardConnections(
  agent: HttpAgent,
  options: AgentsOptions & { lookup: ReturnType<typeof guardedLookup> },
): void {
  const open = agent.createConnection.bind(agent);
  agent.createConnection = (requested, callback) => {
    // node does not call `lookup` for a literal.
    const host = (requested.host ?? '').replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isAllowedAddress(host, options)) {
      // By the callback: a throw would be nobody's to catch when the request had waited for a socket.
      callback?.(new BlockedAddressError(`${host} is not a public address`), new Duplex());
      return undefined;
    }
    const guarded = { ...requested, lookup: options.lookup };
    return options.connect ? options.connect(guarded) : open(guarded, callback);
  };
}
