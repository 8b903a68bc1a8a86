import type { Author, InteractionContent } from './interaction.ts';

/** What became of a Follow that the blog sent. */
export interface FollowingRecord {
  readonly actor: string;
  readonly state: 'accepted' | 'rejected';
  /** The id of the Accept or Reject. */
  readonly activity: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** Something that a followed account posted or boosted: for the owner's eyes only, in a feed with a secret address. */
export interface ReadingItem {
  /** The post's id; of a boost, the Announce's. */
  readonly id: string;
  /** Who follows from: the followed actor who wrote or boosted it. */
  readonly actor: string;
  readonly kind: 'post' | 'boost';
  /** Of a boost: the id of what was boosted. */
  readonly object?: string;
  /** Who wrote it. */
  readonly author: Author;
  readonly content: InteractionContent;
  readonly inReplyTo?: string;
  /** When it was received. RFC 3339 UTC. */
  readonly at: string;
}

/** A vote in a poll of ours. */
export interface Vote {
  /** The id of the Question. */
  readonly poll: string;
  readonly actor: string;
  /** The place of the option, from 0. */
  readonly option: number;
  /** True when one voter may choose several options; otherwise the first choice stands. */
  readonly multiple: boolean;
  /** Where the voter hears of the end: the shared inbox where there is one. */
  readonly inbox: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** The answer to a QuoteRequest of ours (FEP-044f). */
export interface Consent {
  /** The post of ours that quotes. */
  readonly object: string;
  /** What it quotes. */
  readonly quoted: string;
  /** `revoked`: the author took it back. */
  readonly state: 'accepted' | 'rejected' | 'revoked';
  /** The stamp, where it was accepted. */
  readonly stamp?: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}
