import type { ProfileFacts } from './actor.ts';
import type { Addresses } from './addresses.ts';
import type { Author } from './interaction.ts';
import { isJsonObject } from './vocabulary.ts';

/** Where the build leaves them: names that begin with a dot have no address on a site. */
export const OWN_REPLIES_PATH = '/.own-replies.json';

/**
 * Which posts of the blog answer what: with it a page shows them in the threads in which they are. It is for the server
 * alone; the words of each are in the object's own document.
 */
export interface OwnReplies {
  readonly version: 1;
  /** The blog. `avatar` is a path of the site. */
  readonly author: Author;
  /** Ids, the oldest post first: the post, and what it answers, a post of ours or of somebody else. */
  readonly replies: readonly (readonly [id: string, inReplyTo: string])[];
}

/** What is known of a site that was built before there were any. */
export const NO_OWN_REPLIES: OwnReplies = {
  version: 1,
  author: { actor: '', handle: '', url: '', emojis: [], at: '' },
  replies: [],
};

/** Gives the blog as the author of what it says in a thread. Never fails. */
export function ownAuthor(
  { name, username, avatar }: Pick<ProfileFacts, 'name' | 'username' | 'avatar'>,
  { actor, host, origin }: Addresses,
): Author {
  return {
    actor,
    name,
    handle: `@${username}@${host}`,
    url: `${origin}/`,
    ...(avatar === undefined ? {} : { avatar: avatar.path }),
    emojis: [],
    // Nobody read it anywhere.
    at: '1970-01-01T00:00:00Z',
  };
}

/** Reads the file as a build wrote it; undefined for anything else. Takes parsed JSON; never fails. */
export function parseOwnReplies(value: unknown): OwnReplies | undefined {
  if (!isJsonObject(value) || value.version !== 1) return undefined;
  const author = parseAuthor(value.author);
  const replies = Array.isArray(value.replies) ? value.replies.map(parsePair) : [undefined];
  const read = replies.filter((each) => each !== undefined);
  return author !== undefined && read.length === replies.length ? { version: 1, author, replies: read } : undefined;
}

/** Gives the replies by what they answer, each list in the order of the file. Never fails. */
export function byAnswered<Reply>(
  replies: readonly Reply[],
  answered: (reply: Reply) => string,
): ReadonlyMap<string, readonly Reply[]> {
  const found = new Map<string, Reply[]>();
  for (const reply of replies) {
    const key = answered(reply);
    const same = found.get(key);
    if (same) same.push(reply);
    else found.set(key, [reply]);
  }
  return found;
}

/**
 * Gives which posts of the blog are in a thread: those that answer one of `ids`, which are the post and all that is shown at
 * it, and those that answer them in turn. Each id once; a circle ends. Never fails.
 */
export function ownRepliesBelow(
  replies: OwnReplies['replies'],
  ids: Iterable<string>,
): { readonly id: string; readonly inReplyTo: string }[] {
  if (replies.length === 0) return [];
  const answers = answersIn(replies);
  const seen = new Set(ids);
  const found: { id: string; inReplyTo: string }[] = [];
  const pending = [...seen];
  for (let at = pending.shift(); at !== undefined; at = pending.shift()) {
    for (const [id, inReplyTo] of answers.get(at) ?? []) {
      if (seen.has(id)) continue;
      seen.add(id);
      found.push({ id, inReplyTo });
      pending.push(id);
    }
  }
  return found;
}

const known = new WeakMap<OwnReplies['replies'], ReturnType<typeof byAnswered<OwnReplies['replies'][number]>>>();

/** Made once for each build: every page and every object asks. */
function answersIn(replies: OwnReplies['replies']) {
  const before = known.get(replies);
  if (before) return before;
  const made = byAnswered(replies, ([, inReplyTo]) => inReplyTo);
  known.set(replies, made);
  return made;
}

function parseAuthor(value: unknown): Author | undefined {
  if (!isJsonObject(value)) return undefined;
  const { actor, name, handle, url, avatar, at } = value;
  if (typeof actor !== 'string' || typeof name !== 'string' || typeof handle !== 'string') return undefined;
  if (typeof url !== 'string' || typeof at !== 'string') return undefined;
  if (avatar !== undefined && typeof avatar !== 'string') return undefined;
  return { actor, name, handle, url, ...(avatar === undefined ? {} : { avatar }), emojis: [], at };
}

function parsePair(value: unknown): readonly [string, string] | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [id, inReplyTo]: unknown[] = value;
  return typeof id === 'string' && typeof inReplyTo === 'string' ? [id, inReplyTo] : undefined;
}
