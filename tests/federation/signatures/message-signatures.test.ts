import { sign } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { makeContentDigest } from '../../../federation/signatures/digest.ts';
import { parseMessageSignatures } from '../../../federation/signatures/message-signatures.ts';
import type { RequestMessage } from '../../../federation/signatures/request.ts';
import { parseDictionary } from '../../../federation/signatures/structured-fields.ts';
import { verifyRequest } from '../../../federation/signatures/verify.ts';
import * as crypto from '../../../server/crypto.ts';
import { ALICE, ALICE_KEY, aliceKey, INBOX, NOW, PRIVATE_PEM, verifierWith } from './support.ts';

const BODY = Buffer.from('{"type":"Follow"}');
const DIGEST = makeContentDigest(crypto, BODY);
const SECONDS = NOW / 1000;
const VERIFIED = { kind: 'verified', keyId: ALICE_KEY, owner: ALICE, signature: expect.any(Uint8Array) };
const URL_WITH_QUERY = `${INBOX}?page=1`;

/** What each component is by RFC 9421 §2.2 for a POST to the inbox, written out by hand. */
const VALUES: Record<string, string> = {
  '@method': 'POST',
  '@target-uri': URL_WITH_QUERY,
  '@authority': 'blog.test',
  '@scheme': 'https',
  '@request-target': '/ap/inbox?page=1',
  '@path': '/ap/inbox',
  '@query': '?page=1',
  'content-digest': DIGEST,
  host: 'blog.test',
};

const PARAMETERS = `;created=${SECONDS};keyid="${ALICE_KEY}";alg="rsa-v1_5-sha256"`;

function signed(components: readonly string[], parameters = PARAMETERS, method = 'POST', label = 'sig1') {
  const list = `(${components.map((name) => `"${name}"`).join(' ')})${parameters}`;
  const values = { ...VALUES, '@method': method };
  const base = [...components.map((name) => [name, values[name as keyof typeof values]]), ['@signature-params', list]];
  const text = base.map(([name, value]) => `"${name}": ${value}`).join('\n');
  return {
    input: `${label}=${list}`,
    signature: `${label}=:${sign('sha256', Buffer.from(text), PRIVATE_PEM).toString('base64')}:`,
  };
}

function message({ input, signature }: { input: string; signature: string }, method = 'POST'): RequestMessage {
  const headers: [string, string][] = [
    ['Host', 'blog.test'],
    ['Content-Digest', DIGEST],
    ['Signature-Input', input],
    ['Signature', signature],
  ];
  return { method, url: URL_WITH_QUERY, headers, body: BODY };
}

const verify = (request: RequestMessage, now = NOW) => verifyRequest(verifierWith(now, aliceKey()), request);
const FULL = ['@method', '@target-uri', 'content-digest'];

describe('what RFC 9421 must cover', () => {
  test.each([
    ['@target-uri', FULL],
    ['@request-target', ['@method', '@request-target', 'content-digest']],
    ['@path and @query', ['@method', '@path', '@query', 'content-digest']],
    ['every component that we know', Object.keys(VALUES)],
  ])('the target as %s → verified', async (_name, components) => {
    expect(await verify(message(signed(components)))).toEqual(VERIFIED);
  });

  test.each([
    ['no method', ['@target-uri', 'content-digest']],
    ['no target', ['@method', '@authority', 'content-digest']],
    ['a path whose query is not covered', ['@method', '@path', 'content-digest']],
    ['no digest', ['@method', '@target-uri']],
    ['nothing', []],
  ])('%s → refused', async (_name, components) => {
    expect(await verify(message(signed(components)))).toMatchObject({ reason: 'signature-coverage' });
  });

  test('a GET needs the host in some form, and no digest', async () => {
    const get = (components: string[]) => verify(message(signed(components, PARAMETERS, 'GET'), 'GET'));
    expect(await get(['@method', '@target-uri'])).toEqual(VERIFIED);
    expect(await get(['@method', '@request-target', '@authority'])).toEqual(VERIFIED);
    expect(await get(['@method', '@request-target', 'host'])).toEqual(VERIFIED);
    expect(await get(['@method', '@request-target'])).toMatchObject({ reason: 'signature-coverage' });
  });

  test.each([
    ['created', PARAMETERS.replace(/;created=\d+/, '')],
    ['keyid', PARAMETERS.replace(/;keyid="[^"]*"/, '')],
  ])('no %s → refused', async (_name, parameters) => {
    expect(await verify(message(signed(FULL, parameters)))).toMatchObject({ reason: 'signature-coverage' });
  });

  test('no alg → the key decides; another alg → refused', async () => {
    const bare = PARAMETERS.replace(/;alg="[^"]*"/, '');
    expect(await verify(message(signed(FULL, bare)))).toEqual(VERIFIED);
    for (const alg of ['rsa-pss-sha512', 'hmac-sha256', 'ecdsa-p256-sha256', 'rsa-sha256']) {
      const other = await verify(message(signed(FULL, `${bare};alg="${alg}"`)));
      expect(other).toMatchObject({ reason: 'signature-algorithm' });
    }
  });

  test('created and expires bound its life', async () => {
    const request = message(signed(FULL, `${PARAMETERS};expires=${SECONDS + 60}`));
    expect(await verify(request, NOW + 61 * 60_000)).toEqual(VERIFIED);
    expect(await verify(request, NOW + 61 * 60_000 + 1000)).toMatchObject({ reason: 'signature-expired' });
    expect(await verify(request, NOW - 3_601_000)).toMatchObject({ reason: 'signature-expired' });
  });

  test('parameters that say nothing to us are covered all the same', async () => {
    const request = signed(FULL, `${PARAMETERS};nonce="a\\"b";tag="x";strange=1.50;flag`);
    // The number is not in its canonical form, so its serialization is not what was signed.
    expect(await verify(message(request))).toMatchObject({ reason: 'signature-wrong' });
    expect(await verify(message(signed(FULL, `${PARAMETERS};nonce="a\\"b";tag="x";strange=1.5;flag`)))).toEqual(
      VERIFIED,
    );
  });
});

describe('several signatures', () => {
  const good = signed(FULL, PARAMETERS, 'POST', 'good');
  const narrow = signed(['@method'], PARAMETERS, 'POST', 'narrow');
  const both = { input: `${narrow.input}, ${good.input}`, signature: `${narrow.signature}, ${good.signature}` };

  test('the first that suffices is taken, and only its key is fetched', async () => {
    const fetchKey = vi.fn(async () => aliceKey());
    const verification = await verifyRequest({ ...verifierWith(NOW, aliceKey()), fetchKey }, message(both));
    expect(verification).toEqual(VERIFIED);
    expect(fetchKey).toHaveBeenCalledTimes(1);
  });

  test('an input without its signature is passed over; none at all is no signature', async () => {
    expect(await verify(message({ ...both, signature: good.signature }))).toEqual(VERIFIED);
    expect(await verify(message({ ...good, signature: 'other=:AAAA:' }))).toMatchObject({ reason: 'no-signature' });
  });

  test('a signature under another label → refused', async () => {
    const swapped = { input: good.input, signature: narrow.signature.replace('narrow', 'good') };
    expect(await verify(message(swapped))).toMatchObject({ reason: 'signature-wrong' });
  });
});

describe('what is malformed', () => {
  const { input, signature } = signed(FULL);
  test.each([
    ['a label twice', `${input}, ${input}`, signature],
    ['a parameter twice', `${input};created=${SECONDS}`, signature],
    ['a component twice', input.replace('"@target-uri"', '"@target-uri" "@target-uri"'), signature],
    ['a component with parameters', input.replace('"@method"', '"@method";req'), signature],
    ['a component in capitals', input.replace('content-digest', 'Content-Digest'), signature],
    ['a component that is a token', input.replace('"@method"', 'method'), signature],
    ['@signature-params as a component', input.replace('"@method"', '"@method" "@signature-params"'), signature],
    ['@status in a request', input.replace('"@method"', '"@method" "@status"'), signature],
    ['a field that is absent', input.replace('"@method"', '"@method" "x-none"'), signature],
    ['created as a string', input.replace(/created=(\d+)/, 'created="$1"'), signature],
    ['keyid as a token', input.replace(/keyid="[^"]*"/, 'keyid=alice'), signature],
    ['an item in place of a list', 'sig1=1', signature],
    ['draft-cavage in Signature', input, `keyId="${ALICE_KEY}",signature="AAAA"`],
    ['a signature that is a string', input, 'sig1="AAAA"'],
    ['a signature in base64url', input, signature.replace(/:./, ':_')],
  ])('%s → refused', async (_name, otherInput, otherSignature) => {
    const verification = await verify(message({ input: otherInput, signature: otherSignature }));
    expect(verification).toMatchObject({ reason: 'signature-malformed' });
  });

  test('Signature-Input empty → no signature', async () => {
    expect(await verify(message({ input: '', signature }))).toMatchObject({ reason: 'no-signature' });
    expect(parseMessageSignatures('', '')).toEqual([]);
  });
});

describe('structured fields (RFC 8941)', () => {
  test.each([
    'a',
    'a;b',
    'a=1;b=2',
    'a=1.5',
    'a=-0',
    'a="x y"',
    'a=tok/en:x',
    'a=:AAAA:',
    'a=?0',
    'a=()',
    'a=( 1  2 )',
    'a=1,b=2',
    'a=1 ,\tb',
    '*a.b_c-1=1',
    'a=999999999999999',
    '  a=1  ',
    '',
  ])('%o is a dictionary', (text) => {
    expect(parseDictionary(text)).toBeDefined();
  });

  test.each([
    'A=1',
    '1=1',
    'a=',
    'a=1,',
    ',a=1',
    'a=1 b=2',
    'a=1 ;b',
    'a=1;B',
    'a=1.',
    'a=1.2345',
    'a=1234567890123456',
    'a=1234567890123.1',
    'a="x',
    'a="\\x"',
    'a="é"',
    'a="\u0007"',
    'a=:A:',
    'a=:AAAA',
    'a=?2',
    'a=(1',
    'a=(1,2)',
    'a=("x""y")',
    'a=@1',
    "a='x'",
    'a=--1',
    'a b',
  ])('%o is none', (text) => {
    expect(parseDictionary(text)).toBeUndefined();
  });
});
