import { createHash, createSign, createVerify, generateKeyPairSync, webcrypto } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { verifyRequest as fedifyVerify } from '@fedify/fedify/sig';
import { CryptographicKey } from '@fedify/vocab';
import { afterEach, expect, it } from 'vitest';
import { verifyRequest } from '../../../federation/signatures/verify.ts';
import * as crypto from '../../../server/crypto.ts';
import { deliverDue } from '../../../server/deliver.ts';
import { createAgents } from '../../../server/http/agents.ts';
import { createDocumentClient } from '../../../server/http/document-client.ts';
import { createInboxClient } from '../../../server/http/inbox-client.ts';
import { createSigning } from '../../../server/http/signing.ts';
import { openMemoryStore } from '../../../server/store/memory.ts';
import { signingKeys } from '../../remote/signing-keys.ts';
import { type Peer, startPeer } from './peer.ts';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const keyId = 'https://blog.example/ap/actor.json#main-key';
const signing = createSigning({ keyId, sign: (data) => createSign('RSA-SHA256').update(data).sign(privateKey) });
const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

const common = {
  allowPrivate: true,
  userAgent: 'Postern/0.1.0 (+https://blog.example)',
  clock: () => Date.UTC(2026, 10, 23),
};

function options() {
  const agents = createAgents({ allowPrivate: true });
  opened.push(agents);
  return { ...common, ...signing, agents };
}

/** Checks the signature over what arrived on the wire, in the plainest words of draft-cavage §2.3. */
function verifies({ method, url, headers }: Peer['requests'][number]): string | undefined {
  const header = String(headers.signature);
  const part = (name: string) => new RegExp(`${name}="([^"]*)"`).exec(header)?.[1] ?? '';
  const lines = part('headers')
    .split(' ')
    .map((name) =>
      name === '(request-target)' ? `${name}: ${method.toLowerCase()} ${url}` : `${name}: ${headers[name]}`,
    );
  const valid = createVerify('RSA-SHA256').update(lines.join('\n')).verify(publicKey, part('signature'), 'base64');
  return valid ? part('headers') : undefined;
}

it('a GET arrives with a signature that fits what arrives', async () => {
  const remote = await startPeer((_request, response) => response.writeHead(404).end());
  opened.push(remote);
  await createDocumentClient(options()).get(`${remote.origin}/users/a?b=c`);
  expect(remote.requests.map(verifies)).toEqual(['(request-target) host date accept']);
});

it('a POST arrives with a signature and a digest that fit what arrives', async () => {
  const body = Buffer.from('{"type":"Create"}');
  const remote = await startPeer((_request, response) => response.writeHead(202).end());
  opened.push(remote);
  await createInboxClient(options()).post(`${remote.origin}/inbox`, body);
  expect(remote.requests.map(verifies)).toEqual(['(request-target) host date digest content-type']);
  const digest = createHash('sha256').update(body).digest('base64');
  expect(remote.requests[0]?.headers.digest).toBe(`SHA-256=${digest}`);
});

it('one body to many inboxes is signed for each of them', () => {
  const body = Buffer.from('{}');
  const [one, other] = ['https://a.example/inbox', 'https://b.example/inbox'].map((url) =>
    signing.signPost(url, body, 0),
  );
  expect(one?.Digest).toBe(other?.Digest);
  expect(one?.Signature).not.toBe(other?.Signature);
  expect(signing.signPost('https://a.example/inbox', Buffer.from('{"x":1}'), 0).Digest).not.toBe(one?.Digest);
});

const ACTOR = keyId.replace('#main-key', '');
const publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();

/** What Fedify 2.3.6 says of a request as it arrived. */
async function fedifyAccepts(request: Request): Promise<boolean> {
  const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const imported = await webcrypto.subtle.importKey('spki', der, rsa, true, ['verify']);
  const key = new CryptographicKey({ id: new URL(keyId), owner: new URL(ACTOR), publicKey: imported });
  const document = await key.toJsonLd({ format: 'expand' });
  const documentLoader = async (url: string) => ({ contextUrl: null, documentUrl: url, document });
  const found = await fedifyVerify(request, { documentLoader, contextLoader: documentLoader, spec: 'rfc9421' });
  return found?.id?.href === keyId;
}

async function weAccept(request: Request, body: Uint8Array): Promise<boolean> {
  const key = { id: keyId, owner: ACTOR, publicKeyPem };
  const fetchKey = async () => ({ kind: 'key', key, cached: false }) as const;
  const { method, url, headers } = request;
  const verification = await verifyRequest({ ...crypto, clock: Date.now, fetchKey }, { method, url, headers, body });
  return verification.kind === 'verified' && verification.owner === ACTOR;
}

it('a peer that reads RFC 9421 alone refuses a delivery once; the next attempt convinces Fedify and our own verifier', async () => {
  const verdicts: unknown[] = [];
  const remote = await startPeer(async (message, response) => {
    const body = await buffer(message);
    if (message.headers['signature-input'] === undefined) return response.writeHead(401).end();
    const headers = new Headers(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
    const request = () => new Request(remote.origin + message.url, { method: 'POST', headers, body: body.slice() });
    verdicts.push({ fedify: await fedifyAccepts(request()), ours: await weAccept(request(), body) });
    return response.writeHead(202).end();
  });
  opened.push(remote);
  let now = Date.now();
  const store = openMemoryStore();
  const id = 'https://blog.example/ap/activities/create/1';
  await store.activities.put({ id, type: 'Create', object: id, json: { id, type: 'Create' } }, { now: 0 });
  await store.deliveries.enqueue(id, [`${remote.origin}/inbox?to=ann%20b`], { now });
  const inboxes = createInboxClient({ ...options(), clock: () => now });
  const keys = signingKeys('https://blog.example/ap/actor.json');
  const deps = { store, inboxes, keys, clock: () => now, log: () => {} };
  expect(await deliverDue(deps, { owner: 'first' })).toMatchObject({ pending: 1 });
  now += 60_000;
  expect(await deliverDue(deps, { owner: 'second' })).toMatchObject({ delivered: 1 });
  expect(verdicts).toEqual([{ fedify: true, ours: true }]);
  expect(
    remote.requests.map(({ headers }) => [headers.digest !== undefined, headers['content-digest'] !== undefined]),
  ).toEqual([
    [true, false],
    [false, true],
  ]);
});
