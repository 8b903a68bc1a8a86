import { describe, expect, test, vi } from 'vitest';
import { makeContentDigest, makeDigest } from '../../../federation/signatures/digest.ts';
import { verifyRequest } from '../../../federation/signatures/verify.ts';
import * as crypto from '../../../server/crypto.ts';
import { aliceKey, handSigned, INBOX, NOW, verifierWith } from './support.ts';
import {
  BODY,
  DATE,
  DIGEST,
  get,
  HOUR,
  type Lines,
  POST_LINES,
  post,
  VERIFIED,
  verify,
  without,
} from './verify-support.ts';

describe('what draft-cavage must cover', () => {
  test('everything that Mastodon demands → verified', async () => {
    expect(await verify(post(POST_LINES))).toEqual(VERIFIED);
  });

  test.each(['(request-target)', 'date', 'digest'])('a POST without %s → refused', async (name) => {
    expect(await verify(post(without(name)))).toMatchObject({ reason: 'signature-coverage' });
  });

  test('a POST with a good Digest that is not covered → refused', async () => {
    const request = post(without('digest'));
    const headers: [string, string][] = [...request.headers, ['Digest', DIGEST]].map(([a, b]) => [a ?? '', b ?? '']);
    expect(await verify({ ...request, headers })).toMatchObject({ reason: 'signature-coverage' });
  });

  test('a POST that covers Content-Digest instead of Digest → verified', async () => {
    expect(await verify(post([...without('digest'), ['content-digest', makeContentDigest(crypto, BODY)]]))).toEqual(
      VERIFIED,
    );
  });

  test('a GET must cover the host; it needs no digest', async () => {
    const lines: Lines = [
      ['(request-target)', 'get /ap/inbox'],
      ['host', 'blog.test'],
      ['date', DATE],
    ];
    expect(await verify(get(lines))).toEqual(VERIFIED);
    expect(await verify(get(lines.filter(([name]) => name !== 'host')))).toMatchObject({
      reason: 'signature-coverage',
    });
  });

  test('a covered header that is absent, or unknown in parentheses → malformed', async () => {
    const request = post([...POST_LINES, ['x-extra', '1']]);
    const headers = [...request.headers].filter(([name]) => name !== 'x-extra');
    expect(await verify({ ...request, headers })).toMatchObject({ reason: 'signature-malformed' });
    expect(await verify(post([...POST_LINES, ['(opaque)', '1']]))).toMatchObject({ reason: 'signature-malformed' });
  });
});

describe('a Signature header that is malformed', () => {
  const good = handSigned(POST_LINES);
  test.each([
    ['a header covered twice', handSigned([...POST_LINES, ['date', DATE]])],
    ['no keyId', good.replace(/keyId="[^"]*",/, '')],
    ['an empty keyId', good.replace(/keyId="[^"]*"/, 'keyId=""')],
    ['no signature', good.replace(/signature="[^"]*",/, '')],
    ['a signature that is no base64', good.replace('signature="', 'signature="?')],
    ['no headers named', good.replace(/headers="[^"]*"/, 'headers=""')],
    ['an unknown parameter twice', `${good},x="1",x="2"`],
    ['an unclosed quote', `${good},x="1`],
    ['a comma at its end', `${good},`],
    ['an escaped quote', `${good},x="\\""`],
    ['created that is no time', `${good},created="soon"`],
    ['nothing in it', ''],
  ])('%s → refused', async (_name, signature) => {
    const request = post(POST_LINES);
    const headers = [...request.headers].map(([name, value]): [string, string] => [
      name,
      name === 'Signature' ? signature : value,
    ]);
    expect(await verify({ ...request, headers })).toMatchObject({ reason: 'signature-malformed' });
  });

  test('parameters that we do not know, and spaces between them, are passed over', async () => {
    const request = post(POST_LINES);
    const headers = [...request.headers].map(([name, value]): [string, string] => [
      name,
      name === 'Signature' ? `${value.replaceAll('",', '" , ')}, opaque="x"` : value,
    ]);
    expect(await verify({ ...request, headers })).toEqual(VERIFIED);
  });
});

describe('algorithms', () => {
  test('hs2019, or none, is RSA with SHA-256, else with SHA-512', async () => {
    expect(await verify(post(POST_LINES, { algorithm: '"hs2019"' }))).toEqual(VERIFIED);
    expect(await verify(post(POST_LINES, {}))).toEqual(VERIFIED);
    expect(await verify(post(POST_LINES, { algorithm: '"hs2019"' }, 'sha512'))).toEqual(VERIFIED);
  });

  test('rsa-sha256 is never SHA-512', async () => {
    expect(await verify(post(POST_LINES, { algorithm: '"rsa-sha256"' }, 'sha512'))).toMatchObject({
      reason: 'signature-wrong',
    });
  });

  test.each(['hmac-sha256', 'rsa-sha1', 'constructor', '__proto__'])(
    '%s → refused before any fetch',
    async (algorithm) => {
      const fetchKey = vi.fn();
      const deps = { ...verifierWith(NOW, aliceKey()), fetchKey };
      const verification = await verifyRequest(deps, post(POST_LINES, { algorithm: `"${algorithm}"` }));
      expect(verification.kind).toBe('failed');
      expect(fetchKey).not.toHaveBeenCalled();
    },
  );
});

describe('the time window', () => {
  test.each([
    ['65 minutes old', 65 * 60_000, 'verified'],
    ['over 65 minutes old', 65 * 60_000 + 1000, 'failed'],
    ['an hour from the future', -HOUR, 'verified'],
    ['over an hour from the future', -HOUR - 1000, 'failed'],
  ])('a Date %s', async (_name, age, kind) => {
    expect(await verify(post(POST_LINES), NOW + age)).toMatchObject({ kind });
  });

  const seconds = NOW / 1000;
  const timed = (expires: number): Lines => [
    ['(request-target)', 'post /ap/inbox'],
    ['(created)', `${seconds}`],
    ['(expires)', `${expires}`],
    ['host', 'blog.test'],
    ['digest', DIGEST],
  ];

  test.each([
    ['quoted', '"'],
    ['bare', ''],
  ])('(created) and (expires), %s, take the place of Date', async (_name, quote) => {
    const parameters = {
      algorithm: '"hs2019"',
      created: `${quote}${seconds}${quote}`,
      expires: `${quote}${seconds + 7200}${quote}`,
    };
    const request = post(timed(seconds + 7200), parameters);
    expect(await verify(request, NOW + 3 * HOUR)).toEqual(VERIFIED);
    expect(await verify(request, NOW + 3 * HOUR + 1000)).toMatchObject({ reason: 'signature-expired' });
  });

  test('expires is believed for 12 hours at most', async () => {
    const parameters = { algorithm: '"hs2019"', created: `${seconds}`, expires: `${seconds + 90_000}` };
    const request = post(timed(seconds + 90_000), parameters);
    expect(await verify(request, NOW + 13 * HOUR)).toEqual(VERIFIED);
    expect(await verify(request, NOW + 13 * HOUR + 1000)).toMatchObject({ reason: 'signature-expired' });
  });

  test('an expires that is not signed cannot lengthen the life of a signature', async () => {
    const request = post(POST_LINES, { algorithm: '"hs2019"', expires: `${seconds + 40_000}` });
    expect(await verify(request, NOW + 2 * HOUR)).toMatchObject({ reason: 'signature-expired' });
  });

  test('(created) with an algorithm that names its hash → malformed (§2.3)', async () => {
    const lines: Lines = [...POST_LINES, ['(created)', `${seconds}`]];
    const request = post(lines, { algorithm: '"rsa-sha256"', created: `${seconds}` });
    expect(await verify(request)).toMatchObject({ reason: 'signature-malformed' });
  });

  test.each(['yesterday', '', '2026-11-23T12:00:00Z', '1795435200'])('a Date of "%s" → malformed', async (date) => {
    const lines = POST_LINES.map(([name, value]) => [name, name === 'date' ? date : value] as const);
    expect(await verify(post(lines))).toMatchObject({ reason: 'signature-malformed' });
  });
});

describe('digests', () => {
  const withDigest = (digest: string) => post([...without('digest'), ['digest', digest]]);
  const sha512 = Buffer.from(crypto.sha512(BODY)).toString('base64');

  test.each([
    ['SHA-512', `SHA-512=${sha512}`],
    ['lower case', DIGEST.replace('SHA', 'sha')],
    ['two that match', `${DIGEST},SHA-512=${sha512}`],
    ['one unknown beside a good one', `MD5=AAAA, ${DIGEST}`],
  ])('%s → verified', async (_name, digest) => {
    expect(await verify(withDigest(digest))).toEqual(VERIFIED);
  });

  test.each([
    ['of another body', makeDigest(crypto, Buffer.from('x')), 'digest-mismatch'],
    ['of which one does not match', `${DIGEST},SHA-512=${Buffer.alloc(64).toString('base64')}`, 'digest-mismatch'],
    ['given twice', `${DIGEST},${DIGEST}`, 'digest-malformed'],
    ['by unknown algorithms alone', 'MD5=AAAA', 'digest-unsupported'],
    ['that is no base64', 'SHA-256=?', 'digest-malformed'],
    ['that is empty', '', 'digest-malformed'],
  ])('a Digest %s → refused', async (_name, digest, reason) => {
    expect(await verify(withDigest(digest))).toMatchObject({ reason });
  });

  test.each([
    ['given twice', `${makeContentDigest(crypto, BODY)}, ${makeContentDigest(crypto, BODY)}`, 'digest-malformed'],
    ['by unknown algorithms alone', 'md5=:AAAA:', 'digest-unsupported'],
    ['that is a string', 'sha-256="AAAA"', 'digest-malformed'],
  ])('a Content-Digest %s → refused', async (_name, digest, reason) => {
    expect(await verify(post([...without('digest'), ['content-digest', digest]]))).toMatchObject({ reason });
  });
});

describe('the query', () => {
  const queried = `${INBOX}?page=1`;
  test('signed with it, or without it (Misskey, Pixelfed) → verified', async () => {
    const withQuery = POST_LINES.map(
      ([name, value]) => [name, name === '(request-target)' ? `${value}?page=1` : value] as const,
    );
    expect(await verify(post(withQuery, undefined, undefined, queried))).toEqual(VERIFIED);
    expect(await verify(post(POST_LINES, undefined, undefined, queried))).toEqual(VERIFIED);
  });

  test('signed with another one → refused', async () => {
    const other = POST_LINES.map(
      ([name, value]) => [name, name === '(request-target)' ? `${value}?page=2` : value] as const,
    );
    expect(await verify(post(other, undefined, undefined, queried))).toMatchObject({ reason: 'signature-wrong' });
  });
});
