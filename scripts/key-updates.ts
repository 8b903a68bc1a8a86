import type { Settings } from '../build/settings.ts';
import { digestKeys } from '../federation/emission.ts';
import { sha256Hex } from '../server/crypto.ts';
import { PosternError } from '../server/errors.ts';
import type { Keys } from '../server/keys.ts';
import { keyState } from '../server/rotate-keys.ts';
import { readTold } from './move/told-moves.ts';
import { readFollowers, withSending } from './sending-access.ts';
import { lookIntoStore } from './store-file.ts';

/** How far the news of a change of keys is. `unknown`: neither store nor origin to ask. */
export type UpdateState =
  | { readonly kind: 'untold' | 'unknown' }
  | { readonly kind: 'telling' | 'told'; readonly delivered: number; readonly pending: number; readonly total: number };

interface Changing {
  readonly settings: Settings;
  readonly actor: string;
  readonly keys: Keys;
}

/**
 * Looks at the Updates of the actor that were sent since the keys changed, by their receipts: every one of them was signed by
 * the keys of before first.
 */
export async function lookAtUpdates({ settings, actor, keys }: Changing, at: string | undefined): Promise<UpdateState> {
  const state = keyState(keys);
  const retired = state.kind === 'settled' ? undefined : state.from.public.retired;
  if (at === undefined) {
    const head = await lookIntoStore(settings, async (store) => store.ledger.head());
    if (head === undefined) return { kind: 'unknown' };
    if (head.actor.keyDigest !== digestKeys({ sha256: sha256Hex }, keys)) return { kind: 'untold' };
    if (head.actor.sending !== undefined) return { kind: 'telling', delivered: 0, pending: 0, total: 0 };
  }
  const since = retired === undefined ? 0 : Date.parse(retired);
  const { told, followers } = await withSending(at, async ({ sending }) => ({
    told: await readTold(sending, actor),
    followers: (await readFollowers(sending, 1)).total,
  }));
  const updates = told.filter(({ type, at: time }) => type === 'Update' && time >= since);
  // The ledger there is not asked; where nobody follows, nobody has to hear of it.
  if (at !== undefined && updates.length === 0 && followers > 0) return { kind: 'untold' };
  const sum = (state: 'delivered' | 'pending' | 'failed' | 'gone'): number =>
    updates.reduce((total, { counts }) => total + counts[state], 0);
  const [delivered, pending] = [sum('delivered'), sum('pending')];
  const total = delivered + pending + sum('failed') + sum('gone');
  return { kind: pending > 0 ? 'telling' : 'told', delivered, pending, total };
}

/** Throws `keys-needed` while the keys of before still have to sign something, and says what. */
export function assertRetirable(updates: UpdateState, { actor }: Pick<Changing, 'actor'>): void {
  if (updates.kind === 'told') return;
  const outstanding = {
    untold: 'nobody was told of the new ones yet',
    telling: updates.kind === 'telling' ? `${updates.pending} of ${updates.total} inboxes are still to be told` : '',
    unknown: 'whether the new ones were told is known where the blog runs',
  }[updates.kind];
  throw new PosternError('keys-needed', `The keys of before are still needed: ${outstanding}.`, {
    hint:
      updates.kind === 'unknown'
        ? 'npm run keys -- retire --at <origin> asks there.'
        : 'npm run publish -- --confirm identity-changed tells it, and npm run deliveries says who is left; --anyway drops them all the same: servers that were not told find the new keys in the actor document, or refuse.',
    facts: { actor },
  });
}
