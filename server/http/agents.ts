import { type AgentOptions, type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket } from 'node:tls';
import { descriptorLimit, idleWithin } from '../descriptors.ts';
import { BlockedAddressError, type GuardOptions, guardedLookup, isAllowedAddress, type Resolve } from './addresses.ts';
import { boundIdleSockets } from './idle-sockets.ts';

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
  /** Idle sockets are closed after this long (5 s). */
  readonly idleMs?: number;
  /** Sockets of each scheme kept idle at once, to all hosts together (1,024 for http, 64 for https, fewer where few files may be open). */
  readonly mostIdle?: number;
}

/** A host gets few sockets: peers throttle by address, and one slow host must not hold all of ours. */
const SOCKETS_PER_HOST = 4;

/** A fan-out passes thousands of hosts, each of them once or twice. */
const IDLE_MS = 5_000;

/**
 * An idle TLS socket holds some 85 KiB, a plain one a tenth of it: without a bound, memory would grow with the hosts that
 * five seconds of a fan-out pass. Whoever is visited again later has its TLS session resumed.
 */
const MOST_IDLE = { http: 1_024, https: 64 };

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
    timeout: options.idleMs ?? IDLE_MS,
  };
  const lookup = guardedLookup(options);
  const http = new HttpAgent(common);
  // Node makes a context for each connection unless it is given one. Its authorities are node's own, NODE_EXTRA_CA_CERTS
  // included.
  const https = new HttpsAgent({ ...common, maxCachedSessions: 1_000, secureContext: createSecureContext() });
  for (const agent of [http, https]) guardConnections(agent, { ...options, lookup });
  const affordable = idleWithin(descriptorLimit());
  boundIdleSockets(http, options.mostIdle ?? Math.min(MOST_IDLE.http, affordable));
  boundIdleSockets(https, options.mostIdle ?? Math.min(MOST_IDLE.https, affordable));
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
  // Sockets of one agent differ in nothing else; node's own name joins some twenty options, several times a request.
  agent.getName = ({ host, port } = {}) => `${host}:${port}`;
  agent.createConnection = (requested, callback) => {
    // node does not call `lookup` for a literal.
    const host = (requested.host ?? '').replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !isAllowedAddress(host, options)) {
      // By the callback: a throw would be nobody's to catch when the request had waited for a socket.
      callback?.(new BlockedAddressError(`${host} is not a public address`), new Duplex());
      return undefined;
    }
    const guarded = { ...requested, lookup: options.lookup };
    if (options.connect) return options.connect(guarded);
    const socket = open(guarded, callback);
    if (socket instanceof TLSSocket) readPeerAlone(socket);
    return socket;
  };
}

/**
 * Spares a handshake the reading of the whole chain, a tenth of its cost: node's check of the name, which stays as it
 * is, asks for every certificate and looks at the peer's own. The chain itself is verified by OpenSSL.
 */
function readPeerAlone(socket: TLSSocket): void {
  const read = socket.getPeerCertificate.bind(socket);
  Object.assign(socket, { getPeerCertificate: () => read(false) });
}
