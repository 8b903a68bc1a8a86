import type { Consent, FollowingRecord, ReadingItem, Vote } from './heard.ts';
import type { Author, Interaction, Message, Notification, Stamp } from './interaction.ts';
import type { JsonObject } from './vocabulary.ts';

/**
 * The single value in which the handling of an inbound request ends. `reason` is a stable kebab-case word for the log;
 * `message` is what the peer may read.
 */
export type Outcome =
  | { readonly kind: 'accepted'; readonly effects: readonly Effect[] }
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string; readonly status: RefusalStatus; readonly message: string };

/** 503 means that the fault is ours or passing: the sender tries again. */
export type RefusalStatus = 400 | 401 | 403 | 404 | 405 | 406 | 408 | 410 | 413 | 415 | 429 | 431 | 503;

/** What an accepted activity changes. Every effect can be applied twice with the result of once. */
export type Effect =
  | { readonly type: 'store-follower'; readonly follower: Follower }
  | { readonly type: 'remove-follower'; readonly actor: string }
  | { readonly type: 'send'; readonly activity: OutgoingActivity; readonly inbox: string; readonly again: boolean }
  /** A Follow that waits for the owner. */
  | { readonly type: 'store-follow-request'; readonly request: Follower }
  | { readonly type: 'remove-follow-request'; readonly actor: string }
  | { readonly type: 'store-interaction'; readonly interaction: Interaction; readonly author: Author }
  | { readonly type: 'remove-interaction'; readonly of: InteractionReference }
  /** Of an author something is kept of; anybody else's is dropped. */
  | { readonly type: 'update-author'; readonly author: Author }
  | { readonly type: 'store-stamp'; readonly stamp: Stamp }
  /** Sealed before it is stored. */
  | { readonly type: 'store-message'; readonly message: Message }
  | { readonly type: 'remove-message'; readonly actor: string; readonly id: string }
  | { readonly type: 'notify'; readonly notification: Notification }
  /** Remembers that something was undone or deleted before it came: see `undoneMark`. */
  | { readonly type: 'mark'; readonly mark: string }
  /** What became of a Follow of ours. */
  | { readonly type: 'store-following'; readonly record: FollowingRecord }
  /** What became of a QuoteRequest of ours. */
  | { readonly type: 'store-consent'; readonly consent: Consent }
  /** The store sees to it that each voter counts once. */
  | { readonly type: 'count-vote'; readonly vote: Vote }
  | { readonly type: 'store-reading'; readonly item: ReadingItem }
  /** By its id, or the boost of it. */
  | { readonly type: 'remove-reading'; readonly actor: string; readonly id: string }
  /** All that a followed actor posted. */
  | { readonly type: 'forget-reading'; readonly actor: string }
  /** Interactions, requests, messages and the author's name; what it posted and answered to a Follow of ours. */
  | { readonly type: 'forget-actor'; readonly actor: string };

/** An interaction by its id, or by what its author did to which post when an Undo names nothing else. */
export type InteractionReference =
  | { readonly actor: string; readonly id: string }
  | { readonly actor: string; readonly target: string; readonly kind: 'like' | 'boost' };

/**
 * Gives the mark by which it is known that an actor took something back that may still come: an Undo may overtake its Like, a
 * Delete its Create. Only the actor's own word counts, so the actor is part of it. No activity's id looks like this.
 */
export function undoneMark(actor: string, id: string): string {
  return `undone:${actor} ${id}`;
}

/**
 * Gives the mark by which it is known that something was made private: an older state of it, public still, may come late or
 * be sent again by somebody who kept it. As with `undoneMark`, only the actor's own word counts.
 */
export function withdrawnMark(actor: string, id: string): string {
  return `withdrawn:${actor} ${id}`;
}

/** A remote actor who follows the blog. Times are RFC 3339 UTC. */
export interface Follower {
  readonly actor: string;
  readonly inbox: string;
  readonly sharedInbox?: string;
  /** The id of the newest Follow: an Undo may name nothing else. */
  readonly followId: string;
  /** `@user@host` where the actor document told it. */
  readonly handle?: string;
  readonly since: string;
}

/** An outgoing activity with its permanent id. */
export interface OutgoingActivity {
  readonly id: string;
  readonly type: string;
  /** The object it is about: keeps order and receipts per object. */
  readonly object: string;
  readonly json: JsonObject;
}

/** An activity that concerns the blog, as versions before the fourth schema kept it. */
export interface Received {
  readonly id: string;
  readonly type: string;
  readonly actor: string;
  /** The post or actor of ours that it is about. */
  readonly target: string;
  /** What it acts on, where that has an id: by it a later Undo, Update or Delete is known to concern the blog. */
  readonly object?: string;
  readonly json: JsonObject;
  readonly at: string;
}

/** Ends a request with effects: what the activity changes, in the order in which it must happen. */
export function accepted(effects: readonly Effect[]): Outcome {
  return { kind: 'accepted', effects };
}

/** Ends a request without effect: `reason` is the stable word for the log; the peer reads only 202. */
export function ignored(reason: string): Outcome {
  return { kind: 'ignored', reason };
}

/** Ends a request with a refusal: `reason` for the log, `status` and `message` for the peer. */
export function refused(reason: string, status: RefusalStatus, message: string): Outcome {
  return { kind: 'refused', reason, status, message };
}
