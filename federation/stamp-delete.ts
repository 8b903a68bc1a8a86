import { type Addresses, activityId } from './addresses.ts';
import { ACTIVITY_STREAMS } from './contexts.ts';
import type { Stamp } from './interaction.ts';
import type { OutgoingActivity } from './outcome.ts';
import { type JsonObject, PUBLIC } from './vocabulary.ts';

/**
 * Builds the Delete of a stamp, which takes the consent to a quote back: the stamp's id as object, as Mastodon 4.5 sends its
 * own. A stamp is taken back once, so the id depends on the stamp alone. `revoked` is RFC 3339; never fails. (FEP-044f,
 * revocation)
 */
export function buildStampDelete(
  deps: { readonly addresses: Addresses; readonly sha256: (text: string) => string },
  stamp: Pick<Stamp, 'id' | 'actor'>,
  revoked: string,
): OutgoingActivity {
  const { origin, actor, followers } = deps.addresses;
  const id = activityId(origin, 'Delete', deps.sha256(`Delete\n${stamp.id}`).slice(0, 32));
  const json = {
    '@context': ACTIVITY_STREAMS,
    id,
    type: 'Delete',
    actor,
    published: revoked,
    to: [PUBLIC],
    cc: [followers, stamp.actor],
    object: stamp.id,
  } satisfies JsonObject;
  return { id, type: 'Delete', object: stamp.id, json };
}
