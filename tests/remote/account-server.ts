import { createSign, generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { isJsonObject, type JsonObject } from '../../federation/vocabulary.ts';
import { createSigning } from '../../server/http/signing.ts';

/** One account of an account server. */
export interface Account {
  readonly id: string;
  /** `@name@127.0.0.1:port`. */
  readonly handle: string;
  /** Members of its document that differ from now on. */
  readonly document: Record<string, string | string[]>;
  /** How many follow it, as its collection says. */
  followers: number;
  /** Sends an activity of its to an inbox, signed; gives the status. */
  send(inbox: string, activity: JsonObject): Promise<number>;
  /** Follows an actor. */
  follow(actor: string): Promise<number>;
  /** Says that it moved, in its document and by a Move to this inbox. */
  move(target: string, inbox: string): Promise<number>;
}

/** A server of a few accounts, on loopback: WebFinger, NodeInfo, documents, one inbox. */
export interface AccountServer {
  /** What arrived at its inbox. */
  readonly arrived: JsonObject[];
  account(name: string): Account;
  close(): Promise<void>;
}

export async function startAccountServer(software: string): Promise<AccountServer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const accounts = new Map<string, Account>();
  const arrived: JsonObject[] = [];
  const server = createServer(async (request, response) => {
    const json = (body: JsonObject, type = 'application/activity+json'): void =>
      void response.writeHead(200, { 'content-type': type }).end(JSON.stringify(body));
    if (request.method === 'POST') {
      const activity: unknown = JSON.parse((await buffer(request)).toString());
      if (isJsonObject(activity)) arrived.push(activity);
      return void response.writeHead(202).end();
    }
    const { pathname, searchParams } = new URL(request.url ?? '', origin);
    if (pathname === '/.well-known/nodeinfo')
      return json({ links: [{ rel: 'x', href: `${origin}/nodeinfo` }] }, 'application/json');
    if (pathname === '/nodeinfo') return json({ software: { name: software } }, 'application/json');
    const named = searchParams
      .get('resource')
      ?.replace(/^acct:/, '')
      .split('@')[0];
    const [, name = named ?? '', part] = /^\/users\/(\w+)(\/\w+)?$/.exec(pathname) ?? [];
    const account = accounts.get(name);
    if (!account) return void response.writeHead(404).end();
    if (named !== undefined) {
      const links = [{ rel: 'self', type: 'application/activity+json', href: account.id }];
      return json({ subject: `acct:${account.handle.slice(1)}`, links }, 'application/jrd+json');
    }
    if (part === '/followers')
      return json({ id: `${account.id}/followers`, type: 'OrderedCollection', totalItems: account.followers });
    return json(documentOf(name, account));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const documentOf = (name: string, { id, document }: Account): JsonObject => ({
    ...{ '@context': ['https://www.w3.org/ns/activitystreams', 'https://w3id.org/security/v1'], id, type: 'Person' },
    ...{ preferredUsername: name, inbox: `${id}/inbox`, followers: `${id}/followers` },
    publicKey: { id: `${id}#main-key`, owner: id, publicKeyPem },
    ...document,
  });
  let sent = 0;
  return {
    arrived,
    account(name) {
      const id = `${origin}/users/${name}`;
      const { signPost } = createSigning({
        keyId: `${id}#main-key`,
        sign: (data) => createSign('RSA-SHA256').update(data).sign(privateKey),
      });
      const account: Account = {
        id,
        handle: `@${name}@127.0.0.1:${port}`,
        document: {},
        followers: 0,
        async send(inbox, activity) {
          sent += 1;
          const body = JSON.stringify({ id: `${origin}/activities/${sent}`, actor: id, ...activity });
          const { Host: _, ...headers } = signPost(inbox, new TextEncoder().encode(body), Date.now());
          return (await fetch(inbox, { method: 'POST', headers, body })).status;
        },
        follow: (actor) => account.send(actor.replace('actor.json', 'inbox'), { type: 'Follow', object: actor }),
        move(target, inbox) {
          account.document.movedTo = target;
          return account.send(inbox, { type: 'Move', object: id, target });
        },
      };
      accounts.set(name, account);
      return account;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
