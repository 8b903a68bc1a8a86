/** What the peer tells its parent. Activities are told only after Fedify has verified their signature. */
export type PeerEvent =
  | { readonly event: 'listening'; readonly handle: string }
  | { readonly event: 'looked-up'; readonly id: string; readonly name: string }
  | PeerActivity
  /** Something came to an inbox; nothing is verified yet. */
  | {
      readonly event: 'posted';
      readonly type: string;
      readonly id: string;
      readonly actor: string;
      /** Whether it carries an object integrity proof and an LD signature. */
      readonly proof: boolean;
      readonly ldSignature: boolean;
    }
  /** Somebody asked for what is at this path. */
  | { readonly event: 'asked'; readonly path: string }
  | { readonly event: 'fetched'; readonly url: string; readonly status: number; readonly json?: unknown }
  | { readonly event: 'answering'; readonly how: Answering }
  | PeerAnswer
  | { readonly event: 'error'; readonly message: string };

export interface PeerActivity {
  readonly event: 'activity';
  readonly type: string;
  readonly id: string;
  readonly actor: string;
  /** The ids of its object and result, as Fedify read them. */
  readonly object: string;
  readonly result: string;
  /** The key by which Fedify verified its object integrity proof; empty when it could not. */
  readonly provenBy: string;
  readonly json: unknown;
}

/** What came of a command that asks for more than an event which it causes. */
export type PeerAnswer =
  /** The activity `id` was taken by every inbox that it was sent to. */
  | { readonly event: 'said'; readonly id: string; readonly about: string }
  | { readonly event: 'read'; readonly collections: Readonly<Record<CollectionName, ReadCollection>> }
  | { readonly event: 'stamp'; readonly stamp: Readonly<Record<'id' | 'by' | 'quote' | 'target', string>> };

export type CollectionName = 'replies' | 'likes' | 'shares';

/** A collection as Fedify walked through it. */
export interface ReadCollection {
  readonly total: number;
  /** What stands in it, each looked up where it lives. */
  readonly items: readonly string[];
}

/** What the parent asks of the peer. */
export type PeerCommand =
  | { readonly command: 'look-up'; readonly handle: string }
  | { readonly command: 'follow'; readonly id: string; readonly followId: string }
  | { readonly command: 'unfollow'; readonly id: string; readonly followId: string }
  /** What the inboxes do from now on: take what comes, or never answer, as a server that is overloaded. */
  | { readonly command: 'answer'; readonly how: Answering }
  | { readonly command: 'fetch'; readonly url: string }
  | { readonly command: 'say'; readonly saying: Saying }
  /** Sends what came to its inbox on to another, as it came or with some of its words changed. */
  | {
      readonly command: 'forward';
      readonly id: string;
      readonly to: string;
      readonly change?: readonly [string, string];
    }
  /** Looks a post up and walks through its collections. */
  | { readonly command: 'read'; readonly url: string }
  | { readonly command: 'look-at-stamp'; readonly url: string }
  | { readonly command: 'stop' };

export type Answering = 'take' | 'hang';

/** What the peer's user says or does; `name` is what it is called from then on. */
export type Saying =
  | { readonly kind: 'reply'; readonly name: string; readonly to: string; readonly text: string }
  /** To everybody, sent to the actor `to`, who follows. */
  | { readonly kind: 'post'; readonly name: string; readonly to: string; readonly text: string }
  /** For an option of the poll `to`. */
  | { readonly kind: 'vote'; readonly name: string; readonly to: string; readonly option: string }
  | { readonly kind: 'quote'; readonly name: string; readonly to: string; readonly text: string }
  /** To nobody but the actor `to`. */
  | { readonly kind: 'message'; readonly name: string; readonly to: string; readonly text: string }
  | { readonly kind: 'like'; readonly name: string; readonly to: string }
  | { readonly kind: 'boost'; readonly name: string; readonly to: string }
  | { readonly kind: 'react'; readonly name: string; readonly to: string; readonly emoji: string }
  /** To what came in the activity `to`: that somebody follows, or quotes, which gets a stamp called `name`. */
  | { readonly kind: 'accept'; readonly name: string; readonly to: string }
  | { readonly kind: 'edit'; readonly name: string; readonly text: string }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'undo'; readonly name: string };
