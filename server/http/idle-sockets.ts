import type { Agent } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Bounds how many sockets an agent keeps idle at once, to all hosts together. For one too many the one that has been idle
 * longest is closed: its host is the least likely to be visited again soon. (Node bounds them by host alone.)
 */
export function boundIdleSockets(agent: Agent, most: number): void {
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
}
