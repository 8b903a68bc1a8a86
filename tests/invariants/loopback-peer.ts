import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';
import { createSigning } from '../../server/http/signing.ts';

/** A server of one person, on loopback over real HTTP: it serves its actor, signs what it sends, keeps what it gets. */
export interface LoopbackPeer {
  readonly actor: string;
  readonly inbox: string;
  readonly publicKeyPem: string;
  /** What arrived at its inbox. */
  readonly arrived: JsonObject[];
  /** What the inbox answers: 202 unless it is changed. */
  answer: () => number;
  /** How many seconds the inbox asks for, where it does. */
  retryAfter?: number;
  id(name: string): string;
  /** What `fetch` wants in order to send an activity to the inbox at `target`, signed at `now`. */
  signed(target: string, activity: JsonObject | string, now: number): Signed;
  close(): Promise<void>;
}

export interface Signed {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

export async function startLoopbackPeer(name = 'ann'): Promise<LoopbackPeer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const arrived: JsonObject[] = [];
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'application/activity+json' }).end(JSON.stringify(document()));
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const json: unknown = JSON.parse(Buffer.concat(chunks).toString());
    if (isJsonObject(json)) arrived.push(json);
    const { retryAfter } = peer;
    response.writeHead(peer.answer(), retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const actor = `http://127.0.0.1:${port}/users/${name}`;
  const keyId = `${actor}#main-key`;
  const { signPost } = createSigning({
    keyId,
    sign: (data) => createSign('RSA-SHA256').update(data).sign(privateKey),
  });
  const document = (): JsonObject => ({
    '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'],
    id: actor,
    type: 'Person',
    preferredUsername: name,
    inbox: peer.inbox,
    publicKey: { id: keyId, owner: actor, publicKeyPem },
  });
  const peer: LoopbackPeer = {
    actor,
    inbox: `${actor}/inbox`,
    publicKeyPem,
    arrived,
    answer: () => 202,
    id: (of) => `http://127.0.0.1:${port}/activities/${of}`,
    signed(target, activity, now) {
      const body = typeof activity === 'string' ? activity : JSON.stringify(activity);
      const { Host: _, ...headers } = signPost(target, new TextEncoder().encode(body), now);
      return { method: 'POST', headers, body };
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return peer;
}
