import type { RichText } from './rich-text.ts';

/**
 * What others said to or about the blog, in public. `reply`: to a post of ours or to a reply in its thread. `quote`: a post
 * that quotes one of ours. `mention`: names the blog outside of its threads. `like`: a Like or an emoji reaction. `boost`:
 * an Announce. What was not public is a `Message`, never an interaction.
 */
export type InteractionKind = (typeof INTERACTION_KINDS)[number];

/** The kinds that have words. */
export const SAID_KINDS = ['reply', 'quote', 'mention'] as const;

export type SaidKind = (typeof SAID_KINDS)[number];

export const INTERACTION_KINDS = [...SAID_KINDS, 'like', 'boost'] as const;

/** Says whether an interaction has words: a reply, quote or mention. */
export function isSaid<Of extends { readonly kind: InteractionKind }>(of: Of): of is Of & { readonly kind: SaidKind } {
  return SAID_KINDS.some((kind) => kind === of.kind);
}

/**
 * `shown`: on the page and in collections. `held`: waits for the owner. `hidden`: the owner does not want it seen. `removed`:
 * the owner does not want it at all: what is left is the id, so that it does not come back.
 */
export type InteractionState = (typeof INTERACTION_STATES)[number];

export const INTERACTION_STATES = ['shown', 'held', 'hidden', 'removed'] as const;

/** The reason for which a quote is held that was asked for: the owner's word is the answer (FEP-044f). */
export const ASKS = 'asks';

/** The reason for which something is held that contains one of the owner's words. */
export const WORD = 'word';

/** The reason for which an answer to what is not shown is held, or was hidden together with what it answers. */
export const PARENT_NOT_SHOWN = 'parent-not-shown';

/** Says whether something was shown, and is hidden because the owner hid what it answers. */
export function isHiddenWithParent({ state, reason }: Pick<Interaction, 'state' | 'reason'>): boolean {
  return state === 'hidden' && reason === PARENT_NOT_SHOWN;
}

/** One thing that somebody said or did, ready to be shown: text read and bounded, nothing of it still HTML. */
export interface Interaction {
  /** Of the object for a reply, quote or mention; of the activity for a like or boost. */
  readonly id: string;
  readonly kind: InteractionKind;
  /** The id of the post of ours whose thread it belongs to; for a mention, the actor's. */
  readonly target: string;
  /** Who said it. */
  readonly actor: string;
  readonly state: InteractionState;
  /** Why it is held or hidden: a kebab-case word. */
  readonly reason?: string;
  /** What a reply or mention answers: an id of ours or of another interaction, or a stranger's. */
  readonly inReplyTo?: string;
  /** The activity that brought it; for a quote that was asked for, the QuoteRequest. */
  readonly activity: string;
  /** Absent for likes and boosts, and once it is removed. */
  readonly content?: InteractionContent;
  /** A like that is a reaction: a character, or a custom emoji as `:shortcode:` with its picture. */
  readonly emoji?: { readonly text: string; readonly icon?: string };
  /** When it was received. RFC 3339 UTC. */
  readonly at: string;
}

export interface InteractionContent {
  readonly text: RichText;
  /** Of an Article or Page. */
  readonly title?: string;
  /** `summary` of a Note: the text is folded behind it. */
  readonly contentWarning?: string;
  readonly sensitive: boolean;
  /** A BCP 47 tag, checked. */
  readonly language?: string;
  /** RFC 3339 UTC, as is `updated`. Never later than when it was received. */
  readonly published: string;
  readonly updated?: string;
  /** The original's page. */
  readonly url: string;
  readonly emojis: readonly CustomEmoji[];
  /** Linked, never shown: media stay where they are. */
  readonly attachments: readonly { readonly url: string; readonly alt: string }[];
}

/** A picture that stands for `:shortcode:` in a name or text. */
export interface CustomEmoji {
  /** Without the colons. */
  readonly shortcode: string;
  /** The picture's https URL at the other server; pages show it through `/ap/media/`. */
  readonly icon: string;
}

/** Who said something: kept as long as anything of theirs is. */
export interface Author {
  readonly actor: string;
  /** Plain text, may hold `:shortcode:`s. Absent when the document has none. */
  readonly name?: string;
  /** `@user@host`; the actor's host where the document has no usable name. */
  readonly handle: string;
  /** Their page. */
  readonly url: string;
  /** The picture's URL at the other server. */
  readonly avatar?: string;
  readonly emojis: readonly CustomEmoji[];
  /** When the document was read. RFC 3339 UTC. */
  readonly at: string;
}

/** How much of each there is of one post, of what is shown. */
export interface InteractionCounts {
  readonly replies: number;
  readonly quotes: number;
  readonly likes: number;
  readonly boosts: number;
}

/** Consent to a quote: `/ap/stamps/<digest>` answers with it for ever, or 410 once it was taken back (FEP-044f). */
export interface Stamp {
  readonly id: string;
  /** The quoting post. */
  readonly quote: string;
  /** The post of ours. */
  readonly target: string;
  /** The author of the quoting post. */
  readonly actor: string;
  readonly at: string;
  readonly revoked?: string;
}

/** Something that was not public. Sealed for the owner's key before it is stored; only `digests` and `at` stay readable. */
export interface Message {
  /** The object's id, or the activity's for a Flag. */
  readonly id: string;
  readonly kind: 'message' | 'report';
  readonly actor: string;
  readonly handle: string;
  /** Posts of ours that it is about; for a report, everything that it names. */
  readonly about: readonly string[];
  readonly text: RichText;
  readonly contentWarning?: string;
  readonly inReplyTo?: string;
  readonly url?: string;
  readonly attachments: readonly { readonly url: string; readonly alt: string }[];
  /** RFC 3339 UTC. */
  readonly published: string;
  readonly at: string;
}

export const NOTIFICATION_KINDS = [
  'follow',
  'follow-request',
  'unfollow',
  'reply',
  'mention',
  'quote',
  'quote-request',
  'like',
  'boost',
  'message',
  'report',
  'move',
  // What became of a deed of ours.
  'follow-accepted',
  'follow-rejected',
  'follow-ended',
  'quote-accepted',
  'quote-rejected',
  'quote-revoked',
] as const;

export type NotificationKind = (typeof NOTIFICATION_KINDS)[number];

/** One entry of the owner's private feed. Says that something happened; what it said is looked up when the feed is read. */
export interface Notification {
  /** The same for what is sent twice: `<kind> <id of the activity or object>`; of a message or report, digests of both ids. */
  readonly key: string;
  readonly kind: NotificationKind;
  readonly actor: string;
  /** `@user@host` where it is known. */
  readonly handle?: string;
  /** The post of ours it is about. */
  readonly target?: string;
  /** The interaction that it announces. */
  readonly interaction?: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}
