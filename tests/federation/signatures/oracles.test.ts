import { webcrypto } from 'node:crypto';
import { signRequest as fedifySign, verifyRequest as fedifyVerify } from '@fedify/fedify/sig';
import { CryptographicKey } from '@fedify/vocab';
import * as misskey from '@misskey-dev/node-http-message-signatures';
import peertube from '@peertube/http-signature';
import { describe, expect, test } from 'vitest';
import { signCavage } from '../../../federation/signatures/cavage.ts';
import { signMessage } from '../../../federation/signatures/message-signatures.ts';
import type { OutgoingRequest, RequestMessage } from '../../../federation/signatures/request.ts';
import { verifyRequest } from '../../../federation/signatures/verify.ts';
import { ALICE, ALICE_KEY, aliceKey, INBOX, PRIVATE_PEM, PUBLIC_PEM, signingDeps, verifierWith } from './support.ts';

// These libraries look at the clock themselves, so everything here is signed now.
const NOW = Date.now();
const BODY = Buffer.from('{"type":"Create","content":"Ä – 🏰"}');
const SENT: OutgoingRequest = {
  method: 'POST',
  url: `${INBOX}?a=b%20c`,
  contentType: 'application/activity+json',
  body: BODY,
};
const GOT: OutgoingRequest = { method: 'GET', url: `${ALICE}?page=true`, accept: 'application/activity+json' };
const VERIFIED = { kind: 'verified', keyId: ALICE_KEY, owner: ALICE, signature: expect.any(Uint8Array) };
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

const der = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
const privateKey = await webcrypto.subtle.importKey('pkcs8', der(PRIVATE_PEM), RSA, true, ['sign']);
const publicKey = await webcrypto.subtle.importKey('spki', der(PUBLIC_PEM), RSA, true, ['verify']);

const FORMS = [
  ['draft-cavage', signCavage, 'draft-cavage-http-signatures-12'] as const,
  ['RFC 9421', signMessage, 'rfc9421'] as const,
];

function fetchRequest(sent: OutgoingRequest, headers: Record<string, string> = {}): Request {
  const init = { method: sent.method, headers, ...(sent.method === 'POST' ? { body: new Uint8Array(sent.body) } : {}) };
  return new Request(sent.url, init);
}

/** The parts of a Node request that the libraries of Misskey and PeerTube read. */
function nodeRequest(sent: OutgoingRequest, headers: Record<string, string>) {
  const url = new URL(sent.url);
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method: sent.method, url: url.pathname + url.search, httpVersion: '1.1', headers: lower };
}

function received(sent: OutgoingRequest, headers: RequestMessage['headers']): RequestMessage {
  return { method: sent.method, url: sent.url, headers, body: sent.method === 'POST' ? sent.body : new Uint8Array() };
}

const verify = (request: RequestMessage) => verifyRequest(verifierWith(NOW, aliceKey()), request);

describe.each(FORMS)('Fedify 2.3.6, %s', (_name, sign, spec) => {
  const key = new CryptographicKey({ id: new URL(ALICE_KEY), owner: new URL(ALICE), publicKey });
  const documentLoader = async (url: string) => ({
    contextUrl: null,
    documentUrl: url,
    document: await key.toJsonLd({ format: 'expand' }),
  });

  test.each([['POST', SENT] as const, ['GET', GOT] as const])('takes our %s', async (_method, sent) => {
    // By draft-cavage Fedify looks at the path alone, so there only RFC 9421 works for a URL with a query.
    const plain = { ...sent, url: spec === 'rfc9421' ? sent.url : sent.url.replace(/\?.*/, '') };
    const request = fetchRequest(plain, sign(signingDeps, plain, { now: NOW }));
    const found = await fedifyVerify(request, { documentLoader, contextLoader: documentLoader, spec });
    expect(found?.id?.href).toBe(ALICE_KEY);
  });

  test('refuses ours when the body was changed', async () => {
    const plain = { ...SENT, url: INBOX };
    const other = { ...plain, body: Buffer.from('{"type":"Delete"}') };
    const request = fetchRequest(other, sign(signingDeps, plain, { now: NOW }));
    expect(await fedifyVerify(request, { documentLoader, contextLoader: documentLoader, spec })).toBeNull();
  });

  test.each([['POST', SENT] as const, ['GET', GOT] as const])('signs a %s that we take', async (_method, sent) => {
    const headers = sent.method === 'POST' ? { 'content-type': sent.contentType } : { accept: sent.accept };
    const signed = await fedifySign(fetchRequest(sent, headers), privateKey, new URL(ALICE_KEY), { spec });
    expect(await verify(received(sent, signed.headers))).toEqual(VERIFIED);
    const elsewhere = received({ ...sent, url: sent.url.replace('.test/', '.test/x') }, signed.headers);
    expect(await verify(elsewhere)).toMatchObject({ kind: 'failed', reason: 'signature-wrong' });
  });
});

describe('the library that Misskey runs', () => {
  test.each([['POST', SENT] as const, ['GET', GOT] as const])('takes our %s', async (_method, sent) => {
    const headers = signCavage(signingDeps, sent, { now: NOW });
    const parsed = misskey.parseDraftRequest(nodeRequest(sent, headers), {
      requiredComponents: {
        draft: ['(request-target)', 'host', 'date', ...(sent.method === 'POST' ? ['digest'] : [])],
      },
    });
    expect(await misskey.verifyDraftSignature(parsed.value, PUBLIC_PEM)).toBe(true);
  });

  test('takes the digest of our body, and no other', async () => {
    const request = nodeRequest(SENT, signCavage(signingDeps, SENT, { now: NOW }));
    expect(await misskey.verifyDigestHeader(request, BODY, true)).toBe(true);
    expect(await misskey.verifyDigestHeader(request, Buffer.from('x'), true)).toBe(false);
  });

  test('signs a POST that we take', async () => {
    const { Digest, Date: date } = signCavage(signingDeps, SENT, { now: NOW });
    const fields = { Host: 'blog.test', Date: date ?? '', Digest: Digest ?? '' };
    const request = nodeRequest(SENT, fields);
    const covered = ['(request-target)', 'date', 'host', 'digest'];
    const key = { privateKeyPem: PRIVATE_PEM, keyId: ALICE_KEY };
    const { signatureHeader } = await misskey.signAsDraftToRequest(request, key, covered);
    const headers = Object.entries({ ...fields, Signature: signatureHeader });
    expect(await verify(received(SENT, headers))).toEqual(VERIFIED);
  });
});

describe('the library that PeerTube runs', () => {
  const required = ['(request-target)', 'host', 'date'];

  test.each([['POST', SENT] as const, ['GET', GOT] as const])('takes our %s', (_method, sent) => {
    const request = nodeRequest(sent, signCavage(signingDeps, sent, { now: NOW }));
    const parsed = peertube.parseRequest(request, {
      clockSkew: 1800,
      headers: [...required, ...(sent === SENT ? ['digest'] : [])],
    });
    expect(peertube.verifySignature(parsed, PUBLIC_PEM)).toBe(true);
    const moved = peertube.parseRequest({ ...request, url: '/other' }, { clockSkew: 1800 });
    expect(peertube.verifySignature(moved, PUBLIC_PEM)).toBe(false);
  });

  test.each([
    ['with its algorithm named', false],
    ['as hs2019', true],
  ])('signs a POST that we take, %s', async (_name, hideAlgorithm) => {
    const { Digest, Date: date } = signCavage(signingDeps, SENT, { now: NOW });
    const fields = new Map([
      ['host', 'blog.test'],
      ['date', date ?? ''],
      ['digest', Digest ?? ''],
    ]);
    const url = new URL(SENT.url);
    const request = {
      method: 'POST',
      path: url.pathname + url.search,
      getHeader: (name: string) => fields.get(name.toLowerCase()),
      setHeader: (name: string, value: string) => fields.set(name.toLowerCase(), value),
    };
    peertube.signRequest(request, {
      authorizationHeaderName: 'Signature',
      keyId: ALICE_KEY,
      key: PRIVATE_PEM,
      algorithm: 'rsa-sha256',
      headers: [...required, 'digest'],
      hideAlgorithm,
    });
    fields.set('signature', (fields.get('signature') ?? '').replace(/^Signature /, ''));
    expect(await verify(received(SENT, fields))).toEqual(VERIFIED);
  });
});
