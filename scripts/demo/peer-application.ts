import {
  createFederation,
  type Federation,
  generateCryptoKeyPair,
  type InboxContext,
  MemoryKvStore,
} from '@fedify/fedify';
import { Activity, Announce, EmojiReact, Endpoints, Like, Note, Person, QuoteAuthorization } from '@fedify/vocab';

/** The one account of the peer. */
export interface User {
  readonly identifier: string;
  readonly name: string;
}

/** What the user did that can be looked up, under the name in its address. */
export type Deed = Like | EmojiReact | Announce;

/** The peer's memory: everything is gone when it ends. */
export interface Peer {
  readonly user: User;
  readonly federation: Federation<void>;
  readonly notes: Map<string, Note>;
  readonly deeds: Map<string, Deed>;
  /** Consents to quotes. */
  readonly stamps: Map<string, QuoteAuthorization>;
  /** By its id: what came to the inbox, as Fedify read it. */
  readonly heard: Map<string, Activity>;
  /** By the id of the activity: what Fedify verified, ready to be forwarded. */
  readonly received: Map<string, InboxContext<void>>;
}

/** Makes the application; `hear` gets each activity whose signature Fedify has verified. */
export async function createPeer(
  user: User,
  hear: (activity: Activity, context: InboxContext<void>) => Promise<void>,
): Promise<Peer> {
  const federation = createFederation<void>({ kv: new MemoryKvStore(), allowPrivateAddress: true });
  const peer: Peer = {
    ...{ user, federation, notes: new Map(), deeds: new Map(), stamps: new Map() },
    ...{ heard: new Map(), received: new Map() },
  };
  await serveUser(peer);
  serveWords(peer);
  federation.setInboxListeners('/users/{identifier}/inbox', '/inbox').on(Activity, async (context, activity) => {
    if (activity.id) {
      peer.received.set(activity.id.href, context);
      peer.heard.set(activity.id.href, activity);
    }
    await hear(activity, context);
  });
  return peer;
}

async function serveUser({ federation, user }: Peer): Promise<void> {
  const keyPairs = [await generateCryptoKeyPair('RSASSA-PKCS1-v1_5'), await generateCryptoKeyPair('Ed25519')];
  federation
    .setActorDispatcher('/users/{identifier}', async (context, identifier) => {
      if (identifier !== user.identifier) return null;
      const keys = await context.getActorKeyPairs(identifier);
      return new Person({
        id: context.getActorUri(identifier),
        preferredUsername: identifier,
        name: user.name,
        inbox: context.getInboxUri(identifier),
        endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
        ...(keys[0] ? { publicKey: keys[0].cryptographicKey } : {}),
        assertionMethods: keys.map((key) => key.multikey),
      });
    })
    .setKeyPairsDispatcher((_context, identifier) => (identifier === user.identifier ? keyPairs : []));
}

/** What the user said and did can be looked up by whoever finds its id in a collection. */
function serveWords({ federation, notes, deeds, stamps }: Peer): void {
  const deed = <T extends Deed>(kind: abstract new (...args: never[]) => T, name = ''): T | null => {
    const found = deeds.get(name);
    return found instanceof kind ? found : null;
  };
  federation.setObjectDispatcher(Note, '/notes/{name}', (_context, { name }) => notes.get(name ?? '') ?? null);
  federation.setObjectDispatcher(Like, '/likes/{name}', (_context, { name }) => deed(Like, name));
  federation.setObjectDispatcher(EmojiReact, '/reactions/{name}', (_context, { name }) => deed(EmojiReact, name));
  federation.setObjectDispatcher(Announce, '/boosts/{name}', (_context, { name }) => deed(Announce, name));
  federation.setObjectDispatcher(
    QuoteAuthorization,
    '/stamps/{name}',
    (_context, { name }) => stamps.get(name ?? '') ?? null,
  );
}
