import { createHash, generateKeyPairSync, type KeyObject, sign as signBytes } from 'node:crypto';
import type { JsonObject } from '../../federation/vocabulary.ts';
import type { InboundRequest } from '../../server/inbound-body.ts';
import type { DocumentClient, Fetched } from '../../server/ports.ts';

export const INBOX = 'https://blog.test/ap/inbox';

/** The rest of the fediverse, in memory: serves documents by URL and counts who asks. */
export interface FakeRemote {
  readonly documents: DocumentClient;
  /** Every URL that was asked for, in order. */
  readonly gets: string[];
  serve(url: string, document: JsonObject): void;
  /** From now on the URL answers with this status; 0 is a network that fails. */
  answer(url: string, status: number): void;
  /** Runs before each answer: holds them back, or throws. */
  hold(wait: () => Promise<void>): void;
}

export function createFakeRemote(): FakeRemote {
  const answers = new Map<string, Fetched>();
  const gets: string[] = [];
  let wait = async (): Promise<void> => {};
  return {
    gets,
    documents: {
      async get(url) {
        gets.push(url);
        await wait();
        return answers.get(url) ?? { kind: 'refused', status: 404, reason: 'status' };
      },
    },
    serve(url, document) {
      const id = typeof document.id === 'string' ? document.id : url;
      answers.set(url, { kind: 'document', url: id, document });
    },
    answer(url, status) {
      const failed: Fetched = { kind: 'failed', reason: 'connection refused' };
      answers.set(url, status === 0 || status >= 500 ? failed : { kind: 'refused', status, reason: 'status' });
    },
    hold(next) {
      wait = next;
    },
  };
}

export interface SignOptions {
  /** When it is signed: milliseconds. */
  readonly at?: number;
  readonly keyId?: string;
  readonly key?: KeyObject;
  readonly contentType?: string;
  /** Covered headers; the digest is left out with `digest: false`. */
  readonly digest?: boolean;
}

/** A person on a remote server, with a real key. */
export interface Peer {
  readonly actor: string;
  readonly keyId: string;
  readonly inbox: string;
  readonly document: JsonObject;
  readonly key: KeyObject;
  readonly publicKeyPem: string;
  id(name: string): string;
  /** A signed request that carries this activity, or this body as it is. */
  send(body: JsonObject | string, options?: SignOptions): InboundRequest;
  /** Gets a new key, published under the same id or another. */
  changeKey(keyId?: string): void;
}

export interface PeerOptions {
  readonly host?: string;
  readonly name?: string;
  /** When it signs, unless a request says otherwise: milliseconds. */
  readonly clock: () => number;
  /** Members of the actor document that differ. */
  readonly document?: JsonObject;
}

export function createPeer(remote: FakeRemote, options: PeerOptions): Peer {
  const host = options.host ?? 'peer.test';
  const actor = `https://${host}/users/${options.name ?? 'ann'}`;
  let keyId = `${actor}#main-key`;
  let pair = nextKeyPair();
  const inbox = `${actor}/inbox`;

  const pem = (): string => pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  function publish(): JsonObject {
    const document: JsonObject = {
      '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
      id: actor,
      type: 'Person',
      preferredUsername: options.name ?? 'ann',
      inbox,
      endpoints: { sharedInbox: `https://${host}/inbox` },
      publicKey: { id: keyId, owner: actor, publicKeyPem: pem() },
      ...options.document,
    };
    remote.serve(actor, document);
    return document;
  }

  const document = publish();
  return {
    actor,
    get keyId() {
      return keyId;
    },
    inbox,
    document,
    get key() {
      return pair.privateKey;
    },
    get publicKeyPem() {
      return pem();
    },
    id: (name) => `https://${host}/activities/${name}`,
    send(body, sending = {}) {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return signedRequest(text, { at: options.clock(), keyId, key: pair.privateKey, ...sending });
    },
    changeKey(next = keyId) {
      keyId = next;
      pair = nextKeyPair();
      publish();
    },
  };
}

/** Signs with draft-cavage, written out here so that the code under test does not vouch for itself. */
export function signedRequest(
  text: string,
  options: SignOptions & { at: number; keyId: string; key: KeyObject },
): InboundRequest {
  const body = new TextEncoder().encode(text);
  const url = new URL(INBOX);
  const fields: [string, string][] = [
    ['host', url.host],
    ['date', new Date(options.at).toUTCString()],
  ];
  if (options.digest !== false) {
    fields.push(['digest', `SHA-256=${createHash('sha256').update(body).digest('base64')}`]);
  }
  const covered = [['(request-target)', `post ${url.pathname}`], ...fields];
  const signed = covered.map(([name, value]) => `${name}: ${value}`).join('\n');
  const signature = signBytes('sha256', Buffer.from(signed), options.key).toString('base64');
  const names = covered.map(([name]) => name).join(' ');
  const headers = new Headers([...fields, ['content-type', options.contentType ?? 'application/activity+json']]);
  headers.set(
    'signature',
    `keyId="${options.keyId}",algorithm="rsa-sha256",headers="${names}",signature="${signature}"`,
  );
  return { method: 'POST', url: INBOX, headers, body };
}

/** An unsigned request with this body. */
export function unsignedRequest(body: Uint8Array | string, contentType = 'application/activity+json'): InboundRequest {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { method: 'POST', url: INBOX, headers: new Headers({ 'content-type': contentType }), body: bytes };
}

/** RSA keys cost a tenth of a second each: they are made as they are needed and used round and round. */
const pairs: ReturnType<typeof makePair>[] = [];
const MOST_PAIRS = 6;
let taken = 0;

function nextKeyPair(): ReturnType<typeof makePair> {
  const index = taken % MOST_PAIRS;
  taken += 1;
  const pair = pairs[index] ?? makePair();
  pairs[index] = pair;
  return pair;
}

function makePair() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}
