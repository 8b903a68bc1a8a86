import type { JsonObject } from '../vocabulary.ts';

/** The activities that Postern knows what to do with; each is decided in one place. */
export const ACTIVITY_TYPES = [
  'Follow',
  'Accept',
  'Reject',
  'Undo',
  'Delete',
  'Create',
  'Update',
  'Like',
  'EmojiReact',
  'Announce',
  'QuoteRequest',
  'Block',
  'Flag',
  'Move',
] as const;

export type ActivityType = (typeof ACTIVITY_TYPES)[number];

/** A known inbound activity: ids checked, lists made lists, everything else left in `json`. */
export interface Activity {
  readonly id: string;
  readonly type: ActivityType;
  readonly actor: string;
  readonly object: Thing;
  /** Everything the activity is about: one thing, but for a Flag. */
  readonly objects: readonly Thing[];
  readonly target: string | undefined;
  /** Of a QuoteRequest: the post that would quote. */
  readonly instrument?: Thing;
  /** To, cc, bto, bcc and audience together. */
  readonly recipients: readonly string[];
  /** The public collection is in `to` or `cc`, in any of its spellings. */
  readonly isPublic: boolean;
  readonly json: JsonObject;
}

/** What an activity is about: a bare id, or an embedded object with the few members that decide something. */
export interface Thing {
  readonly id: string | undefined;
  /** Empty for a bare id. */
  readonly types: readonly string[];
  readonly actor: string | undefined;
  readonly object: string | undefined;
  readonly attributedTo: readonly string[];
  readonly inReplyTo: readonly string[];
  readonly mentions: readonly string[];
  /** What it quotes, by the property of FEP-044f, Misskey or Fedibird, or by a Link tag (FEP-e232). */
  readonly quotes: readonly string[];
  readonly recipients: readonly string[];
  /** As of an activity. */
  readonly isPublic: boolean;
  /** A Note with a name and no content: an answer to a poll. */
  readonly vote: boolean;
  readonly embedded: JsonObject | undefined;
}
