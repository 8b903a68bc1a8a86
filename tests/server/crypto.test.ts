import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sha256, sha256Hex, sha512, verify } from '../../server/crypto.ts';

const data = Buffer.from('data');

describe('hashes', () => {
  test('of the empty input are the published ones', () => {
    const empty = new Uint8Array();
    expect(Buffer.from(sha256(empty)).toString('base64')).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
    expect(Buffer.from(sha512(empty)).toString('hex')).toMatch(/^cf83e1357eefb8bd/);
    expect(sha256Hex('ä')).toBe(Buffer.from(sha256(Buffer.from('ä', 'utf8'))).toString('hex'));
  });
});

describe('verify', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();

  test('takes SPKI and PKCS#1 keys, and the hash that was used', () => {
    for (const hash of ['sha256', 'sha512'] as const) {
      const signature = sign(hash, data, rsa.privateKey);
      for (const pem of [pkcs1, spki]) {
        expect(verify('rsa-sha256', pem, data, signature)).toBe(hash === 'sha256');
        expect(verify('rsa-sha512', pem, data, signature)).toBe(hash === 'sha512');
      }
    }
  });

  test.each(['', 'x', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'])('%o as a key → false', (pem) => {
    expect(verify('rsa-sha256', pem, data, new Uint8Array(256))).toBe(false);
    expect(verify('ed25519', pem, data, new Uint8Array(64))).toBe(false);
  });

  test('an algorithm of another key type → false, even where the key would fit by default', () => {
    const ed25519 = generateKeyPairSync('ed25519');
    const pem = ed25519.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    expect(verify('ed25519', pem, data, sign(null, data, ed25519.privateKey))).toBe(true);
    expect(verify('rsa-sha256', pem, data, sign(null, data, ed25519.privateKey))).toBe(false);
    expect(verify('ed25519', spki, data, sign('sha256', data, rsa.privateKey))).toBe(false);
  });

  test('a signature of any length that is not right → false', () => {
    for (const length of [0, 1, 255, 256, 257, 5000])
      expect(verify('rsa-sha256', spki, data, new Uint8Array(length))).toBe(false);
  });

  test('more keys than are kept parsed → each still right', () => {
    const signature = sign('sha256', data, rsa.privateKey);
    for (let i = 0; i < 1200; i++)
      expect(verify('rsa-sha256', `${spki}${'\n'.repeat(i % 600)}`, data, signature)).toBe(true);
  });
});
