import type { Context } from '@fedify/fedify';
import { Accept, QuoteAuthorization, QuoteRequest } from '@fedify/vocab';
import { actorOf, found, idOf, type Of, type Said } from './peer-actions.ts';
import type { Peer } from './peer-application.ts';

/** Accepts a Follow, or a request to quote with a stamp that its server shows from then on. */
export async function accept(peer: Peer, context: Context<void>, { name, to }: Of<'accept'>): Promise<Said> {
  const asked = found(peer.heard, to);
  const actor = actorOf(peer, context);
  if (!asked.actorId) throw new Error(`${to} names no actor`);
  const stamp = asked instanceof QuoteRequest ? stampOf(context, name, actor, asked) : undefined;
  if (stamp) peer.stamps.set(name, stamp);
  const activity = new Accept({
    id: new URL(`#accept-${name}`, actor),
    ...{ actor, object: asked, to: asked.actorId },
    ...(stamp ? { result: idOf(stamp) } : {}),
  });
  return { activity, to: asked.actorId, about: stamp ? idOf(stamp) : idOf(asked) };
}

function stampOf(context: Context<void>, name: string, actor: URL, asked: QuoteRequest): QuoteAuthorization {
  return new QuoteAuthorization({
    id: context.getObjectUri(QuoteAuthorization, { name }),
    attribution: actor,
    interactingObject: asked.instrumentId,
    interactionTarget: asked.objectId,
  });
}
