import type { Context } from '@fedify/fedify';
import { Announce, EmojiReact, Like, PUBLIC_COLLECTION, Undo } from '@fedify/vocab';
import { actionOn, actorOf, authorOf, found, idOf, type Of, type Said } from './peer-actions.ts';
import type { Deed, Peer } from './peer-application.ts';

/** A like, a boost, or an emoji as Pleroma and its kin send it. */
export async function doDeed(
  peer: Peer,
  context: Context<void>,
  saying: Of<'like' | 'boost' | 'react'>,
): Promise<Said> {
  const { name } = saying;
  const target = new URL(saying.to);
  const to = await authorOf(context, target);
  const activity = deedOf(context, saying, { actor: actorOf(peer, context), object: target, to });
  peer.deeds.set(name, activity);
  return { activity, to, about: idOf(activity) };
}

function deedOf(
  context: Context<void>,
  saying: Of<'like' | 'boost' | 'react'>,
  deed: { readonly actor: URL; readonly object: URL; readonly to: URL },
): Deed {
  const { name } = saying;
  switch (saying.kind) {
    case 'like':
      return new Like({ id: context.getObjectUri(Like, { name }), ...deed });
    case 'boost':
      return new Announce({
        id: context.getObjectUri(Announce, { name }),
        ...deed,
        to: PUBLIC_COLLECTION,
        cc: deed.to,
      });
    case 'react':
      return new EmojiReact({ id: context.getObjectUri(EmojiReact, { name }), ...deed, content: saying.emoji });
    default:
      return saying satisfies never;
  }
}

export async function undoDeed(peer: Peer, context: Context<void>, name: string): Promise<Said> {
  const deed = found(peer.deeds, name);
  peer.deeds.delete(name);
  if (!deed.objectId) throw new Error(`${name} has no object`);
  const to = await authorOf(context, deed.objectId);
  return { activity: new Undo({ ...actionOn(peer, context, deed, 'undo'), to }), to, about: idOf(deed) };
}
