import { sha256Hex } from './crypto.ts';
import type { Store } from './store/store.ts';

/** Says whether anything of an actor is kept: it follows or wants to, is followed, or said something, be it sealed. */
export async function isKnownActor(store: Store, actor: string): Promise<boolean> {
  const known = (await store.followers.get(actor)) ?? (await store.requests.get(actor));
  if (known !== undefined || (await store.following.get(actor)) !== undefined) return true;
  if ((await store.interactions.author(actor)) !== undefined) return true;
  return (await store.messages.countSince(sha256Hex(actor), '')) > 0;
}
