import path from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, importJWK } from 'jose';
import {
  ED25519_KID,
  hasPrivateMembers,
  multikeyOf,
  type PublicKeySet,
  parseKeySet,
  RSA_KID,
} from '../federation/signatures/jwk.ts';
import { PosternError } from './errors.ts';
import { type HeldKeys, parsePrivateKeys, signingKeysOf } from './held-keys.ts';
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

function filesOf(places: KeyPlaces): KeyFiles {
  return { content: path.join(places.contentFolder, 'keys.json'), data: path.join(places.dataFolder, 'keys.json') };
}

async function keysOf(held: HeldKeys): Promise<Keys> {
  const publicKey = await importJWK({ ...held.public.rsa }, 'RS256', { extractable: true });
  if (publicKey instanceof Uint8Array) throw malformedKeys(held.source, 'its RSA key is not a key pair');
  return {
    publicKeyPem: await exportSPKI(publicKey),
    publicKeyMultibase: multikeyOf(held.public),
    signingKeys: (actor) => signingKeysOf(held, actor),
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
  if (places.privateKeys?.trim()) return parsePrivateKeys(places.privateKeys, 'POSTERN_PRIVATE_KEYS');
  const text = await readKeyFile(file);
  return text === undefined ? undefined : parsePrivateKeys(text, file);
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
  return parsePrivateKeys((await readKeyFile(file)) ?? '', file);
}
