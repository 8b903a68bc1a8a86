import { describe, expect, test } from 'vitest';
import { fromBase64, utf8 } from '../../../federation/signatures/bytes.ts';
import { cavageSigningString, parseCavage } from '../../../federation/signatures/cavage.ts';
import { checkContentDigest, checkDigest } from '../../../federation/signatures/digest.ts';
import { parseMessageSignatures, signatureBase } from '../../../federation/signatures/message-signatures.ts';
import { fromEd25519Multikey, toEd25519Multikey, toMultibase } from '../../../federation/signatures/multibase.ts';
import { headerValue, type RequestMessage, targetOf } from '../../../federation/signatures/request.ts';
import * as crypto from '../../../server/crypto.ts';

const BODY = utf8('{"hello": "world"}');

/** draft-cavage-http-signatures-12 appendix C.2 and RFC 9421 appendix B.1 publish these keys. */
const CAVAGE_KEY = `-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----
`;
const ED25519_KEY =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=\n-----END PUBLIC KEY-----\n';
const RSA_KEY = `-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----
`;

function targetIn(request: RequestMessage) {
  const target = targetOf(request.url);
  if (target === undefined) throw new Error('not a URL');
  return target;
}

describe('draft-cavage-http-signatures-12, appendix C', () => {
  const request = (signature: string): RequestMessage => ({
    method: 'POST',
    url: 'https://example.com/foo?param=value&pet=dog',
    headers: [
      ['Host', 'example.com'],
      ['Date', 'Sun, 05 Jan 2014 21:31:40 GMT'],
      ['Content-Type', 'application/json'],
      ['Digest', 'SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE='],
      ['Content-Length', '18'],
      ['Signature', signature],
    ],
    body: BODY,
  });

  test('C.2, the basic test: the signing string and the signature', () => {
    const message = request(
      'keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date",signature="qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0="',
    );
    const parsed = parseCavage(headerValue(message.headers, 'signature') ?? '');
    if (parsed === undefined) throw new Error('not parsed');
    const text = cavageSigningString(message, targetIn(message), parsed) ?? '';
    expect(text).toBe(
      '(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: Sun, 05 Jan 2014 21:31:40 GMT',
    );
    expect(crypto.verify('rsa-sha256', CAVAGE_KEY, utf8(text), parsed.signature)).toBe(true);
    expect(crypto.verify('rsa-sha512', CAVAGE_KEY, utf8(text), parsed.signature)).toBe(false);
    expect(crypto.verify('ed25519', CAVAGE_KEY, utf8(text), parsed.signature)).toBe(false);
  });

  test('the Digest of the request', () => {
    const digest = headerValue(request('').headers, 'digest') ?? '';
    expect(checkDigest(crypto, digest, BODY)).toBe('matches');
  });
});

describe('RFC 9421', () => {
  const digest = 'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:';

  test('B.2.6: Ed25519 over fields and derived components', () => {
    const message: RequestMessage = {
      method: 'POST',
      url: 'https://example.com/foo?param=Value&Pet=dog',
      headers: [
        ['Host', 'example.com'],
        ['Date', 'Tue, 20 Apr 2021 02:07:55 GMT'],
        ['Content-Type', 'application/json'],
        ['Content-Digest', digest],
        ['Content-Length', '18'],
      ],
      body: BODY,
    };
    const [signature] =
      parseMessageSignatures(
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
        'sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:',
      ) ?? [];
    if (signature === undefined) throw new Error('not parsed');
    expect(signature).toMatchObject({ label: 'sig-b26', keyId: 'test-key-ed25519', created: 1618884473 });
    const base = signatureBase(message, targetIn(message), signature) ?? '';
    expect(base).toBe(
      '"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n"@path": /foo\n"@authority": example.com\n"content-type": application/json\n"content-length": 18\n"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"',
    );
    expect(crypto.verify('ed25519', ED25519_KEY, utf8(base), signature.signature)).toBe(true);
    expect(crypto.verify('rsa-sha256', ED25519_KEY, utf8(base), signature.signature)).toBe(false);
  });

  test('§4.3: RSA v1.5 with SHA-256, the second of two signatures', () => {
    const message: RequestMessage = {
      method: 'POST',
      url: 'https://origin.host.internal.example/foo?param=Value&Pet=dog',
      headers: [
        ['Host', 'origin.host.internal.example'],
        ['Date', 'Tue, 20 Apr 2021 02:07:56 GMT'],
        ['Content-Type', 'application/json'],
        ['Content-Length', '18'],
        ['Forwarded', 'for=192.0.2.123;host=example.com;proto=https'],
        ['Content-Digest', digest],
      ],
      body: BODY,
    };
    const signatures =
      parseMessageSignatures(
        'sig1=("@method" "@authority" "@path" "content-digest" "content-type" "content-length");created=1618884475;keyid="test-key-ecc-p256", proxy_sig=("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540',
        'sig1=:X5spyd6CFnAG5QnDyHfqoSNICd+BUP4LYMz2Q0JXlb//4Ijpzp+kve2w4NIyqeAuM7jTDX+sNalzA8ESSaHD3A==:, proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==:',
      ) ?? [];
    expect(signatures.map(({ label }) => label)).toEqual(['sig1', 'proxy_sig']);
    const signature = signatures[1];
    if (signature === undefined) throw new Error('not parsed');
    expect(signature).toMatchObject({ algorithm: 'rsa-v1_5-sha256', created: 1618884480, expires: 1618884540 });
    const base = signatureBase(message, targetIn(message), signature) ?? '';
    expect(crypto.verify('rsa-sha256', RSA_KEY, utf8(base), signature.signature)).toBe(true);
    expect(checkContentDigest(crypto, digest, BODY)).toBe('matches');
  });
});

describe('FEP-521a', () => {
  test('an Ed25519 key as Multikey, both ways', () => {
    const raw = Buffer.from('2e6fcce36701dc791488e0d0b1745cc1e33a4c1c9fcc41c63bd343dbbe0970e6', 'hex');
    const multikey = 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK';
    expect(toEd25519Multikey(raw)).toBe(multikey);
    expect(Buffer.from(fromEd25519Multikey(multikey) ?? [])).toEqual(raw);
  });

  test('what is no Ed25519 Multikey is undefined: a private one, an RSA one, another base', () => {
    expect(fromEd25519Multikey('z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq')).toBeUndefined();
    expect(fromEd25519Multikey(`zgghB${'U'.repeat(400)}`)).toBeUndefined();
    expect(fromEd25519Multikey('m7QEubw')).toBeUndefined();
    const withPrefix = (...prefix: number[]) => toMultibase(Uint8Array.from([...prefix, ...new Uint8Array(32)]));
    expect(fromEd25519Multikey(withPrefix(0xed, 0x01))).toEqual(new Uint8Array(32));
    expect(fromEd25519Multikey(withPrefix(0xed, 0x02))).toBeUndefined();
    expect(fromEd25519Multikey(withPrefix(0xec, 0x01))).toBeUndefined();
    expect(fromEd25519Multikey(withPrefix(0xed, 0x01, 0x00))).toBeUndefined();
    expect(fromEd25519Multikey('')).toBeUndefined();
  });
});

test('base64 is read in its canonical spelling only', () => {
  expect(fromBase64('AA==')).toEqual(new Uint8Array([0]));
  for (const other of ['AB==', 'AA', 'A===', 'AA==AA==', 'A A=', '-_==', '='])
    expect(fromBase64(other)).toBeUndefined();
});
