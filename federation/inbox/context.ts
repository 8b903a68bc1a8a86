import type { Addresses } from '../addresses.ts';
import type { Consent, FollowingRecord, ReadingItem } from '../heard.ts';
import type { Author, Interaction } from '../interaction.ts';
import type { Follower } from '../outcome.ts';
import type { RichText } from '../rich-text.ts';
import type { Rules } from '../rules.ts';
import type { Thing } from './activity.ts';
import type { OwnPoll } from './own-poll.ts';
import type { RemoteActorRead } from './remote-actor.ts';

/** A post of ours as a decision sees it. */
export interface OwnPost {
  readonly id: string;
  /** RFC 3339 UTC: replies may be closed after a time. */
  readonly published: string;
}

/** A deed of the owner that stands, and that the actor of an Accept or Reject was asked for. */
export type Asked =
  | { readonly kind: 'follow'; readonly known: FollowingRecord | undefined }
  | {
      readonly kind: 'quote';
      /** The post of ours. */
      readonly object: string;
      readonly quoted: string;
      /** What was answered to this request. */
      readonly known: Consent | undefined;
      /** The stamp was deleted before the Accept that brings it came. */
      readonly isUndone: boolean;
    };

/** What it takes to keep what a followed actor posts. */
export interface Reads {
  /** Primary subtags; absent for all. */
  readonly languages?: readonly string[];
  readonly boosts: boolean;
  /** What was published before is not taken. RFC 3339 UTC. */
  readonly since: string;
  /** What is kept under the object's id. */
  readonly kept: ReadingItem | undefined;
  /** Of a boost: the original, as its own server has it now. */
  readonly boosted: Boosted | undefined;
}

export interface Boosted {
  readonly thing: Thing;
  /** Not asked for when the post is not public. */
  readonly author: Author | undefined;
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
  /** What of ours an Accept or Reject answers; absent where nothing of the kind stands. */
  readonly asked?: Asked | undefined;
  /** The consent whose stamp a Delete names, and which is the actor's to take back. */
  readonly consent?: Consent | undefined;
  /** The poll of ours that a vote is for. */
  readonly poll?: OwnPoll | undefined;
  /** Set when the owner follows the actor, and reads what it posts. */
  readonly reads?: Reads | undefined;
  /** The post of ours that has this id or this page, if there is one. */
  readonly ownPost: (reference: string) => OwnPost | undefined;
  /** Reads remote HTML, bounded. */
  readonly readText: (html: string) => RichText;
}
