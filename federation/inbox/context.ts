import type { Addresses } from '../addresses.ts';
import type { Follower, Received } from '../outcome.ts';
import type { RemoteActorRead } from './remote-actor.ts';

/** What a decision may know of the world. All of it is gathered before; deciding reaches for nothing. */
export interface DecisionContext {
  readonly addresses: Addresses;
  /** RFC 3339 UTC. */
  readonly now: string;
  /** Hex SHA-256. */
  readonly sha256: (text: string) => string;
  /** The actor, if it follows the blog. */
  readonly follower: Follower | undefined;
  /** The actor's document, gathered for a Follow only. */
  readonly remoteActor: RemoteActorRead | undefined;
  /** What this actor sent before, newest first; gathered where a decision asks for it (`asksForReceived`). */
  readonly received: readonly Received[];
  /** False when `received` was cut: more of it is stored. */
  readonly receivedIsComplete: boolean;
  /** The id of the post of ours that has this id or this page, if there is one. */
  readonly ownsObject: (reference: string) => string | undefined;
}
