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
  /**
   * What this actor sent before under or about the id that it names now, or anything when it names itself; gathered where a
   * decision asks for it (`asksForReceived`). One is enough.
   */
  readonly received: readonly Received[];
  /** The id of the post of ours that has this id or this page, if there is one. */
  readonly ownsObject: (reference: string) => string | undefined;
}
