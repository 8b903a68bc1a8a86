/**
 * An independent fediverse server for the demo and the end-to-end tests: a small Fedify application with one account,
 * its own keys, its own signatures and its own parser. It is forked, told what to do over IPC, and tells what arrived.
 *
 * Arguments: port, certificate file, key file, user. Certificates of others are trusted through NODE_EXTRA_CA_CERTS. With empty
 * names of files it speaks plain http.
 */
import { readFileSync } from 'node:fs';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer } from 'node:https';
import { type Context, hasProofLike, hasSignatureLike } from '@fedify/fedify';
import { Accept, type Activity, Create, Delete, Follow, isActor, Undo, Update } from '@fedify/vocab';
import { createPeer, type Peer } from './peer-application.ts';
import type { Answering, PeerCommand, PeerEvent } from './peer-messages.ts';
import { forward, lookAtStamp, provenBy, readCollections } from './peer-reading.ts';
import { say } from './peer-sayings.ts';

let answering: Answering = 'take';

/** What was posted to the inboxes, letter by letter, by the id of the activity. */
const bodies = new Map<string, unknown>();

// Fedify 2 reads `navigator`, which Node.js has from version 21 on.
if (!('navigator' in globalThis))
  Object.defineProperty(globalThis, 'navigator', { value: { userAgent: `Node.js/${process.versions.node}` } });

function tell(event: PeerEvent): void {
  process.send?.(event);
}

async function hear(activity: Activity, context: Context<void>): Promise<void> {
  const id = activity.id?.href ?? '';
  tell({
    event: 'activity',
    type: typeOf(activity),
    id,
    actor: activity.actorId?.href ?? '',
    object: activity.objectId?.href ?? '',
    result: activity.resultId?.href ?? '',
    provenBy: await provenBy(context, bodies.get(id)),
    json: await activity.toJsonLd({ contextLoader: context.contextLoader }),
  });
}

function typeOf(activity: Activity): string {
  if (activity instanceof Accept) return 'Accept';
  if (activity instanceof Create) return 'Create';
  if (activity instanceof Update) return 'Update';
  if (activity instanceof Delete) return 'Delete';
  return activity.constructor.name;
}

async function obey(peer: Peer, origin: URL, message: PeerCommand): Promise<void> {
  const context = peer.federation.createContext(origin);
  switch (message.command) {
    case 'look-up': {
      const actor = await context.lookupObject(message.handle);
      if (!isActor(actor) || !actor.id) throw new Error(`${message.handle} was not found`);
      return tell({ event: 'looked-up', id: actor.id.href, name: String(actor.name ?? '') });
    }
    case 'follow':
    case 'unfollow':
      return follow(peer, context, message);
    case 'answer':
      answering = message.how;
      return tell({ event: 'answering', how: answering });
    case 'fetch':
      return tell(await fetchJson(message.url));
    case 'say': {
      const { activity, about } = await say(peer, context, message.saying);
      return tell({ event: 'said', id: activity.id?.href ?? '', about: about.href });
    }
    case 'forward':
      return tell(await forward(peer, context, message, bodies.get(message.id)));
    case 'read':
      return tell(await readCollections(peer, context, message.url));
    case 'look-at-stamp':
      return tell(await lookAtStamp(context, message.url));
    case 'stop':
      process.exit(0);
      break;
    default:
      message satisfies never;
  }
}

async function follow(
  { user: { identifier } }: Peer,
  context: Context<void>,
  { command, id, followId }: Extract<PeerCommand, { command: 'follow' | 'unfollow' }>,
): Promise<void> {
  const target = await context.lookupObject(id);
  if (!isActor(target) || !target.id) throw new Error(`${id} is not an actor`);
  const actor = context.getActorUri(identifier);
  const wish = new Follow({ id: new URL(followId), actor, object: target.id });
  const undo = new Undo({ id: new URL(`${followId}/undo`), actor, object: wish });
  await context.sendActivity({ identifier }, target, command === 'follow' ? wish : undo);
}

async function fetchJson(url: string): Promise<PeerEvent> {
  const response = await fetch(url, { headers: { accept: 'application/activity+json' } });
  const text = await response.text();
  const json = text.startsWith('{') ? { json: JSON.parse(text) } : {};
  return { event: 'fetched', url, status: response.status, ...json };
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
  const posted = JSON.parse(body.toString());
  const [type, id, actor] = [String(posted.type), String(posted.id), String(posted.actor)];
  bodies.set(id, posted);
  tell({ event: 'posted', type, id, actor, proof: hasProofLike(posted), ldSignature: hasSignatureLike(posted) });
}

async function answer(
  { federation }: Peer,
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
  } else tell({ event: 'asked', path: incoming.url ?? '' });
  const response = await federation.fetch(toRequest(origin, incoming, body), { contextData: undefined });
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

async function main(port: number, certFile: string, keyFile: string, identifier: string): Promise<void> {
  const origin = new URL(`${certFile === '' ? 'http' : 'https'}://localhost:${port}`);
  const peer = await createPeer({ identifier, name: `A ${identifier}` }, hear);
  const listener: RequestListener = (incoming, outgoing) => {
    answer(peer, origin, incoming, outgoing).catch((error: unknown) => {
      tell({ event: 'error', message: String(error) });
      outgoing.writeHead(500).end();
    });
  };
  const server =
    certFile === ''
      ? createHttpServer(listener)
      : createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, listener);
  server.listen(port, '127.0.0.1', () => tell({ event: 'listening', handle: `@${identifier}@${origin.host}` }));
  process.on('message', (message: PeerCommand) => {
    obey(peer, origin, message).catch((error: unknown) => tell({ event: 'error', message: String(error) }));
  });
  process.on('disconnect', () => process.exit(0));
}

const [port, certFile = '', keyFile = '', user = 'reader'] = process.argv.slice(2);
await main(Number(port), certFile, keyFile, user);
