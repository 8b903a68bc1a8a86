import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { createProof, verifyProof as fedifyVerify } from '@fedify/fedify/sig';
import { Create, DataIntegrityProof, Note } from '@fedify/vocab';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../federation/canonical-json.ts';
import type { KeyLookup } from '../../../federation/signatures/keys.ts';
import { lookUpKey } from '../../../federation/signatures/keys.ts';
import {
  ed25519Pem,
  fromEd25519Multikey,
  fromMultibase,
  toEd25519Multikey,
} from '../../../federation/signatures/multibase.ts';
import { addProof, type ProofDeps, verifyProof } from '../../../federation/signatures/proof.ts';
import { isJsonObject, type JsonObject } from '../../../federation/vocabulary.ts';
import * as crypto from '../../../server/crypto.ts';
import { readCapture, serveDocuments } from './support.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const ACTOR = 'https://blog.test/ap/actor.json';
const KEY_ID = `${ACTOR}#ed25519-key`;
const AS = 'https://www.w3.org/ns/activitystreams';

const pair = generateKeyPairSync('ed25519');
const raw = Buffer.from(String(pair.publicKey.export({ format: 'jwk' }).x), 'base64url');
const PEM = ed25519Pem(raw);

function deps(lookup: (keyId: string, refresh: boolean) => KeyLookup, now = NOW): ProofDeps {
  const { sha256, verify } = crypto;
  return { sha256, verify, clock: () => now, fetchKey: async (keyId, { refresh }) => lookup(keyId, refresh) };
}

const known = (pem = PEM, owner = ACTOR, cached = false) =>
  deps((id) => ({ kind: 'key', key: { id, owner, publicKeyPem: pem }, cached }));

const signing = { sha256: crypto.sha256, sign: (data: Uint8Array) => sign(null, data, pair.privateKey) };
const ACTIVITY: JsonObject = {
  '@context': AS,
  id: 'https://blog.test/ap/activities/create/1',
  type: 'Create',
  actor: ACTOR,
  to: ['https://www.w3.org/ns/activitystreams#Public'],
  object: {
    id: 'https://blog.test/ap/notes/1.json',
    type: 'Note',
    attributedTo: ACTOR,
    content: 'Grüße – 🏰',
    n: [1, 2.5, 1e21],
  },
};
const proven = () => addProof(signing, ACTIVITY, { keyId: KEY_ID, created: '2026-11-23T11:59:00Z' });

describe('the vector of FEP-8b32', () => {
  const context = [AS, 'https://w3id.org/security/data-integrity/v2'];
  const document: JsonObject = {
    '@context': context,
    id: 'https://server.example/activities/1',
    type: 'Create',
    actor: 'https://server.example/users/alice',
    object: {
      id: 'https://server.example/objects/1',
      type: 'Note',
      attributedTo: 'https://server.example/users/alice',
      content: 'Hello world',
      location: { type: 'Place', longitude: -71.184902, latitude: 25.273962 },
    },
  };
  const proof: JsonObject = {
    '@context': context,
    type: 'DataIntegrityProof',
    cryptosuite: 'eddsa-jcs-2022',
    verificationMethod: 'https://server.example/users/alice#ed25519-key',
    proofPurpose: 'assertionMethod',
    proofValue: 'z42ffGu6AUKPCFcFPiabmUvnGLPJzC7e4DGWC52NUasSSH37UMa9c58tdgVszUcZfytxa4fQ5TYHaJENCxUDe9SdL',
    created: '2023-02-24T23:36:38Z',
  };
  const key = ed25519Pem(fromEd25519Multikey('z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2') ?? new Uint8Array());
  const alice = 'https://server.example/users/alice';

  it('is valid', async () => {
    expect(await verifyProof(known(key, alice), { ...document, proof })).toEqual({
      kind: 'valid',
      keyId: proof.verificationMethod,
      owner: alice,
    });
  });

  it('is what our own signing gives for the same key', () => {
    const seed = fromMultibase('z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq') ?? new Uint8Array();
    const head = Buffer.from('302e020100300506032b657004220420', 'hex');
    const secret = createPrivateKey({ key: Buffer.concat([head, seed.subarray(2, 34)]), format: 'der', type: 'pkcs8' });
    expect(createPublicKey(secret).export({ type: 'spki', format: 'pem' })).toBe(key);
    const own = { sha256: crypto.sha256, sign: (data: Uint8Array) => sign(null, data, secret) };
    const made = addProof(own, document, { keyId: String(proof.verificationMethod), created: String(proof.created) });
    // Ours names one context more, so the value differs; without it the two are one.
    const hash = (value: JsonObject) => crypto.sha256(Buffer.from(canonicalJson(value)));
    const { proofValue: _, ...config } = proof;
    const value = sign(null, Buffer.concat([hash(config), hash(document)]), secret);
    expect(fromMultibase(String(proof.proofValue))).toEqual(new Uint8Array(value));
    expect(isJsonObject(made.proof) && made.proof.proofValue).not.toBe(proof.proofValue);
  });
});

describe('a proof of ours', () => {
  it('is valid, and the same each time it is made', async () => {
    expect(proven()).toEqual(proven());
    expect(await verifyProof(known(), proven())).toEqual({ kind: 'valid', keyId: KEY_ID, owner: ACTOR });
  });

  it('is valid for Fedify', async () => {
    const document = proven();
    const multikey = {
      '@context': ['https://w3id.org/security/multikey/v1'],
      id: KEY_ID,
      type: 'Multikey',
      controller: ACTOR,
      publicKeyMultibase: toEd25519Multikey(raw),
    };
    const documentLoader = async (url: string) => ({ contextUrl: null, documentUrl: url, document: multikey });
    const proof = await DataIntegrityProof.fromJsonLd(document.proof);
    expect(await fedifyVerify(document, proof, { documentLoader })).not.toBeNull();
    const changed = { ...document, id: 'https://blog.test/ap/activities/create/2' };
    expect(await fedifyVerify(changed, proof, { documentLoader })).toBeNull();
  });

  it('survives an LD signature that was added later, and any order of members', async () => {
    const { proof, ...rest } = proven();
    const shuffled = Object.fromEntries(Object.entries({ ...rest, proof: proof ?? null }).reverse());
    const forwarded = { ...shuffled, signature: { type: 'RsaSignature2017', signatureValue: 'x' } };
    expect((await verifyProof(known(), forwarded)).kind).toBe('valid');
  });

  it('is found beside proofs of other suites', async () => {
    const { proof, ...rest } = proven();
    const proofs = [{ type: 'DataIntegrityProof', cryptosuite: 'ecdsa-rdfc-2019' }, proof ?? null];
    expect((await verifyProof(known(), { ...rest, proof: proofs })).kind).toBe('valid');
  });
});

describe('a proof of Fedify', () => {
  it('is valid', async () => {
    const note = new Note({ id: new URL('https://peer.test/notes/1'), content: 'Hello' });
    const create = new Create({
      id: new URL('https://peer.test/c/1'),
      actor: new URL('https://peer.test/ann'),
      object: note,
    });
    const key = await globalThis.crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
    const keyId = new URL('https://peer.test/ann#key');
    const made = await create.clone({ proofs: [await createProof(create, key.privateKey, keyId)] }).toJsonLd();
    const jwk = await globalThis.crypto.subtle.exportKey('jwk', key.publicKey);
    const pem = ed25519Pem(Buffer.from(String(jwk.x), 'base64url'));
    const document: unknown = made;
    if (!isJsonObject(document)) throw new Error('no document');
    // Fedify dates it by the clock of the machine.
    const now = { clock: Date.now };
    expect((await verifyProof({ ...known(pem, 'https://peer.test/ann'), ...now }, document)).kind).toBe('valid');
    expect(await verifyProof({ ...known(pem), ...now }, { ...document, actor: ACTOR })).toEqual({
      kind: 'failed',
      reason: 'proof-wrong',
    });
  });

  it.each(['fedify.test', 'hollo.test'])('is valid in the requests of %s, by the key of its actor', async (host) => {
    const capture = readCapture(host);
    const get = serveDocuments(capture);
    let valid = 0;
    for (const { body, at } of capture.requests.filter((request) => request.body.includes('"proof"'))) {
      const document: unknown = JSON.parse(body);
      if (!isJsonObject(document)) continue;
      const { sha256, verify } = crypto;
      const fetchKey = (keyId: string) => lookUpKey({ get }, keyId, { cached: false });
      const found = await verifyProof({ sha256, verify, clock: () => Date.parse(at), fetchKey }, document);
      expect(found).toMatchObject({ kind: 'valid', owner: document.actor });
      valid += 1;
    }
    expect(valid).toBeGreaterThan(0);
  });
});

describe('a proof is refused', () => {
  const without = (change: (document: JsonObject, proof: JsonObject) => JsonObject) => {
    const document = proven();
    return isJsonObject(document.proof) ? change(document, document.proof) : document;
  };
  const option = (member: JsonObject) =>
    without((document, proof) => ({ ...document, proof: { ...proof, ...member } }));

  it.each([
    ['when there is none', ACTIVITY, 'no-proof'],
    ['when a member of the document differs', { ...proven(), to: [] }, 'proof-wrong'],
    ['when a member was added', { ...proven(), cc: ['https://blog.test/x'] }, 'proof-wrong'],
    ['when its time differs', option({ created: '2026-11-23T11:58:00Z' }), 'proof-wrong'],
    ['when an option was added', option({ domain: 'x' }), 'proof-wrong'],
    ['when it names another key', option({ verificationMethod: `${ACTOR}#other` }), 'proof-wrong'],
    ['when it has another context', option({ '@context': AS }), 'proof-of-another-context'],
    ['when it is for something else', option({ proofPurpose: 'authentication' }), 'proof-malformed'],
    ['when its value is no signature', option({ proofValue: 'zzz' }), 'proof-malformed'],
    ['when it expired', option({ expires: '2026-11-23T11:59:30Z' }), 'proof-expired'],
    ['when its time cannot be read', option({ created: 'yesterday' }), 'proof-expired'],
    ['when it was made two hours from now', option({ created: '2026-11-23T14:00:00Z' }), 'proof-expired'],
  ])('%s', async (_, document, reason) => {
    expect(await verifyProof(known(), document)).toEqual({ kind: 'failed', reason });
  });

  it('when the key is of another type, or is not there', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });
    expect(await verifyProof(known(rsa.toString()), proven())).toMatchObject({ reason: 'proof-wrong' });
    expect(
      await verifyProof(
        deps(() => ({ kind: 'gone' })),
        proven(),
      ),
    ).toMatchObject({ reason: 'proof-key-unknown' });
    const away = deps(() => ({ kind: 'unreachable', reason: 'time-out' }));
    expect(await verifyProof(away, proven())).toMatchObject({ reason: 'proof-key-unreachable' });
  });

  it('whichever text of the document is changed', async () => {
    const text = JSON.stringify(proven());
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 3 }), async (at, put) => {
        const changed = text.slice(0, at) + put + text.slice(at + put.length);
        let value: unknown;
        try {
          value = JSON.parse(changed);
        } catch {
          return;
        }
        if (!isJsonObject(value) || canonicalJson(value) === canonicalJson(proven())) return;
        const found = await verifyProof(known(), value);
        expect(found.kind === 'failed' || canonicalJson(value) === canonicalJson(proven())).toBe(true);
      }),
      { numRuns: 400 },
    );
  });
});

describe('a key that was cached', () => {
  it('is refreshed once when it does not fit, and not when it does', async () => {
    const other = ed25519Pem(
      Buffer.from(String(generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' }).x), 'base64url'),
    );
    const asked: boolean[] = [];
    const cached = deps((id, refresh) => {
      asked.push(refresh);
      return { kind: 'key', key: { id, owner: ACTOR, publicKeyPem: refresh ? PEM : other }, cached: !refresh };
    });
    expect((await verifyProof(cached, proven())).kind).toBe('valid');
    expect(asked).toEqual([false, true]);
    asked.length = 0;
    expect((await verifyProof(known(PEM, ACTOR, true), proven())).kind).toBe('valid');
  });
});
