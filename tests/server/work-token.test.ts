import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { ED25519_KID } from '../../federation/signatures/jwk.ts';
import { readWorkToken, signWorkToken } from '../../server/work-token.ts';
import { heldKeys } from './blog-keys.ts';

const KEYS = heldKeys();
const NOW = Date.UTC(2026, 10, 23, 12);
const BLOG = 'https://blog.example';
const read = (token: string, { now = NOW, origin = BLOG, keys = KEYS } = {}) =>
  readWorkToken(keys, `Bearer ${token}`, { origin, now });

const token = signWorkToken(KEYS, { origin: BLOG, work: 'deliver', now: NOW });

test('A token starts the work that it was made for', async () => {
  expect(await read(token)).toBe('deliver');
});

test.each([
  ['after its minute', { now: NOW + 75_000 }],
  ['before it was made', { now: NOW - 75_000 }],
  ['at another blog', { origin: 'https://other.example' }],
  ['at a blog with other keys', { keys: heldKeys() }],
])('A token is worth nothing %s', async (_, options) => {
  expect(await read(token, options)).toBeUndefined();
});

const claims = () =>
  new SignJWT({ work: 'deliver' })
    .setAudience(BLOG)
    .setIssuedAt(NOW / 1_000)
    .setJti('one');
const typed = { alg: 'EdDSA', kid: ED25519_KID, typ: 'postern-work+jwt' };

test.each([
  [
    'of another type',
    () =>
      claims()
        .setExpirationTime(NOW / 1_000 + 60)
        .setProtectedHeader({ ...typed, typ: 'JWT' }),
  ],
  ['without an end', () => claims().setProtectedHeader(typed)],
])('A token %s of the same key is none', async (_, made) => {
  expect(await read(await made().sign(KEYS.ed25519))).toBeUndefined();
});

test('A token of unknown work is none', async () => {
  const made = new SignJWT({ work: 'delete' })
    .setAudience(BLOG)
    .setIssuedAt(NOW / 1_000)
    .setExpirationTime(NOW / 1_000 + 60)
    .setJti('one')
    .setProtectedHeader(typed);
  expect(await read(await made.sign(KEYS.ed25519))).toBeUndefined();
});

test.each([null, '', 'Bearer', 'Bearer a.b.c', `Bearer ${'a'.repeat(9_999)}.b.c`, `Basic ${token}`])(
  '%s is no token',
  async (authorization) => {
    expect(await readWorkToken(KEYS, authorization, { origin: BLOG, now: NOW })).toBeUndefined();
  },
);

test('The algorithm is not the token’s to choose', async () => {
  const [, body, signature] = token.split('.');
  const header = Buffer.from(JSON.stringify({ ...typed, alg: 'none' })).toString('base64url');
  expect(await read(`${header}.${body}.`)).toBeUndefined();
  expect(await read(`${header}.${body}.${signature}`)).toBeUndefined();
});
