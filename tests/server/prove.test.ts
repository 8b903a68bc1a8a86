import { describe, expect, it } from 'vitest';
import { verifyProof } from '../../federation/signatures/proof.ts';
import type { JsonObject } from '../../federation/vocabulary.ts';
import { sha256, verify } from '../../server/crypto.ts';
import { provenBody } from '../../server/prove.ts';
import { PROOF_KEY, proofKeys } from '../remote/signing-keys.ts';

const ACTOR = 'https://blog.test/ap/actor.json';
const LATER = Date.parse('2026-11-23T12:00:00.250Z');
const follow: JsonObject = { id: `${ACTOR}/1`, type: 'Accept', actor: ACTOR };

const sent = (activity: JsonObject): JsonObject =>
  JSON.parse(new TextDecoder().decode(provenBody(proofKeys(ACTOR), activity, LATER)));

describe('What is sent is proved', () => {
  it('by the key of the actor document', async () => {
    const publicKeyPem = PROOF_KEY.export({ type: 'spki', format: 'pem' }).toString();
    const fetchKey = async (id: string) =>
      ({ kind: 'key', key: { id, owner: ACTOR, publicKeyPem }, cached: false }) as const;
    const found = await verifyProof({ sha256, verify, clock: () => LATER, fetchKey }, sent(follow));
    expect(found).toEqual({ kind: 'valid', keyId: `${ACTOR}#ed25519-key`, owner: ACTOR });
  });

  it.each([
    ['as the activity is dated', '2026-11-01T08:00:00Z', '2026-11-01T08:00:00Z'],
    ['when it was asked for, when it has no date', undefined, '2026-11-23T12:00:00Z'],
    ['when it was asked for, when its date cannot be read', 'soon', '2026-11-23T12:00:00Z'],
    ['when it was asked for, when its date is later', '2027-01-01T00:00:00Z', '2026-11-23T12:00:00Z'],
  ])('%s', (_, published, created) => {
    expect(sent({ ...follow, ...(published === undefined ? {} : { published }) }).proof).toMatchObject({ created });
  });
});
