import type { Author } from './interaction.ts';
import { byAnswered } from './own-replies.ts';
import type { OwnReply } from './own-words.ts';
import { earlierFirst, MAX_NESTING, type Thread, type ThreadEntry } from './thread.ts';

/** What a thread is completed with. */
export interface OwnWords {
  readonly author: Author;
  /** In any order. */
  readonly replies: readonly OwnReply[];
  /** The page that shows the thread: its own parts are no comments on it. */
  readonly page: string;
}

/** An entry while the tree is completed. */
interface OpenEntry extends ThreadEntry {
  replies: OpenEntry[];
}

interface Place {
  readonly entry: OpenEntry;
  readonly list: OpenEntry[];
  readonly level: number;
}

/**
 * Puts what the blog itself said into a thread: each reply below what it answers, by the rules of `buildThread`. What answers
 * nothing that is shown is left out; what stands on the page itself, as the parts of a long note do, is no entry, and what
 * answers it stands at the top. Its own replies count, for the number stands above them all. Takes the thread as
 * `buildThread` made it, which stays as it is; never fails.
 */
export function withOwnReplies(thread: Thread, { author, replies, page }: OwnWords): Thread {
  if (replies.length === 0) return thread;
  const places = new Map<string, Place>();
  const top = copyInto(places, thread.replies, 1);
  const quotes = copyInto(places, thread.quotes, 1);
  const answers = byAnswered(replies, ({ inReplyTo }) => inReplyTo);
  const known = new Set([thread.target, ...places.keys()]);
  const grown = new Set<OpenEntry[]>();
  let placed = 0;
  const pending = [...known];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    for (const reply of answers.get(at) ?? []) {
      if (known.has(reply.id)) continue;
      known.add(reply.id);
      pending.push(reply.id);
      if (isOn(page, reply)) continue;
      const place = placeBelow(places.get(at), top, { ...reply, author, replies: [], isOwn: true });
      places.set(reply.id, place);
      grown.add(place.list);
      placed += 1;
    }
  }
  for (const list of grown) list.sort(earlierFirst);
  const counts = { ...thread.counts, replies: thread.counts.replies + placed };
  return { ...thread, replies: top, quotes, counts };
}

/** Nesting is bounded by `MAX_NESTING`, so that this may call itself. */
function copyInto(places: Map<string, Place>, entries: readonly ThreadEntry[], level: number): OpenEntry[] {
  const list: OpenEntry[] = [];
  for (const entry of entries) {
    const open = { ...entry, replies: copyInto(places, entry.replies, level + 1) };
    list.push(open);
    places.set(entry.id, { entry: open, list, level });
  }
  return list;
}

function placeBelow(
  parent: Place | undefined,
  top: OpenEntry[],
  { inReplyTo: _, ...entry }: OpenEntry & { readonly inReplyTo: string },
): Place {
  const isDeepest = parent?.level === MAX_NESTING;
  const list = parent === undefined ? top : isDeepest ? parent.list : parent.entry.replies;
  const answers = isDeepest ? { answers: { id: parent.entry.id, author: parent.entry.author } } : {};
  const placed: OpenEntry = { ...entry, ...answers };
  list.push(placed);
  return { entry: placed, list, level: Math.min((parent?.level ?? 0) + 1, MAX_NESTING) };
}

function isOn(page: string, { content }: OwnReply): boolean {
  return content.url.replace(/#.*$/, '') === page.replace(/#.*$/, '');
}
