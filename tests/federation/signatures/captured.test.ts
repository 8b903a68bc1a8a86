import { describe, expect, test } from 'vitest';
import { type Claim, readClaim } from '../../../federation/signatures/claim.ts';
import { type RequestMessage, targetOf } from '../../../federation/signatures/request.ts';
import { verifyRequest } from '../../../federation/signatures/verify.ts';
import { verify } from '../../../server/crypto.ts';
import { CAPTURED_HOSTS, type CapturedRequest, messageOf, readCapture, serveDocuments, verifierAt } from './support.ts';

const MINUTE = 60_000;

/** Signers whose documents were not captured: instance actors that sign GETs only. */
const WITHOUT_DOCUMENT = [
  'https://misskey.test/users/atw9l1xsi11u0002#main-key',
  'https://robot.test/user/robot.test/publickey',
];

const signed = CAPTURED_HOSTS.flatMap((host) => {
  const capture = readCapture(host);
  return capture.requests
    .map((request, index) => ({
      host,
      capture,
      request,
      name: `${host} #${index} ${request.method} ${request.target}`,
    }))
    .filter(({ request }) => headerOf(request, 'signature') !== undefined);
});

function headerOf(request: CapturedRequest, name: string): string | undefined {
  return request.headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

function keyIdOf(request: CapturedRequest): string {
  const text = `${headerOf(request, 'signature-input') ?? ''} ${headerOf(request, 'signature')}`;
  return /key[iI]d="([^"]*)"/.exec(text)?.[1] ?? '';
}

/** Fedify 2.3.6 leaves the fragment of a key's URL in `@target-uri`, which nobody who receives the request can know. */
function signsFragment(host: string, request: CapturedRequest): boolean {
  return host === 'fedify.test' && (headerOf(request, 'signature') ?? '').startsWith('sig1=:GrIbxqmW');
}

function claimOf(message: RequestMessage): Claim {
  const target = targetOf(message.url);
  const claim = target === undefined ? 'no-signature' : readClaim(message, target);
  if (typeof claim === 'string') throw new Error(claim);
  return claim;
}

describe('what seven servers really sent', () => {
  test('each server is represented, by signed POSTs', () => {
    expect(new Set(signed.filter(({ request }) => request.method === 'POST').map(({ host }) => host)).size).toBe(7);
    expect(signed.length).toBe(129);
  });

  test.each(signed)('$name → verified at its time', async ({ host, capture, request }) => {
    const deps = verifierAt(Date.parse(request.at), serveDocuments(capture));
    const verification = await verifyRequest(deps, messageOf(capture, request));
    const keyId = keyIdOf(request);
    if (WITHOUT_DOCUMENT.includes(keyId)) {
      expect(verification).toMatchObject({ kind: 'failed', reason: 'key-unknown', detail: 'not-found' });
      expect(request.method).toBe('GET');
    } else if (signsFragment(host, request)) {
      expect(verification).toMatchObject({ kind: 'failed', reason: 'signature-wrong' });
      expect(request.method).toBe('GET');
      const claim = claimOf(messageOf(capture, request));
      const { publicKeyPem } = JSON.parse(capture.documents['https://fedify.test/users/fred']?.body ?? '').publicKey;
      const asFedifySigned = claim.signed[0]?.replace('actor.json', 'actor.json#main-key') ?? '';
      expect(verify('rsa-sha256', publicKeyPem, Buffer.from(asFedifySigned), claim.signature)).toBe(true);
    } else {
      const owner = keyId.replace(/(#main-key|\/main-key|\/publickey)$/, '');
      expect(verification).toMatchObject({ kind: 'verified', keyId, owner });
      if (request.method === 'POST' && !request.body.includes('"Flag"')) {
        expect(JSON.parse(request.body).actor).toBe(owner);
      }
    }
  });

  const posts = signed.filter(({ request }) => request.method === 'POST');
  const oneOfEach = CAPTURED_HOSTS.map((host) => posts.find((entry) => entry.host === host)).filter(
    (entry) => entry !== undefined,
  );

  const replaceHeader = (message: RequestMessage, names: readonly string[], change: (value: string) => string) => ({
    ...message,
    headers: [...message.headers].map(([name, value]): [string, string] =>
      names.includes(name.toLowerCase()) ? [name, change(value)] : [name, value],
    ),
  });

  const TAMPERED: Record<string, (message: RequestMessage) => RequestMessage> = {
    'another body': (message) => ({
      ...message,
      body: Buffer.from(Buffer.from(message.body).toString().replace('"', "'")),
    }),
    'a longer body': (message) => ({ ...message, body: Buffer.concat([message.body, Buffer.from(' ')]) }),
    'no body': (message) => ({ ...message, body: new Uint8Array() }),
    'another path': (message) => ({ ...message, url: message.url.replace('/ap/inbox', '/ap/inbox2') }),
    'another method': (message) => ({ ...message, method: 'PUT' }),
    'another date': (message) =>
      replaceHeader(message, ['date'], (value) => value.replace(/:(\d)\d GMT/, ':$10 GMT').replace('03:4', '03:3')),
    'no date': (message) => ({
      ...message,
      headers: [...message.headers].filter(([name]) => name.toLowerCase() !== 'date'),
    }),
    'the digest of another body': (message) =>
      replaceHeader(message, ['digest', 'content-digest'], (value) =>
        value.replace(/[=:][A-Za-z0-9+/]{4}/, (found) => `${found[0]}AAAA`),
      ),
    'no digest': (message) => ({
      ...message,
      headers: [...message.headers].filter(([name]) => !name.toLowerCase().endsWith('digest')),
    }),
    'the digest header twice': (message) => ({
      ...message,
      headers: [...message.headers, ...[...message.headers].filter(([name]) => name.toLowerCase().endsWith('digest'))],
    }),
    'the date header twice': (message) => ({
      ...message,
      headers: [...message.headers, ...[...message.headers].filter(([name]) => name.toLowerCase() === 'date')],
    }),
    'the signature header twice': (message) => ({
      ...message,
      headers: [...message.headers, ...[...message.headers].filter(([name]) => name.toLowerCase() === 'signature')],
    }),
    'a signature parameter twice': (message) =>
      replaceHeader(message, ['signature', 'signature-input'], (value) => {
        const keyId = /[,;]?(key[iI]d="[^"]*")/.exec(value)?.[1];
        return keyId === undefined ? value : `${value}${value.startsWith('sig1=') ? ';' : ','}${keyId}`;
      }),
    'another key id': (message) =>
      replaceHeader(message, ['signature', 'signature-input'], (value) =>
        value.replace(/(key[iI]d="https:\/\/)/, '$1evil.'),
      ),
    'a signature cut short': (message) =>
      replaceHeader(message, ['signature'], (value) => value.replace(/[A-Za-z0-9+/]{4}(={0,2}[:"]($|,))/, '$1')),
  };

  describe.each(oneOfEach)('$name, tampered with', ({ capture, request }) => {
    const deps = verifierAt(Date.parse(request.at), serveDocuments(capture));
    const message = messageOf(capture, request);

    test.each(Object.keys(TAMPERED))('%s → refused', async (name) => {
      const changed = TAMPERED[name]?.(message);
      if (changed === undefined) throw new Error('no such tampering');
      expect(changed).not.toEqual(message);
      expect(await verifyRequest(deps, changed)).toMatchObject({ kind: 'failed' });
    });

    test('a query added → refused by RFC 9421; draft-cavage peers may sign without it', async () => {
      const queried = { ...message, url: `${message.url}?x=1` };
      const kind = headerOf(request, 'signature-input') === undefined ? 'verified' : 'failed';
      expect(await verifyRequest(deps, queried)).toMatchObject({ kind });
    });

    test('sent to another host → refused', async () => {
      const elsewhere = { ...message, url: message.url.replace('b1.test', 'b2.test') };
      expect(await verifyRequest(deps, elsewhere)).toMatchObject({ kind: 'failed', reason: 'signature-wrong' });
    });

    test('a proxy rewrote Host → still verified against the public URL', async () => {
      const proxied = replaceHeader(message, ['host'], () => '127.0.0.1:4321');
      expect(await verifyRequest(deps, proxied)).toMatchObject({ kind: 'verified' });
    });

    test('replayed after 66 minutes, or more than an hour early → refused', async () => {
      const at = Math.floor(Date.parse(request.at) / 1000) * 1000;
      const later = verifierAt(at + 66 * MINUTE, serveDocuments(capture));
      const earlier = verifierAt(at - 61 * MINUTE, serveDocuments(capture));
      expect(await verifyRequest(later, message)).toMatchObject({ reason: 'signature-expired' });
      expect(await verifyRequest(earlier, message)).toMatchObject({ reason: 'signature-expired' });
      const lateEnough = verifierAt(at + 64 * MINUTE, serveDocuments(capture));
      expect(await verifyRequest(lateEnough, message)).toMatchObject({ kind: 'verified' });
    });
  });
});
