import { describe, expect, test } from 'vitest';
import {
  confirmOwner,
  type DocumentAnswer,
  keyDocumentUrl,
  keyFromDocument,
  lookUpKey,
} from '../../../federation/signatures/keys.ts';
import type { JsonObject } from '../../../federation/vocabulary.ts';
import { ALICE, ALICE_KEY, PUBLIC_PEM } from './support.ts';

const KEY = { id: ALICE_KEY, owner: ALICE, publicKeyPem: PUBLIC_PEM };
const OWN_URL = `${ALICE}/main-key`;
const OWN_URL_KEY = { ...KEY, id: OWN_URL };
const actor = (publicKey: JsonObject | JsonObject[] | string): JsonObject => ({ id: ALICE, type: 'Person', publicKey });

function serve(documents: Record<string, JsonObject | DocumentAnswer>) {
  const asked: string[] = [];
  const get = async (url: string): Promise<DocumentAnswer> => {
    asked.push(url);
    const found = documents[url];
    if (found === undefined) return { kind: 'refused', status: 404, reason: 'not-found' };
    return isAnswer(found) ? found : { kind: 'document', document: found };
  };
  return { asked, get };
}

function isAnswer(value: JsonObject | DocumentAnswer): value is DocumentAnswer {
  return typeof value.kind === 'string';
}

describe('a key in an actor document', () => {
  test('as an object, or among several → found', () => {
    const other = { ...KEY, id: `${ALICE}#other` };
    expect(keyFromDocument(actor(KEY), ALICE_KEY)).toEqual({ kind: 'key', key: KEY });
    expect(keyFromDocument(actor([other, KEY]), ALICE_KEY)).toEqual({ kind: 'key', key: KEY });
  });

  test.each([
    ['with another id', actor({ ...KEY, id: `${ALICE}#x` }), 'key-not-listed'],
    ['whose owner is another actor', actor({ ...KEY, owner: 'https://alice.test/users/bob' }), 'key-owner-differs'],
    ['without an owner', actor({ id: ALICE_KEY, publicKeyPem: PUBLIC_PEM }), 'key-owner-differs'],
    ['without a PEM', actor({ id: ALICE_KEY, owner: ALICE }), 'key-unreadable'],
    [
      'with a private key as PEM',
      actor({ ...KEY, publicKeyPem: PUBLIC_PEM.replaceAll('PUBLIC', 'PRIVATE') }),
      'key-unreadable',
    ],
    ['with an endless PEM', actor({ ...KEY, publicKeyPem: PUBLIC_PEM.repeat(40) }), 'key-unreadable'],
    ['by id only', actor(ALICE_KEY), 'key-not-listed'],
    ['nowhere', { id: ALICE, type: 'Person' }, 'key-not-listed'],
  ])('%s → refused', (_name, document, reason) => {
    expect(keyFromDocument(document, ALICE_KEY)).toEqual({ kind: 'none', reason });
  });
});

describe('a key at its own URL', () => {
  const stub = actor(OWN_URL_KEY);
  const keyDocument: JsonObject = { ...OWN_URL_KEY, type: 'CryptographicKey' };

  test.each([['a stub actor (GoToSocial)', stub] as const, ['a key document (activitypub-bot)', keyDocument] as const])(
    '%s → only when the owner lists it',
    async (_name, document) => {
      const found = keyFromDocument(document, OWN_URL);
      expect(found).toEqual({ kind: 'needs-owner', owner: ALICE, key: OWN_URL_KEY });
      const { asked, get } = serve({ [OWN_URL]: document, [ALICE]: actor(OWN_URL_KEY) });
      expect(await lookUpKey({ get }, OWN_URL, { cached: true })).toEqual({
        kind: 'key',
        key: OWN_URL_KEY,
        cached: true,
      });
      expect(asked).toEqual([OWN_URL, ALICE]);
      const unlisted = serve({ [OWN_URL]: document, [ALICE]: actor(KEY) });
      expect(await lookUpKey(unlisted, OWN_URL, { cached: false })).toEqual({
        kind: 'unknown',
        reason: 'key-not-listed',
      });
    },
  );

  test('the owner lists it by id → the PEM of the key document', () => {
    expect(confirmOwner(actor(OWN_URL), OWN_URL_KEY)).toEqual({ kind: 'key', key: OWN_URL_KEY });
  });

  test('the owner lists another PEM for it → the owner is right', () => {
    const found = confirmOwner(actor(OWN_URL_KEY), { ...OWN_URL_KEY, publicKeyPem: 'forged' });
    expect(found).toEqual({ kind: 'key', key: OWN_URL_KEY });
  });

  test('a file on the same host claims somebody else as its owner → refused', async () => {
    const upload = 'https://alice.test/uploads/x.json';
    const forged = { ...KEY, id: upload };
    for (const document of [actor(forged), forged]) {
      const { get } = serve({ [upload]: document, [ALICE]: actor(KEY) });
      expect(await lookUpKey({ get }, upload, { cached: false })).toEqual({
        kind: 'unknown',
        reason: 'key-not-listed',
      });
    }
  });

  test('a key on another host than its owner → refused without asking the owner', async () => {
    const evil = 'https://evil.test/key';
    const { asked, get } = serve({ [evil]: { ...KEY, id: evil }, [ALICE]: actor({ ...KEY, id: evil }) });
    expect(await lookUpKey({ get }, evil, { cached: false })).toEqual({
      kind: 'unknown',
      reason: 'key-owner-elsewhere',
    });
    expect(asked).toEqual([evil]);
  });

  test('a key document whose id is another → refused', () => {
    expect(keyFromDocument(keyDocument, `${ALICE}/other-key`)).toEqual({ kind: 'none', reason: 'key-not-listed' });
  });

  test('an Ed25519 Multikey with a controller → read as PEM', () => {
    const multikey = {
      id: OWN_URL,
      controller: ALICE,
      publicKeyMultibase: 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK',
    };
    const found = keyFromDocument(multikey, OWN_URL);
    expect(found).toMatchObject({
      kind: 'needs-owner',
      key: { publicKeyPem: expect.stringContaining('BEGIN PUBLIC KEY') },
    });
  });
});

describe('a look-up', () => {
  test.each<[string, DocumentAnswer, object]>([
    ['410', { kind: 'refused', status: 410, reason: 'gone' }, { kind: 'gone' }],
    ['404', { kind: 'refused', status: 404, reason: 'x' }, { kind: 'unknown', reason: 'x' }],
    [
      'a blocked address',
      { kind: 'blocked', reason: 'private-address' },
      { kind: 'unknown', reason: 'private-address' },
    ],
    ['a time-out', { kind: 'failed', reason: 'timeout' }, { kind: 'unreachable', reason: 'timeout' }],
  ])('that meets %s', async (_name, answer, result) => {
    expect(await lookUpKey(serve({ [ALICE]: answer }), ALICE_KEY, { cached: false })).toEqual(result);
    const atOwner = serve({ [OWN_URL]: { ...OWN_URL_KEY }, [ALICE]: answer });
    expect(await lookUpKey(atOwner, OWN_URL, { cached: false })).toEqual(result);
  });

  test('keyDocumentUrl drops the fragment and takes http(s) URLs only', () => {
    expect(keyDocumentUrl(ALICE_KEY)).toBe(ALICE);
    expect(keyDocumentUrl(`${ALICE}?key=1#x#y`)).toBe(`${ALICE}?key=1`);
    for (const other of ['acct:a@b.test', 'data:text/plain,x', '/users/alice', 'https://', 'https://u@alice.test/']) {
      expect(keyDocumentUrl(other)).toBeUndefined();
    }
  });
});
