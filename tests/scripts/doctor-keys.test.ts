import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { kidsOf, type PublicKeySet, parseKeySet } from '../../federation/signatures/jwk.ts';
import { lookAtKeys } from '../../scripts/doctor/keys.ts';

const keyPairs = [1, 2].map((generation) => {
  const kids = kidsOf(generation);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const ed25519 = generateKeyPairSync('ed25519').publicKey;
  const keys = parseKeySet({
    keys: [
      { ...rsa.export({ format: 'jwk' }), kid: kids.rsa },
      { ...ed25519.export({ format: 'jwk' }), kid: kids.ed25519 },
    ],
  });
  if ('fault' in keys) throw new Error(keys.fault);
  return { keys, pem: rsa.export({ type: 'spki', format: 'pem' }).toString() };
});

function marks(published: PublicKeySet | undefined, held: readonly PublicKeySet[]): string[] {
  const actor = { publicKey: { publicKeyPem: keyPairs[0]?.pem ?? '' } };
  const answer = { kind: 'none', url: '', code: '', reason: '' } as const;
  const side = { ...(published ? { published } : {}), held };
  return lookAtKeys({ origin: 'https://blog.example' }, { actor, answer }, side).map(
    ({ check, mark }) => `${mark} ${check}`,
  );
}

test('while keys change, those that the live site shows still sign: a warning, and no fault', () => {
  const [old, next] = keyPairs.map(({ keys }) => keys);
  if (!old || !next) throw new Error('two pairs were made');
  expect(marks(next, [old, next])).toContain('warning keys.published');
  expect(marks(next, [next])).toContain('broken keys.published');
});
