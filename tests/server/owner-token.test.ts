import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkOwnerToken, signOwnerToken } from '../../server/owner-token.ts';

const NOW = Date.UTC(2026, 10, 23, 12);
const AUDIENCE = 'https://blog.example';
const body = new TextEncoder().encode('{"command":"store.sizes"}');
const options = { audience: AUDIENCE, body, now: NOW };

type Jwk = Readonly<Record<string, string>>;
interface Pair {
  readonly publicJwk: Jwk;
  readonly privateJwk: Jwk;
}

async function makePair(): Promise<Pair> {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const [publicJwk, privateJwk] = await Promise.all([exportJWK(pair.publicKey), exportJWK(pair.privateKey)]);
  return { publicJwk: textsOf(publicJwk), privateJwk: textsOf({ ...privateJwk, alg: 'EdDSA' }) };
}

function textsOf(jwk: object): Jwk {
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => typeof value === 'string'));
}

let owner: Pair;
let stranger: Pair;
let token: string;
beforeAll(async () => {
  owner = await makePair();
  stranger = await makePair();
  token = await signOwnerToken(owner.privateJwk, { ...options, jti: 'j1' });
});

const check = (text: string, more: Partial<typeof options> = {}) =>
  checkOwnerToken(owner.publicJwk, text, { ...options, ...more });
const reasonOf = async (text: string, more: Partial<typeof options> = {}) => {
  const checked = await check(text, more);
  return checked.kind === 'refused' ? checked.reason : checked.kind;
};

/** A token with claims of its own, signed by the owner. */
function signed(claims: Record<string, unknown>): Promise<string> {
  const at = NOW / 1_000;
  const own = { aud: AUDIENCE, iat: at, exp: at + 60, jti: 'j2', digest: digest() };
  return new SignJWT({ ...own, ...claims })
    .setProtectedHeader({ alg: 'EdDSA' })
    .sign({ ...owner.privateJwk, kty: 'OKP' });
}

const digest = () => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).digest;

describe('the token of a request', () => {
  test('of this blog, this body, this minute → valid, and known by its jti', async () => {
    expect(await check(token)).toEqual({ kind: 'valid', jti: 'j1' });
  });

  test('holds as long as the clocks are less than a minute apart', async () => {
    expect(await reasonOf(token, { now: NOW + 119_000 })).toBe('valid');
    expect(await reasonOf(token, { now: NOW + 121_000 })).toBe('token-expired');
    expect(await reasonOf(token, { now: NOW - 59_000 })).toBe('valid');
    expect(await reasonOf(token, { now: NOW - 61_000 })).toBe('token-expired');
  });

  test('for another blog → refused', async () => {
    expect(await reasonOf(token, { audience: 'https://blog.example.org' })).toBe('token-of-other-blog');
  });

  test('with another body → refused', async () => {
    const other = new TextEncoder().encode('{"command":"replies.remove"}');
    expect(await reasonOf(token, { body: other })).toBe('token-of-other-body');
    expect(await reasonOf(token, { body: new Uint8Array() })).toBe('token-of-other-body');
  });

  test('of another key → refused', async () => {
    const forged = await signOwnerToken(stranger.privateJwk, { ...options, jti: 'j1' });
    expect(await reasonOf(forged)).toBe('token-of-other-key');
    // A key that the token brings itself is nobody's.
    const header = { alg: 'EdDSA', jwk: stranger.publicJwk };
    const [, payload = '', signature = ''] = forged.split('.');
    const head = Buffer.from(JSON.stringify(header)).toString('base64url');
    expect(await reasonOf(`${head}.${payload}.${signature}`)).toBe('token-of-other-key');
  });

  test('alg none → refused', async () => {
    const [, payload = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(await reasonOf(new UnsecuredJWT(claims).encode())).toBe('token-malformed');
  });

  test('HMAC with the public key as its secret → refused', async () => {
    const [, payload = ''] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    for (const secret of [owner.publicJwk.x ?? '', JSON.stringify(owner.publicJwk)]) {
      for (const encoding of ['utf8', 'base64url'] as const) {
        const key = new Uint8Array(32);
        key.set(Buffer.from(secret, encoding).subarray(0, 32));
        const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(key);
        expect(await reasonOf(forged)).toBe('token-malformed');
      }
    }
  });

  test('that holds for longer than a minute → refused, though the owner signed it', async () => {
    expect(await reasonOf(await signed({ exp: NOW / 1_000 + 61 }))).toBe('token-holds-too-long');
    expect(await reasonOf(await signed({ iat: NOW / 1_000 - 86_400 }))).toBe('token-holds-too-long');
  });

  test.each(['exp', 'iat', 'jti', 'aud', 'digest'])('without %s → refused', async (claim) => {
    expect(await reasonOf(await signed({ [claim]: undefined }))).toMatch(/^token-(incomplete|of-other-blog)$/);
  });

  test('with a jti that is empty or endless → refused', async () => {
    expect(await reasonOf(await signed({ jti: '' }))).toBe('token-malformed');
    expect(await reasonOf(await signed({ jti: 'j'.repeat(129) }))).toBe('token-malformed');
  });

  test('that is none → refused', async () => {
    for (const text of ['', 'x', 'a.b.c', '..', `${token}x`, 'x'.repeat(100_000)])
      expect(await reasonOf(text)).toMatch(/^token-(malformed|of-other-key)$/);
  });

  test('what is said to the other side holds neither key nor claim', async () => {
    const checked = await check(token, { audience: 'https://other.example' });
    expect(JSON.stringify(checked)).not.toMatch(/blog\.example|j1/);
  });
});
