import type { Message } from '../federation/interaction.ts';
import type { Effect } from '../federation/outcome.ts';
import { sha256Hex } from './crypto.ts';
import { PosternError } from './errors.ts';
import type { SealedMessage } from './store/interaction-store.ts';
import type { Store } from './store/store.ts';

/** The stores that effects write to. */
export type EffectStore = Pick<
  Store,
  | 'followers'
  | 'requests'
  | 'activities'
  | 'deliveries'
  | 'inbound'
  | 'interactions'
  | 'stamps'
  | 'messages'
  | 'notifications'
  | 'following'
  | 'reading'
  | 'answers'
  | 'together'
>;

export interface EffectOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Makes a JWE of a message, that only the owner can open. Rejects when it cannot: nothing is stored as it came. */
  readonly seal: Seal;
  /** Made before the effects, and after them, together with those beside them. */
  readonly first?: readonly Write[];
  readonly last?: readonly Write[];
}

/** Asks the store for one write, at once: see `Store.together`. */
export type Write = () => Promise<unknown>;

export type Seal = (message: Message) => Promise<string>;

/** For effects among which there is no message. */
export const nothingToSeal: Seal = async () => {
  throw new PosternError('nothing-to-seal', 'There is a message to be stored where none can be.', {
    hint: 'This is a fault of the program: report it.',
  });
};

/**
 * Applies the effects of an accepted activity in their order, together as far as none waits for what came of another. Each can
 * be applied twice with the result of once, so a crash in the middle is mended by the sender's next attempt.
 *
 * What the store does not take, because it is another's or the owner removed it, is not announced either.
 */
export async function applyEffects(
  store: EffectStore,
  effects: readonly Effect[],
  { now, seal, first = [], last = [] }: EffectOptions,
): Promise<void> {
  const group = [...first];
  const notTaken = new Set<string>();
  /** Interactions of which it is not known yet whether the store takes them, by the place of their write. */
  const asked = new Map<string, number>();
  const makeAll = async (): Promise<void> => {
    const answers = await store.together(group.splice(0));
    for (const [id, place] of asked) if (answers[place] === 'ignored') notTaken.add(id);
    asked.clear();
  };

  for (const effect of effects) {
    if (effect.type === 'notify') {
      const { interaction = '' } = effect.notification;
      if (asked.has(interaction)) await makeAll();
      if (notTaken.has(interaction)) continue;
    }
    if (effect.type === 'store-interaction') asked.set(effect.interaction.id, group.length);
    // Who is removed is looked up first, and is who the writes before it leave.
    if (effect.type === 'remove-follower') await makeAll();
    group.push(...(await writesOf(store, effect, { now, seal })));
  }
  group.push(...last);
  await makeAll();
}

async function writesOf(
  store: EffectStore,
  effect: Effect,
  { now, seal }: Pick<EffectOptions, 'now' | 'seal'>,
): Promise<Write[]> {
  switch (effect.type) {
    case 'remove-follower':
      return removeFollower(store, effect.actor, now);
    case 'send':
      return [
        () => store.activities.put(effect.activity, { now }),
        () => store.deliveries.enqueue(effect.activity.id, [effect.inbox], { now, again: effect.again }),
      ];
    case 'store-message': {
      const message = await sealed(effect.message, seal);
      return [() => store.messages.put(message)];
    }
    case 'forget-actor':
      return forgetActor(store, effect.actor);
    default:
      return [() => applyEffect(store, effect, now)];
  }
}

type Written = 'remove-follower' | 'send' | 'store-message' | 'forget-actor';

/** The effects that are one write. */
function applyEffect(
  store: EffectStore,
  effect: Exclude<Effect, { readonly type: Written }>,
  now: number,
): Promise<unknown> {
  switch (effect.type) {
    case 'store-follower':
      return store.followers.put(effect.follower);
    case 'store-follow-request':
      return store.requests.put(effect.request);
    case 'remove-follow-request':
      return store.requests.remove(effect.actor);
    case 'store-interaction':
      return store.interactions.put(effect.interaction, effect.author);
    case 'remove-interaction':
      return store.interactions.remove(effect.of);
    case 'update-author':
      return store.interactions.putAuthor(effect.author);
    case 'store-stamp':
      return store.stamps.put(effect.stamp);
    case 'remove-message':
      return store.messages.remove({ object: sha256Hex(effect.id), sender: sha256Hex(effect.actor) });
    case 'notify':
      return store.notifications.add(effect.notification);
    case 'mark':
      return store.inbound.markSeen(effect.mark, now);
    case 'store-following':
      return store.following.put(effect.record);
    case 'store-consent':
      return store.answers.putConsent(effect.consent);
    case 'count-vote':
      return store.answers.vote(effect.vote);
    case 'store-reading':
      return store.reading.put(effect.item);
    case 'remove-reading':
      return store.reading.remove(effect.actor, effect.id);
    case 'forget-reading':
      return store.reading.forgetActor(effect.actor);
    default:
      return effect satisfies never;
  }
}

/**
 * The Follow ends with the follower, even one whose handling was cut short before it was marked seen. Marked first: once
 * the follower is gone, nobody knows which Follow it was.
 */
async function removeFollower(store: EffectStore, actor: string, now: number): Promise<Write[]> {
  const follower = await store.followers.get(actor);
  if (follower === undefined) return [];
  return [() => store.inbound.markSeen(follower.followId, now), () => store.followers.remove(actor)];
}

/** Ids are digested: who wrote to the owner, and when they take it back, is nobody's who reads the file. */
async function sealed(message: Message, seal: Seal): Promise<SealedMessage> {
  const { id, actor, at } = message;
  return { object: sha256Hex(id), sender: sha256Hex(actor), jwe: await seal(message), at };
}

function forgetActor(store: EffectStore, actor: string): Write[] {
  return [
    () => store.requests.remove(actor),
    () => store.interactions.forgetActor(actor),
    () => store.reading.forgetActor(actor),
    () => store.following.remove(actor),
    ...forgettingMessages(store, actor),
  ];
}

/** Drops the messages of an actor, and the notifications of all that it did; gives how many messages. */
export async function forgetMessages(
  store: Pick<EffectStore, 'messages' | 'notifications' | 'together'>,
  actor: string,
): Promise<number> {
  const [messages = 0] = await store.together(forgettingMessages(store, actor));
  return messages;
}

/** Of the answers the first is how many messages there were. */
function forgettingMessages(
  { messages, notifications }: Pick<EffectStore, 'messages' | 'notifications'>,
  actor: string,
) {
  const sender = sha256Hex(actor);
  return [
    () => messages.forgetSender(sender),
    () => notifications.forgetActor(actor),
    // Those of messages and reports do not say from whom.
    () => notifications.forgetActor(sender),
  ];
}
