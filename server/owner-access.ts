import {
  type Author,
  type Interaction,
  type InteractionKind,
  type InteractionState,
  SAID_KINDS,
} from '../federation/interaction.ts';
import { plainRichText } from '../federation/rich-text.ts';
import { type Decided, type Decision, type ModerateDeps, moderate } from './moderate.ts';
import { type FollowDecided, type FollowDecision, moderateFollow } from './moderate-followers.ts';
import { newFeedSecret } from './notification-feed.ts';
import { type OwnerStatus, readStatus, type StatusDeps } from './owner-status.ts';
import { readFollowed } from './read-reading.ts';
import type { FeedItem } from './reading-feed.ts';
import type { SealedMessage } from './store/interaction-store.ts';
import type { StoreSize } from './store/store.ts';
import { inTurn } from './turns.ts';

/** A reply, quote or mention as its owner reads it on a terminal. All text is a stranger's. */
export interface ReplyView {
  readonly id: string;
  readonly kind: InteractionKind;
  readonly state: InteractionState;
  readonly reason?: string;
  readonly actor: string;
  readonly handle: string;
  readonly name?: string;
  /** The post of ours, or the blog's actor. */
  readonly target: string;
  readonly inReplyTo?: string;
  readonly at: string;
  /** The original's page. */
  readonly url?: string;
  readonly title?: string;
  readonly contentWarning?: string;
  /** Plain text, one line for each block. */
  readonly text: string;
  readonly attachments: readonly string[];
}

/** A post or boost of somebody whom the blog follows. All text is a stranger's. */
export interface ReadingView {
  readonly id: string;
  readonly handle: string;
  readonly name?: string;
  /** Of a boost, who boosted. */
  readonly booster?: string;
  /** RFC 3339 UTC: when it was written, or boosted. */
  readonly at: string;
  readonly url: string;
  readonly title?: string;
  readonly contentWarning?: string;
  /** Plain text, one line for each block. */
  readonly text: string;
}

export interface RequestView {
  readonly actor: string;
  readonly handle?: string;
  readonly since: string;
}

/** All that the owner can do to what others said: here, or by way of `POST /ap/owner` of a blog that runs elsewhere. */
export interface OwnerAccess {
  /** Newest first. */
  replies(options: RepliesOptions): Promise<{ items: ReplyView[]; cursor?: string }>;
  reply(id: string): Promise<ReplyView | undefined>;
  moderate(decision: Decision, ids: readonly string[]): Promise<Decided[]>;
  /** As they lie in the store: opened where the owner's key is. */
  messages(options: { limit: number; before?: string }): Promise<{ items: SealedMessage[]; cursor?: string }>;
  /** Gives how many there were of these. */
  removeMessages(objects: readonly string[]): Promise<number>;
  followRequests(limit: number): Promise<RequestView[]>;
  /** By id or handle. */
  moderateFollows(decision: FollowDecision, actors: readonly string[]): Promise<FollowDecided[]>;
  sizes(): Promise<readonly StoreSize[]>;
  /** How the blog does where it runs. */
  status(): Promise<OwnerStatus>;
  /** The secret part of the address of the owner's feed; `renew` makes a new one, and the former shows nothing any more. */
  feedSecret(renew: boolean): Promise<string>;
  /** What followed accounts posted, newest first. */
  reading(limit: number): Promise<ReadingView[]>;
}

export interface RepliesOptions {
  /** All unless given. */
  readonly states?: readonly InteractionState[];
  readonly limit: number;
  readonly before?: string;
}

/** As many as anybody looks through. */
const MOST_REQUESTS = 10_000;

/** Gives the owner access to a store that is at hand. */
export function openOwnerAccess(deps: ModerateDeps & StatusDeps): OwnerAccess {
  const { store } = deps;
  return {
    replies: async (options) => {
      // Likes and boosts are not listed one by one.
      const { items, authors, cursor } = await store.interactions.list({ ...options, kinds: SAID_KINDS });
      const known = new Map(authors.map((author) => [author.actor, author]));
      const views = items.map((item) => viewOf(item, known.get(item.actor)));
      return { items: views, ...(cursor === undefined ? {} : { cursor }) };
    },
    reply: async (id) => {
      const item = await store.interactions.get(id);
      return item && viewOf(item, await store.interactions.author(item.actor));
    },
    moderate: (decision, ids) => each(ids, (id) => inTurn(store, id, () => moderate(deps, decision, id))),
    messages: (options) => store.messages.list(options),
    removeMessages: async (objects) => {
      const removed = await each(objects, (object) => store.messages.remove({ object }));
      return removed.filter(Boolean).length;
    },
    followRequests: async (limit) =>
      (await store.requests.list(limit)).map(({ actor, handle, since }) => ({
        actor,
        ...(handle === undefined ? {} : { handle }),
        since,
      })),
    // In turn with what the actor sends: a Follow and its Undo are dealt with one by one.
    moderateFollows: (decision, names) =>
      each(names, async (name) => {
        const actor = await actorOf(store, name);
        return inTurn(store, actor, () => moderateFollow(deps, decision, actor));
      }),
    sizes: () => store.sizes(),
    status: () => readStatus(deps),
    feedSecret: (renew) => store.notifications.secret(newFeedSecret, { renew }),
    reading: async (limit) => (await readFollowed(deps, limit)).map(readingViewOf),
  };
}

/** The id of a handle that asks to follow or follows; the name itself when it is none. */
async function actorOf({ requests, followers }: ModerateDeps['store'], name: string): Promise<string> {
  if (/^https?:/i.test(name)) return name;
  const handle = `@${name.replace(/^@/, '')}`.toLowerCase();
  const isMeant = (each: { readonly handle?: string }): boolean => each.handle?.toLowerCase() === handle;
  const request = (await requests.list(MOST_REQUESTS)).find(isMeant);
  if (request !== undefined) return request.actor;
  for await (const follower of followers.all()) if (isMeant(follower)) return follower.actor;
  return name;
}

/** One after the other: what is decided about two of one thread must not cross. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of new Set(items)) results.push(await work(item));
  return results;
}

function readingViewOf({ item, booster }: FeedItem): ReadingView {
  const { id, author, content, kind, at } = item;
  const { url, title, contentWarning, text, published } = content;
  return {
    id,
    handle: author.handle,
    ...(author.name === undefined ? {} : { name: author.name }),
    ...(booster === undefined ? {} : { booster }),
    at: kind === 'boost' ? at : published,
    url,
    ...(title === undefined ? {} : { title }),
    ...(contentWarning === undefined ? {} : { contentWarning }),
    text: plainRichText(text),
  };
}

function viewOf(item: Interaction, author: Author | undefined): ReplyView {
  const { id, kind, state, reason, actor, target, inReplyTo, at, content } = item;
  return {
    id,
    kind,
    state,
    ...(reason === undefined ? {} : { reason }),
    actor,
    handle: author?.handle ?? actor,
    ...(author?.name === undefined ? {} : { name: author.name }),
    target,
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    at,
    ...(content === undefined ? {} : contentOf(content)),
    text: content === undefined ? '' : plainRichText(content.text),
    attachments: content?.attachments.map(({ url }) => url) ?? [],
  };
}

function contentOf({
  url,
  title,
  contentWarning,
}: NonNullable<Interaction['content']>): Pick<ReplyView, 'url' | 'title' | 'contentWarning'> {
  return {
    url,
    ...(title === undefined ? {} : { title }),
    ...(contentWarning === undefined ? {} : { contentWarning }),
  };
}
