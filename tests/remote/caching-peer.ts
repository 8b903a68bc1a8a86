import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import peertube from '@peertube/http-signature';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { isJsonObject } from '../../federation/vocabulary.ts';

/**
 * How a server keeps the keys of others. `mastodon`: one for each actor; when a signature does not fit it, the actor is fetched
 * anew and the signature tried once more. `gotosocial`: one for each key id, for ever; an id that it does not know is fetched.
 */
export type KeyCaching = 'mastodon' | 'gotosocial';

/** What arrived at the inbox of a caching peer, and what it answered. */
export interface Judged {
  readonly type: string;
  readonly keyId: string;
  readonly status: number;
}

/** A server that checks every signature with PeerTube's library, by the keys that it keeps. */
export interface CachingPeer {
  readonly actor: string;
  readonly inbox: string;
  readonly judged: Judged[];
  /** Forgets all keys, as after a restore. */
  forget(): void;
  close(): Promise<void>;
}

interface Key {
  readonly id: string;
  readonly pem: string;
}

export async function startCachingPeer(caching: KeyCaching): Promise<CachingPeer> {
  const keys = new Map<string, Key>();
  const judged: Judged[] = [];
  const place = (keyId: string): string => (caching === 'mastodon' ? keyId.replace(/#.*/, '') : keyId);
  const fetchKey = async (keyId: string): Promise<Key | undefined> => {
    const response = await fetch(keyId.replace(/#.*/, ''), { headers: { accept: 'application/activity+json' } });
    const actor: unknown = response.status === 200 ? await response.json() : undefined;
    const key = isJsonObject(actor) ? actor.publicKey : undefined;
    if (!isJsonObject(key) || key.id !== keyId || typeof key.publicKeyPem !== 'string') return undefined;
    const found = { id: keyId, pem: key.publicKeyPem };
    keys.set(place(keyId), found);
    return found;
  };
  const isSigned = async (request: IncomingMessage, body: Buffer): Promise<[string, boolean]> => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const digest = `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
    // RFC 9421 is beyond it, as it is beyond GoToSocial.
    if (headers.signature === undefined || headers['signature-input'] !== undefined) return ['', false];
    const parsed = peertube.parseRequest(
      { method: request.method ?? '', url: request.url ?? '', headers },
      { clockSkew: 300 },
    );
    const fits = (key: Key | undefined): boolean => key !== undefined && peertube.verifySignature(parsed, key.pem);
    const { keyId } = parsed;
    const known = keys.get(place(keyId));
    const isRight = fits(known ?? (await fetchKey(keyId)));
    const again = !isRight && known !== undefined && caching === 'mastodon' && fits(await fetchKey(keyId));
    return [keyId, digest === headers.digest && (isRight || again)];
  };
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'application/activity+json' }).end(JSON.stringify(document()));
      return;
    }
    const body = await buffer(request);
    const [keyId, isRight] = await isSigned(request, body).catch((): [string, boolean] => ['', false]);
    const json: unknown = JSON.parse(body.toString());
    const status = isRight ? 202 : 401;
    judged.push({ type: isJsonObject(json) ? String(json.type) : '', keyId, status });
    response.writeHead(status).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const actor = `http://127.0.0.1:${port}/users/${caching}`;
  const document = (): JsonObject => ({
    id: actor,
    type: 'Person',
    preferredUsername: caching,
    inbox: `${actor}/inbox`,
  });
  return {
    actor,
    inbox: `${actor}/inbox`,
    judged,
    forget: () => keys.clear(),
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
