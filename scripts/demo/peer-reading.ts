import { type Context, detachSignature, signRequest, verifyProof } from '@fedify/fedify';
import { Activity, Collection, isActor, QuoteAuthorization, type Object as Thing } from '@fedify/vocab';
import type { Peer } from './peer-application.ts';
import type { CollectionName, PeerAnswer, ReadCollection } from './peer-messages.ts';

/**
 * Looks a post up and walks through its collections; each item is looked up where it lives. What Fedify asks for unsigned it
 * keeps for five minutes, so the user asks in person.
 */
export async function readCollections(peer: Peer, context: Context<void>, url: string): Promise<PeerAnswer> {
  const documentLoader = await context.getDocumentLoader({ identifier: peer.user.identifier });
  const loaders = { documentLoader, contextLoader: context.contextLoader };
  const post = await context.lookupObject(url, loaders);
  if (!post) throw new Error(`${url} was not found`);
  const walk = async (embedded: Collection | null, id: URL | null): Promise<ReadCollection> => {
    // What a post embeds of a collection has no items: they are asked for where it is.
    const collection = id && (await context.lookupObject(id, loaders));
    if (!(collection instanceof Collection)) throw new Error(`${id?.href} is no collection`);
    const items: string[] = [];
    for await (const item of context.traverseCollection(collection, loaders)) items.push(item.id?.href ?? '');
    return { total: embedded?.totalItems ?? 0, items };
  };
  const collections: Record<CollectionName, ReadCollection> = {
    replies: await walk(await post.getReplies(loaders), post.repliesId),
    likes: await walk(await post.getLikes(loaders), post.likesId),
    shares: await walk(await post.getShares(loaders), post.sharesId),
  };
  return { event: 'read', collections };
}

export async function lookAtStamp(context: Context<void>, url: string): Promise<PeerAnswer> {
  const stamp: Thing | null = await context.lookupObject(url);
  if (!(stamp instanceof QuoteAuthorization)) throw new Error(`${url} is no stamp`);
  const told = {
    id: stamp.id?.href ?? '',
    by: stamp.attributionId?.href ?? '',
    quote: stamp.interactingObjectId?.href ?? '',
    target: stamp.interactionTargetId?.href ?? '',
  };
  return { event: 'stamp', stamp: told };
}

/**
 * Gives the key by which Fedify verifies the object integrity proof of an activity as it came, when the key is its actor's;
 * else nothing. The LD signature was put on later than the proof. A proof that would also fit other words is none.
 */
export async function provenBy(context: Context<void>, body: unknown): Promise<string> {
  const unsigned = detachSignature(body);
  const activity = await Activity.fromJsonLd(unsigned, context);
  for await (const proof of activity.getProofs(context)) {
    const key = await verifyProof(unsigned, proof, context);
    const forged = await verifyProof({ ...Object(unsigned), summary: 'Other words.' }, proof, context);
    if (key?.id && !forged && key.controllerId?.href === activity.actorId?.href) return key.id.href;
  }
  return '';
}

/** Sends an activity that came to the inbox on, signed by the user, who is not its actor. */
export async function forward(
  peer: Peer,
  context: Context<void>,
  { id, to, change }: { readonly id: string; readonly to: string; readonly change?: readonly [string, string] },
  body: unknown,
): Promise<PeerAnswer> {
  const received = peer.received.get(id);
  const actor = await context.lookupObject(to);
  if (!received || !isActor(actor) || !actor.inboxId) throw new Error(`${id} cannot be forwarded to ${to}`);
  const { identifier } = peer.user;
  if (change === undefined) await received.forwardActivity({ identifier }, actor);
  else await post(context, identifier, actor.inboxId, JSON.stringify(body).replaceAll(...change));
  return { event: 'said', id, about: id };
}

async function post(context: Context<void>, identifier: string, inbox: URL, body: string): Promise<void> {
  const [key] = await context.getActorKeyPairs(identifier);
  if (!key) throw new Error(`${identifier} has no key`);
  const headers = { 'content-type': 'application/activity+json' };
  const request = new Request(inbox, { method: 'POST', headers, body });
  const response = await fetch(await signRequest(request, key.privateKey, key.keyId));
  if (!response.ok) throw new Error(`${inbox.href} answered ${response.status}: ${await response.text()}`);
}
