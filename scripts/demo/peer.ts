/**
 * An independent fediverse server for the demo and the end-to-end tests: a small Fedify application with one account,
 * its own keys, its own signatures and its own parser. It is forked, told what to do over IPC, and tells what arrived.
 *
 * Arguments: port, certificate file, key file. Certificates of others are trusted through NODE_EXTRA_CA_CERTS.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { createFederation, type Federation, generateCryptoKeyPair, MemoryKvStore } from '@fedify/fedify';
import { Accept, Activity, Create, Delete, Endpoints, Follow, isActor, Person, Undo, Update } from '@fedify/vocab';

/** What the peer tells its parent. Activities are told only after Fedify has verified their signature. */
export type PeerEvent =
  | { readonly event: 'listening'; readonly handle: string }
  | { readonly event: 'looked-up'; readonly id: string; readonly name: string }
  | {
      readonly event: 'activity';
      readonly type: string;
      readonly id: string;
      readonly actor: string;
      readonly json: unknown;
    }
  /** Something came to an inbox; nothing is verified yet. */
  | { readonly event: 'posted'; readonly type: string; readonly id: string; readonly actor: string }
  | { readonly event: 'fetched'; readonly url: string; readonly status: number; readonly json?: unknown }
  | { readonly event: 'answering'; readonly how: Answering }
  | { readonly event: 'error'; readonly message: string };

/** What the parent asks of the peer. */
export type PeerCommand =
  | { readonly command: 'look-up'; readonly handle: string }
  | { readonly command: 'follow'; readonly id: string; readonly followId: string }
  | { readonly command: 'unfollow'; readonly id: string; readonly followId: string }
  /** What the inboxes do from now on: take what comes, or never answer, as a server that is overloaded. */
  | { readonly command: 'answer'; readonly how: Answering }
  | { readonly command: 'fetch'; readonly url: string }
  | { readonly command: 'stop' };

export type Answering = 'take' | 'hang';

const USER = 'reader';

let answering: Answering = 'take';

// Fedify 2 reads `navigator`, which Node.js has from version 21 on.
if (!('navigator' in globalThis))
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: `Node.js/${process.versions.node}` } });

function tell(event: PeerEvent): void {
  process.send?.(event);
}

async function createPeer(): Promise<Federation<void>> {
  const federation = createFederation<void>({
    kv: new MemoryKvStore(),
    allowPrivateAddress: true,
  });
  const keyPairs = [await generateCryptoKeyPair('RSASSA-PKCS1-v1_5'), await generateCryptoKeyPair('Ed25519')];
  federation
    .setActorDispatcher('/users/{identifier}', async (context, identifier) => {
      if (identifier !== USER) return null;
      const keys = await context.getActorKeyPairs(identifier);
      return new Person({
        id: context.getActorUri(identifier),
        preferredUsername: identifier,
        name: 'A reader',
        inbox: context.getInboxUri(identifier),
        endpoints: new Endpoints({ sharedInbox: context.getInboxUri() }),
        ...(keys[0] ? { publicKey: keys[0].cryptographicKey } : {}),
        assertionMethods: keys.map((key) => key.multikey),
      });
    })
    .setKeyPairsDispatcher((_context, identifier) => (identifier === USER ? keyPairs : []));
  federation.setInboxListeners('/users/{identifier}/inbox', '/inbox').on(Activity, async (context, activity) => {
    tell({
      event: 'activity',
      type: typeOf(activity),
      id: activity.id?.href ?? '',
      actor: activity.actorId?.href ?? '',
      json: await activity.toJsonLd({ contextLoader: context.contextLoader }),
    });
  });
  return federation;
}

function typeOf(activity: Activity): string {
  if (activity instanceof Accept) return 'Accept';
  if (activity instanceof Create) return 'Create';
  if (activity instanceof Update) return 'Update';
  if (activity instanceof Delete) return 'Delete';
  return activity.constructor.name;
}

async function obey(federation: Federation<void>, origin: URL, message: PeerCommand): Promise<void> {
  const context = federation.createContext(origin);
  switch (message.command) {
    case 'look-up': {
      const actor = await context.lookupObject(message.handle);
      if (!isActor(actor) || !actor.id) throw new Error(`${message.handle} was not found`);
      tell({ event: 'looked-up', id: actor.id.href, name: String(actor.name ?? '') });
      return;
    }
    case 'follow':
    case 'unfollow': {
      const target = await context.lookupObject(message.id);
      if (!isActor(target) || !target.id) throw new Error(`${message.id} is not an actor`);
      const follow = new Follow({
        id: new URL(message.followId),
        actor: context.getActorUri(USER),
        object: target.id,
      });
      const undo = new Undo({
        id: new URL(`${message.followId}/undo`),
        actor: context.getActorUri(USER),
        object: follow,
      });
      await context.sendActivity({ identifier: USER }, target, message.command === 'follow' ? follow : undo);
      return;
    }
    case 'answer':
      answering = message.how;
      tell({ event: 'answering', how: answering });
      return;
    case 'fetch': {
      const response = await fetch(message.url, { headers: { accept: 'application/activity+json' } });
      const text = await response.text();
      tell({
        event: 'fetched',
        url: message.url,
        status: response.status,
        ...(text.startsWith('{') ? { json: JSON.parse(text) } : {}),
      });
      return;
    }
    case 'stop':
      process.exit(0);
  }
}

function toRequest(origin: URL, incoming: IncomingMessage, body: Buffer): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined) headers.set(name, String(value));
  const init: RequestInit = { method: incoming.method ?? 'GET', headers };
  if (init.method !== 'GET' && init.method !== 'HEAD') init.body = new Uint8Array(body);
  return new Request(new URL(incoming.url ?? '/', origin), init);
}

function tellPosted(body: Buffer): void {
  const { type, id, actor } = JSON.parse(body.toString());
  tell({ event: 'posted', type: String(type), id: String(id), actor: String(actor) });
}

async function answer(
  federation: Federation<void>,
  origin: URL,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  if (incoming.method === 'POST') {
    tellPosted(body);
    if (answering === 'hang') return;
  }
  const response = await federation.fetch(toRequest(origin, incoming, body), { contextData: undefined });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

async function main(port: number, certFile: string, keyFile: string): Promise<void> {
  const origin = new URL(`https://localhost:${port}`);
  const federation = await createPeer();
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (incoming, outgoing) => {
    answer(federation, origin, incoming, outgoing).catch((error: unknown) => {
      tell({ event: 'error', message: String(error) });
      outgoing.writeHead(500).end();
    });
  });
  server.listen(port, '127.0.0.1', () => tell({ event: 'listening', handle: `@${USER}@${origin.host}` }));
  process.on('message', (message: PeerCommand) => {
    obey(federation, origin, message).catch((error: unknown) => tell({ event: 'error', message: String(error) }));
  });
  process.on('disconnect', () => process.exit(0));
}

await main(Number(process.argv[2]), process.argv[3] ?? '', process.argv[4] ?? '');
