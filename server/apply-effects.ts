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
>;

export interface EffectOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Makes a JWE of a message, that only the owner can open. Rejects when it cannot: nothing is stored as it came. */
  readonly seal: Seal;
}

export type Seal = (message: Message) => Promise<string>;

/** For effects among which there is no message. */
export const nothingToSeal: Seal = async () => {
  throw new PosternError('nothing-to-seal', 'There is a message to be stored where none can be.', {
    hint: 'This is a fault of the program: report it.',
  });
};

type Applying<Type extends Effect['type']> = Extract<Effect, { type: Type }>;

/**
 * Applies the effects of an accepted activity in their order, one after the other. Each can be applied twice with the
 * result of once, so a crash in the middle is mended by the sender's next attempt.
 *
 * What the store does not take, because it is another's or the owner removed it, is not announced either.
 */
export async function applyEffects(
  store: EffectStore,
  effects: readonly Effect[],
  options: EffectOptions,
): Promise<void> {
  const notTaken = new Set<string>();
  for (const effect of effects) {
    if (effect.type === 'notify' && notTaken.has(effect.notification.interaction ?? '')) continue;
    const taken = await applyEffect(store, effect, options);
    if (taken === 'ignored' && effect.type === 'store-interaction') notTaken.add(effect.interaction.id);
  }
}

async function applyEffect(store: EffectStore, effect: Effect, { now, seal }: EffectOptions): Promise<unknown> {
  switch (effect.type) {
    case 'store-follower':
      return store.followers.put(effect.follower);
    case 'remove-follower':
      return removeFollower(store, effect.actor, now);
    case 'send':
      return send(store, effect, now);
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
    case 'store-message':
      return store.messages.put(await sealed(effect.message, seal));
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
    case 'forget-actor':
      return forgetActor(store, effect.actor);
    default:
      return effect satisfies never;
  }
}

/**
 * The Follow ends with the follower, even one whose handling was cut short before it was marked seen. Marked first: once
 * the follower is gone, nobody knows which Follow it was.
 */
async function removeFollower(store: EffectStore, actor: string, now: number): Promise<void> {
  const follower = await store.followers.get(actor);
  if (follower === undefined) return;
  await store.inbound.markSeen(follower.followId, now);
  await store.followers.remove(actor);
}

async function send(store: EffectStore, { activity, inbox, again }: Applying<'send'>, now: number): Promise<void> {
  await store.activities.put(activity, { now });
  await store.deliveries.enqueue(activity.id, [inbox], { now, again });
}

/** Ids are digested: who wrote to the owner, and when they take it back, is nobody's who reads the file. */
async function sealed(message: Message, seal: Seal): Promise<SealedMessage> {
  const { id, actor, at } = message;
  return { object: sha256Hex(id), sender: sha256Hex(actor), jwe: await seal(message), at };
}

async function forgetActor(store: EffectStore, actor: string): Promise<void> {
  await store.requests.remove(actor);
  await store.interactions.forgetActor(actor);
  await store.reading.forgetActor(actor);
  await store.following.remove(actor);
  await forgetMessages(store, actor);
}

/** Drops the messages of an actor, and the notifications of all that it did; gives how many messages. */
export async function forgetMessages(
  { messages, notifications }: Pick<EffectStore, 'messages' | 'notifications'>,
  actor: string,
): Promise<number> {
  const sender = sha256Hex(actor);
  const dropped = await messages.forgetSender(sender);
  await notifications.forgetActor(actor);
  // Those of messages and reports do not say from whom.
  await notifications.forgetActor(sender);
  return dropped;
}
