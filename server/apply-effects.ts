import type { Effect } from '../federation/outcome.ts';
import type { Store } from './store/store.ts';

/** The stores that effects write to. */
export type EffectStore = Pick<Store, 'followers' | 'activities' | 'deliveries' | 'inbound'>;

/**
 * Applies the effects of an accepted activity in their order, one after the other. Each can be applied twice with the
 * result of once, so a crash in the middle is mended by the sender's next attempt. `now`: milliseconds since the epoch.
 */
export async function applyEffects(store: EffectStore, effects: readonly Effect[], now: number): Promise<void> {
  for (const effect of effects) await applyEffect(store, effect, now);
}

async function applyEffect(store: EffectStore, effect: Effect, now: number): Promise<void> {
  switch (effect.type) {
    case 'store-follower':
      await store.followers.put(effect.follower);
      return;
    case 'remove-follower':
      await removeFollower(store, effect.actor, now);
      return;
    case 'send':
      await store.activities.put(effect.activity, { now });
      await store.deliveries.enqueue(effect.activity.id, [effect.inbox], { now, again: effect.again });
      return;
    case 'store-received':
      await store.inbound.storeReceived(effect.received);
      return;
    case 'forget-actor':
      await store.inbound.forgetActor(effect.actor);
      return;
    default:
      effect satisfies never;
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
