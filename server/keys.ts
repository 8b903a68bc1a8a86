import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import path from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, importJWK } from 'jose';
import {
  ED25519_KID,
  type Ed25519PublicJwk,
  hasPrivateMembers,
  memberOf,
  multikeyOf,
  type PublicKeySet,
  parseKeySet,
  RSA_KID,
  type RsaPublicJwk,
} from '../federation/signatures/jwk.ts';
import { PosternError } from './errors.ts';
import { type KeyFiles, keyMismatch, malformedKeys, missingPrivateKeys } from './key-faults.ts';
import { keyFileWritten, parseKeyFile, printKeySet, readKeyFile } from './key-files.ts';
import type { SigningKeys } from './ports.ts';
import { createPrivateFile, replaceFile } from './private-files.ts';

/** The blog's keys, both halves. */
export interface Keys {
  /** SubjectPublicKeyInfo, for `publicKey.publicKeyPem`. */
  readonly publicKeyPem: string;
  /** For `assertionMethod` (FEP-521a). */
  readonly publicKeyMultibase: string;
  /** The keys that sign requests and activities, under the ids that `actor` gives them. */
  signingKeys(actor: string): SigningKeys;
}

export interface KeyPlaces {
  readonly dataFolder: string;
  readonly contentFolder: string;
  /** The value of `POSTERN_PRIVATE_KEYS`, instead of the file in the data folder. Blank is as good as absent. */
  readonly privateKeys?: string;
}

/** How to do without a folder that cannot be written to. */
const ELSEWHERE = 'commit content/keys.json, set POSTERN_PRIVATE_KEYS';

/**
 * Loads the blog's keys and makes them on the first run: the private halves in the data folder (or the environment), the
 * public ones in `content/keys.json`, which belongs in git. Two processes that start at once end with one pair of keys.
 *
 * @throws PosternError `private-keys-missing`, `private-keys-malformed`, `public-keys-malformed`, `key-mismatch`,
 *   `keys-not-readable` or `keys-not-written`. No message, hint, fact or cause of theirs holds key material.
 */
export async function loadKeys(places: KeyPlaces): Promise<Keys> {
  const files = filesOf(places);
  // The public halves are read first and written last: where they are, the private ones have been since before.
  const published = await readPublished(files.content);
  const held = await readHeld(places, files.data);
  if (held === undefined && published !== undefined) throw missingPrivateKeys(files);
  const own = held ?? (await makeKeys(files.data));
  if (published === undefined) {
    await keyFileWritten(
      files.content,
      ELSEWHERE,
      replaceFile(files.content, printKeySet([own.public.rsa, own.public.ed25519])),
    );
  } else if (published.rsa.n !== own.public.rsa.n || published.rsa.e !== own.public.rsa.e) {
    throw keyMismatch(RSA_KID, own.source, files.content);
  } else if (published.ed25519.x !== own.public.ed25519.x) {
    throw keyMismatch(ED25519_KID, own.source, files.content);
  }
  return keysOf(own);
}

interface HeldKeys {
  readonly public: PublicKeySet;
  readonly rsa: KeyObject;
  readonly ed25519: KeyObject;
  /** Where they came from, for messages. */
  readonly source: string;
}

function filesOf(places: KeyPlaces): KeyFiles {
  return { content: path.join(places.contentFolder, 'keys.json'), data: path.join(places.dataFolder, 'keys.json') };
}

async function keysOf(held: HeldKeys): Promise<Keys> {
  const publicKey = await importJWK({ ...held.public.rsa }, 'RS256', { extractable: true });
  if (publicKey instanceof Uint8Array) throw malformedKeys(held.source, 'its RSA key is not a key pair');
  return {
    publicKeyPem: await exportSPKI(publicKey),
    publicKeyMultibase: multikeyOf(held.public),
    signingKeys: (actor) => ({
      keyId: `${actor}#${RSA_KID}`,
      sign: (data) => sign('sha256', data, held.rsa),
      proofKeyId: `${actor}#${ED25519_KID}`,
      signProof: (data) => sign(null, data, held.ed25519),
    }),
  };
}

async function readPublished(file: string): Promise<PublicKeySet | undefined> {
  const text = await readKeyFile(file);
  if (text === undefined) return undefined;
  const value = parseKeyFile(text);
  if (hasPrivateMembers(value)) {
    throw new PosternError('public-keys-malformed', `${file} holds private keys, and content/ is public.`, {
      hint: 'Take the file out of git and its history; whoever has seen it can sign as the blog, so make new keys.',
      facts: { file },
    });
  }
  const keys = parseKeySet(value);
  if (!('fault' in keys)) return keys;
  throw new PosternError('public-keys-malformed', `${file} cannot be used: ${keys.fault}.`, {
    hint: 'Restore it from git, or remove it: it is written again from the private keys.',
    facts: { file },
  });
}

async function readHeld(places: KeyPlaces, file: string): Promise<HeldKeys | undefined> {
  if (places.privateKeys?.trim()) return parseHeld(places.privateKeys, 'POSTERN_PRIVATE_KEYS');
  const text = await readKeyFile(file);
  return text === undefined ? undefined : parseHeld(text, file);
}

/** Reads private keys and tries them once, so that a damaged pair is found at the start and not at a peer's 401. */
function parseHeld(text: string, source: string): HeldKeys {
  const set = parseKeyFile(text);
  const keys = parseKeySet(set);
  if ('fault' in keys) throw malformedKeys(source, keys.fault);
  const rsa = usablePrivateKey(set, keys.rsa, 'sha256');
  const ed25519 = usablePrivateKey(set, keys.ed25519, null);
  if (rsa === undefined) throw malformedKeys(source, `the key "${RSA_KID}" has no private half that fits it`);
  if (ed25519 === undefined) throw malformedKeys(source, `the key "${ED25519_KID}" has no private half that fits it`);
  return { public: keys, rsa, ed25519, source };
}

function usablePrivateKey(
  set: unknown,
  publicJwk: RsaPublicJwk | Ed25519PublicJwk,
  hash: 'sha256' | null,
): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: { ...memberOf(set, publicJwk.kid) }, format: 'jwk' });
    const probe = Buffer.from('postern');
    const publicKey = createPublicKey({ key: { ...publicJwk }, format: 'jwk' });
    return verify(hash, probe, publicKey, sign(hash, probe, key)) ? key : undefined;
  } catch {
    // What OpenSSL says of a damaged key helps nobody and might quote it.
    return undefined;
  }
}

async function makeKeys(file: string): Promise<HeldKeys> {
  const rsa = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const ed25519 = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const text = printKeySet([
    { kid: RSA_KID, alg: 'RS256', use: 'sig', ...(await exportJWK(rsa.privateKey)) },
    { kid: ED25519_KID, alg: 'EdDSA', use: 'sig', ...(await exportJWK(ed25519.privateKey)) },
  ]);
  await keyFileWritten(file, ELSEWHERE, createPrivateFile(file, text));
  // Another process may have been first: what stands in the file counts, whoever wrote it.
  return parseHeld((await readKeyFile(file)) ?? '', file);
}
