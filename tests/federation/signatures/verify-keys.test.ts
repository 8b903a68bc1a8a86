import { describe, expect, test, vi } from 'vitest';
import { signCavage } from '../../../federation/signatures/cavage.ts';
import { SIGNATURE_ANSWERS } from '../../../federation/signatures/failure.ts';
import type { KeyLookup } from '../../../federation/signatures/keys.ts';
import { signMessage } from '../../../federation/signatures/message-signatures.ts';
import { verifyRequest } from '../../../federation/signatures/verify.ts';
import { ALICE, ALICE_KEY, aliceKey, INBOX, NOW, signingDeps, verifierWith } from './support.ts';
import { BODY, DATE, DIGEST, POST_LINES, post, VERIFIED, verify } from './verify-support.ts';

describe('keys', () => {
  const other = 'MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=';
  const stale: KeyLookup = {
    kind: 'key',
    key: {
      id: ALICE_KEY,
      owner: ALICE,
      publicKeyPem: `-----BEGIN PUBLIC KEY-----\n${other}\n-----END PUBLIC KEY-----\n`,
    },
    cached: true,
  };
  const verifyWith = async (answers: KeyLookup[]) => {
    const fetchKey = vi.fn(async () => answers.shift() ?? { kind: 'unknown' as const, reason: 'asked too often' });
    const verification = await verifyRequest({ ...verifierWith(NOW, aliceKey()), fetchKey }, post(POST_LINES));
    return { verification, asked: fetchKey.mock.calls };
  };

  test('a cached key that does not fit is refreshed once, and the new one used', async () => {
    const { verification, asked } = await verifyWith([stale, aliceKey()]);
    expect(verification).toEqual(VERIFIED);
    expect(asked).toEqual([
      [ALICE_KEY, { refresh: false }],
      [ALICE_KEY, { refresh: true }],
    ]);
  });

  test('a refreshed key that does not fit → refused, and not asked again', async () => {
    const { verification, asked } = await verifyWith([stale, stale, aliceKey()]);
    expect(verification).toMatchObject({ reason: 'signature-wrong' });
    expect(asked.length).toBe(2);
  });

  test('a fresh key that does not fit → refused without a refresh', async () => {
    const { verification, asked } = await verifyWith([{ ...stale, cached: false }]);
    expect(verification).toMatchObject({ reason: 'signature-wrong' });
    expect(asked.length).toBe(1);
  });

  test.each([
    [{ kind: 'gone' } as const, 'key-gone' as const, 401],
    [{ kind: 'unknown', reason: 'x' } as const, 'key-unknown' as const, 401],
    [{ kind: 'unreachable', reason: 'x' } as const, 'key-unreachable' as const, 503],
  ])('a look-up that ends in %o → its own reason and status', async (lookup, reason, status) => {
    const { verification } = await verifyWith([lookup]);
    expect(verification).toMatchObject({ kind: 'failed', reason, keyId: ALICE_KEY });
    expect(SIGNATURE_ANSWERS[reason].status).toBe(status);
  });

  test('a look-up that answers with another key → refused', async () => {
    const swapped: KeyLookup = { kind: 'key', key: { ...keyOf(aliceKey()), id: `${ALICE}#other` }, cached: false };
    expect((await verifyWith([swapped])).verification).toMatchObject({ reason: 'signature-wrong' });
  });

  test.each(['acct:alice@alice.test', 'main-key', 'ftp://alice.test/key', 'https://a:b@alice.test/key'])(
    'the keyId %s → refused before any fetch',
    async (keyId) => {
      const fetchKey = vi.fn();
      const request = post(POST_LINES);
      const headers = [...request.headers].map(([name, value]): [string, string] => [
        name,
        value.replace(ALICE_KEY, keyId),
      ]);
      const verification = await verifyRequest({ ...verifierWith(NOW, aliceKey()), fetchKey }, { ...request, headers });
      expect(verification).toMatchObject({ reason: 'key-id-refused' });
      expect(fetchKey).not.toHaveBeenCalled();
    },
  );

  test('no Signature header → no-signature', async () => {
    const headers = [...post(POST_LINES).headers].filter(([name]) => name !== 'Signature');
    expect(await verify({ ...post(POST_LINES), headers })).toEqual({ kind: 'failed', reason: 'no-signature' });
  });
});

function keyOf(lookup: KeyLookup) {
  if (lookup.kind !== 'key') throw new Error('no key');
  return lookup.key;
}

describe('what Postern sends, verified by itself', () => {
  const sent = { method: 'POST', url: INBOX, contentType: 'application/activity+json', body: BODY } as const;
  const got = { method: 'GET', url: `${ALICE}?page=1#main-key`, accept: 'application/activity+json' } as const;

  test.each([['draft-cavage', signCavage] as const, ['RFC 9421', signMessage] as const])(
    '%s, POST and GET',
    async (_name, sign) => {
      const posted = Object.entries(sign(signingDeps, sent, { now: NOW }));
      expect(await verify({ ...sent, headers: posted })).toEqual(VERIFIED);
      const asked = Object.entries(sign(signingDeps, got, { now: NOW }));
      const received = { method: 'GET', url: `${ALICE}?page=1`, headers: asked, body: new Uint8Array() };
      expect(await verify(received)).toEqual(VERIFIED);
      expect(await verify({ ...received, url: `${ALICE}?page=2` })).toMatchObject({ reason: 'signature-wrong' });
      expect(await verify({ ...sent, headers: new Headers(posted) })).toEqual(VERIFIED);
    },
  );

  test('draft-cavage covers what every peer demands, and names rsa-sha256', () => {
    const headers = signCavage(signingDeps, sent, { now: NOW });
    expect(headers).toMatchObject({
      Host: 'blog.test',
      Date: DATE,
      Digest: DIGEST,
      'Content-Type': 'application/activity+json',
    });
    expect(headers.Signature).toMatch(
      /^keyId="https:\/\/alice\.test\/users\/alice#main-key",algorithm="rsa-sha256",headers="\(request-target\) host date digest content-type",signature="[A-Za-z0-9+/]+={0,2}"$/,
    );
    expect(signCavage(signingDeps, got, { now: NOW }).Signature).toContain(
      'headers="(request-target) host date accept"',
    );
  });

  test('RFC 9421 keeps to the profile that Mastodon, WordPress and Fedify take', () => {
    const headers = signMessage(signingDeps, sent, { now: NOW });
    expect(headers['Signature-Input']).toBe(
      `sig1=("@method" "@target-uri" "content-digest");created=${NOW / 1000};keyid="${ALICE_KEY}";alg="rsa-v1_5-sha256"`,
    );
  });
});
