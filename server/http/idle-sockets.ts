import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/** The sockets that agents keep between requests, to all hosts together. */
export interface IdleSockets {
  /** Counts the agent's sockets in. */
  watch(agent: Agent): void;
}

/**
 * Bounds how many sockets are kept idle at once. For one too many the one that has been idle longest is closed: of all
 * hosts, its host is the least likely to be visited again soon. (Node bounds them by host alone.)
 */
export function createIdleSockets(most: number): IdleSockets {
  /** Longest idle first. */
  const idle = new Set<Duplex>();
  const known = new WeakSet<Duplex>();
  const keep = (socket: Duplex): void => {
    for (const oldest of idle) {
      if (idle.size < most) break;
      idle.delete(oldest);
      oldest.destroy();
    }
    idle.add(socket);
    if (known.has(socket)) return;
    known.add(socket);
    socket.once('close', () => idle.delete(socket));
  };
  return {
    watch(agent) {
      const mayKeep = agent.keepSocketAlive.bind(agent);
      const reuse = agent.reuseSocket.bind(agent);
      agent.keepSocketAlive = (socket) => {
        // False when the peer announced that it closes at once; the types know nothing of it.
        const may: unknown = mayKeep(socket);
        if (may !== false) keep(socket);
        return may;
      };
      agent.reuseSocket = (socket, request) => {
        idle.delete(socket);
        reuse(socket, request);
      };
    },
  };
}
