import type { Follower } from './outcome.ts';
import { isPlainWebUrl } from './rich-text.ts';

/** Where a post goes: each inbox once, however many followers share it. */
export interface Audience {
  readonly inboxes: readonly { readonly inbox: string; readonly followers: number }[];
  readonly followers: number;
  /** Distinct hosts. */
  readonly servers: number;
}

/** Gives the inbox that serves a follower: the shared one of its server where there is one (ActivityPub §7.1.3). */
function inboxOf(follower: Pick<Follower, 'inbox' | 'sharedInbox'>): string {
  return follower.sharedInbox ?? follower.inbox;
}

/**
 * Folds followers by shared inbox, so that a server with a thousand of them gets one request (ActivityPub §7.1.3).
 *
 * Inboxes come in the order of their first follower. An inbox that is no URL counts as a server of its own: what was
 * stored is not judged here. Never fails.
 */
export function foldInboxes(followers: Iterable<Pick<Follower, 'inbox' | 'sharedInbox'>>): Audience {
  const counts = new Map<string, number>();
  let total = 0;
  for (const follower of followers) {
    const inbox = inboxOf(follower);
    counts.set(inbox, (counts.get(inbox) ?? 0) + 1);
    total += 1;
  }
  const inboxes = [...counts].map(([inbox, count]) => ({ inbox, followers: count }));
  return { inboxes, followers: total, servers: new Set(inboxes.map(({ inbox }) => hostOf(inbox))).size };
}

/** Gives the host of an inbox, port included, as it stands in logs and counts; the text itself when it is no URL. */
export function hostOf(inbox: string): string {
  if (isPlainWebUrl(inbox)) return inbox.slice('https://'.length, inbox.indexOf('/', 'https://'.length));
  return URL.canParse(inbox) ? new URL(inbox).host : inbox;
}
