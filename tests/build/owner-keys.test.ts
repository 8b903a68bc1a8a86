import { describe, expect, test } from 'vitest';
import { loadOwnerKeys } from '../../build/owner-keys.ts';
import { contentFolder } from './content-folder.ts';

const BYTES = 'A'.repeat(43);
const OWNER = { kty: 'OKP', crv: 'Ed25519', kid: 'owner-key', x: BYTES };
const MESSAGE = { kty: 'EC', crv: 'P-256', kid: 'message-key', x: BYTES, y: BYTES };
const load = (keys: unknown) => loadOwnerKeys(contentFolder({ 'owner.json': JSON.stringify(keys) }).folder);

test('without owner.json there are none', async () => {
  expect(await loadOwnerKeys(contentFolder().folder)).toEqual({});
});

test('both halves that are public are in the rules', async () => {
  const folder = contentFolder();
  const ownerKeys = await load({ keys: [OWNER, { ...MESSAGE, more: 'x' }] });
  const { site } = await folder.read({ ownerKeys });
  expect(site.rules.ownerKey).toMatchObject(OWNER);
  expect(site.rules.messageKey).toMatchObject(MESSAGE);
  expect(site.rules.messageKey).not.toHaveProperty('more');
});

describe('what cannot be used ends the build, without a word of it', () => {
  const secret = 'BSecretSecretSecretSecretSecretSecretSecretX';
  test.each([
    ['a private key', { keys: [OWNER, { ...MESSAGE, d: secret }] }, 'holds private keys'],
    ['no message key', { keys: [{ ...OWNER, x: BYTES }] }, 'message-key'],
    ['a short key', { keys: [{ ...OWNER, x: secret.slice(0, 20) }, MESSAGE] }, 'owner-key'],
    ['no JWK Set', secret, 'owner-key'],
  ])('%s', async (_, keys, message) => {
    const error = await load(keys).then(String, (thrown: Error) => thrown);
    expect(error).toMatchObject({ code: 'owner-keys-malformed', message: expect.stringContaining(message) });
    expect(JSON.stringify(error) + String(error)).not.toContain('Secret');
  });
});
