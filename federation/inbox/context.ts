import type { Addresses } from '../addresses.ts';
import type { Author, Interaction } from '../interaction.ts';
import type { Follower } from '../outcome.ts';
import type { RichText } from '../rich-text.ts';
import type { Rules } from '../rules.ts';
import type { RemoteActorRead } from './remote-actor.ts';

/** A post of ours as a decision sees it. */
export interface OwnPost {
  readonly id: string;
  /** RFC 3339 UTC: replies may be closed after a time. */
  readonly published: string;
}

/** What a decision may know of the world. All of it is gathered before; deciding reaches for nothing. */
export interface DecisionContext {
  readonly addresses: Addresses;
  /** RFC 3339 UTC. */
  readonly now: string;
  /** Hex SHA-256. */
  readonly sha256: (text: string) => string;
  /** The actor, if it follows the blog. */
  readonly follower: Follower | undefined;
  /** The actor's Follow that waits for the owner. */
  readonly followRequest: Follower | undefined;
  readonly rules: Rules;
  /** The actor's document, gathered where `asksForRemoteActor`. */
  readonly remoteActor: RemoteActorRead | undefined;
  /** Who the actor is to people, gathered where `asksForAuthor`. */
  readonly author: Author | undefined;
  /** The interaction that the object answers, when it is one. */
  readonly parent: Interaction | undefined;
  /** What is stored under the object's id, or was brought by the activity of that id, when this actor sent it. */
  readonly existing: Interaction | undefined;
  /** True when something of the actor is kept: it was heard before. */
  readonly isKnown: boolean;
  /** True when a reply, quote or mention of the actor is shown: it is no first-timer. */
  readonly wasShown: boolean;
  /** Interactions and messages of the actor in the last 24 hours. */
  readonly recently: number;
  /** True when this activity, or the object it brings, was taken back before it came: see `undoneMark`. */
  readonly isUndone: boolean;
  /** True when the object that the activity brings was made private: see `withdrawnMark`. */
  readonly isWithdrawn?: boolean;
  /** True when the consent that a QuoteRequest asks for was given and not taken back. */
  readonly isStamped?: boolean;
  /** The post of ours that has this id or this page, if there is one. */
  readonly ownPost: (reference: string) => OwnPost | undefined;
  /** Reads remote HTML, bounded. */
  readonly readText: (html: string) => RichText;
}
