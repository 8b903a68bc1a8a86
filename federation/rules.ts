/**
 * What the owner decided about others, made by the build from `profile.md` and the lists of blocks. It is not part of the
 * manifest: whom a blog blocks, and by which words it holds, is nobody else's business.
 */
export interface Rules {
  readonly version: 1;
  readonly replies: ReplyRules;
  /** Who may quote: `ask` waits for the owner's word each time (FEP-044f). */
  readonly quotes: 'anyone' | 'followers' | 'ask' | 'nobody';
  /** A Follow waits for the owner's word. */
  readonly approveFollowers: boolean;
  /** `show`: by way of the blog's own address; `hide`: the first letter of the name instead. */
  readonly avatars: 'show' | 'hide';
  readonly blocks: Blocks;
  readonly keep: Retention;
  /** Actors that posts of the blog reply to or mention. */
  readonly repliedTo: readonly string[];
  /** The public half of the key that messages are sealed for, as a JWK; absent: messages cannot be kept. */
  readonly messageKey?: Readonly<Record<string, string>>;
  /** The public half of the key by which the owner's commands are known, as an Ed25519 JWK. */
  readonly ownerKey?: Readonly<Record<string, string>>;
}

export interface ReplyRules {
  readonly from: 'anyone' | 'followers' | 'people-i-replied-to' | 'nobody';
  /** Whether the first reply of somebody waits for the owner. */
  readonly firstTimers: 'show' | 'hold';
  /** A reply, quote or name that contains one of these waits for the owner; lower case, compared without case. */
  readonly words: readonly string[];
  /** Replies to posts older than this are not taken; absent: never. */
  readonly closeAfterMs?: number;
}

/** Whom the owner wants nothing of. */
export interface Blocks {
  /** `user@host` in lower case, host in ASCII; or the actor's id. */
  readonly accounts: readonly Block[];
  /** Hosts in lower case and ASCII, without a dot at the end; each covers its subdomains. */
  readonly hosts: readonly Block[];
}

export interface Block {
  readonly name: string;
  /** `block`: nothing is taken. `limit`: what is said waits for the owner. */
  readonly severity: 'block' | 'limit';
  readonly reason?: string;
  /** The file that says so, for people. */
  readonly source: string;
}

/** How long what others sent is kept, in milliseconds; absent: for ever. */
export interface Retention {
  readonly messagesMs?: number;
  readonly notificationsMs?: number;
  readonly repliesMs?: number;
}

const DAY_MS = 86_400_000;

/** What a profile that says nothing of it means. */
export const DEFAULT_RULES: Rules = {
  version: 1,
  replies: { from: 'anyone', firstTimers: 'show', words: [] },
  quotes: 'anyone',
  approveFollowers: false,
  avatars: 'show',
  blocks: { accounts: [], hosts: [] },
  keep: { messagesMs: 365 * DAY_MS, notificationsMs: 90 * DAY_MS },
  repliedTo: [],
};
