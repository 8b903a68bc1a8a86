import { createECDH, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import path from 'node:path';
import { exportJWK } from 'jose/key/export';
import { generateKeyPair } from 'jose/key/generate/keypair';
import { hasPrivateMembers, memberOf } from '../federation/signatures/jwk.ts';
import { MESSAGE_KID, OWNER_KID, type OwnerKeySet, parseOwnerKeySet } from '../federation/signatures/owner-jwk.ts';
import { PosternError } from './errors.ts';
import { keyFileWritten, parseKeyFile, printKeySet, readKeyFile } from './key-files.ts';
import { createPrivateFile, replaceFile } from './private-files.ts';

/** Both halves of the owner's keys, as private JWKs. */
export interface OwnerKeys {
  /** Signs the owner's commands to a blog that runs elsewhere. */
  readonly ownerKey: Readonly<Record<string, string>>;
  /** Opens messages. */
  readonly messageKey: Readonly<Record<string, string>>;
}

export interface OwnerKeyPlaces {
  readonly dataFolder: string;
  readonly contentFolder: string;
}

/** How to do without a folder that cannot be written to. */
const ELSEWHERE = 'commit content/owner.json';

interface OwnerKeyFiles {
  readonly content: string;
  readonly data: string;
}

/**
 * Makes the owner's keys when there are none: the private halves in the data folder, the public ones in
 * `content/owner.json`, which belongs in git. Where the public ones are, the private ones need not be: a server has no use for
 * them. Two processes that start at once end with one pair. Gives whether the public file was written.
 *
 * @throws PosternError `owner-keys-malformed`, `keys-not-readable` or `keys-not-written`, without any key material.
 */
export async function ensureOwnerKeys(places: OwnerKeyPlaces): Promise<boolean> {
  const files = filesOf(places);
  // The public halves are read first and written last: where they are, the private ones have been since before.
  if ((await readPublished(files.content)) !== undefined) return false;
  const held = (await readHeld(files.data)) ?? (await makeKeys(files.data));
  const text = printKeySet([held.public.ownerKey, held.public.messageKey]);
  await keyFileWritten(files.content, ELSEWHERE, replaceFile(files.content, text));
  return true;
}

/**
 * Loads the private halves, for a command on the owner's machine.
 *
 * @throws PosternError `owner-keys-missing`, `owner-keys-malformed`, `owner-key-mismatch` or `keys-not-readable`.
 */
export async function loadOwnerKeys(places: OwnerKeyPlaces): Promise<OwnerKeys> {
  const files = filesOf(places);
  const held = await readHeld(files.data);
  if (held === undefined) throw missing(files);
  const published = await readPublished(files.content);
  if (published === undefined) return held.private;
  const { ownerKey, messageKey } = published;
  const own = held.public;
  if (ownerKey.x !== own.ownerKey.x) throw mismatch(OWNER_KID, files);
  if (messageKey.x !== own.messageKey.x || messageKey.y !== own.messageKey.y) throw mismatch(MESSAGE_KID, files);
  return held.private;
}

interface HeldKeys {
  readonly public: OwnerKeySet;
  readonly private: OwnerKeys;
}

function filesOf({ contentFolder, dataFolder }: OwnerKeyPlaces): OwnerKeyFiles {
  return { content: path.join(contentFolder, 'owner.json'), data: path.join(dataFolder, 'owner.json') };
}

async function readPublished(file: string): Promise<OwnerKeySet | undefined> {
  const text = await readKeyFile(file);
  if (text === undefined) return undefined;
  const value = parseKeyFile(text);
  if (hasPrivateMembers(value)) {
    throw malformed(
      file,
      'it holds private keys, and content/ is public',
      'Take it out of git and its history; whoever has seen it can read the messages and command the blog, so make new keys.',
    );
  }
  const keys = parseOwnerKeySet(value);
  if (!('fault' in keys)) return keys;
  throw malformed(
    file,
    keys.fault,
    'Restore it from git, or remove it: it is written again where the private keys are.',
  );
}

async function readHeld(file: string): Promise<HeldKeys | undefined> {
  const text = await readKeyFile(file);
  return text === undefined ? undefined : parseHeld(text, file);
}

/** Reads private keys and tries them once, so that a damaged pair is found before anything is sealed for it. */
function parseHeld(text: string, file: string): HeldKeys {
  const hint = 'It must be the JWK Set that Postern wrote there, whole. Restore it from a backup.';
  const set = parseKeyFile(text);
  const keys = parseOwnerKeySet(set);
  if ('fault' in keys) throw malformed(file, keys.fault, hint);
  const signing = memberOf(set, OWNER_KID)?.d;
  const opening = memberOf(set, MESSAGE_KID)?.d;
  if (typeof signing !== 'string' || !fitsOwnerKey(keys.ownerKey, signing)) {
    throw malformed(file, `the key "${OWNER_KID}" has no private half that fits it`, hint);
  }
  if (typeof opening !== 'string' || !fitsMessageKey(keys.messageKey, opening)) {
    throw malformed(file, `the key "${MESSAGE_KID}" has no private half that fits it`, hint);
  }
  const own = { ownerKey: { ...keys.ownerKey, d: signing }, messageKey: { ...keys.messageKey, d: opening } };
  return { public: keys, private: own };
}

function fitsOwnerKey(publicJwk: OwnerKeySet['ownerKey'], d: string): boolean {
  try {
    const probe = Buffer.from('postern');
    const publicKey = createPublicKey({ key: { ...publicJwk }, format: 'jwk' });
    const privateKey = createPrivateKey({ key: { ...publicJwk, d }, format: 'jwk' });
    return verify(null, probe, publicKey, sign(null, probe, privateKey));
  } catch {
    // What OpenSSL says of a damaged key helps nobody and might quote it.
    return false;
  }
}

function fitsMessageKey({ x = '', y = '' }: OwnerKeySet['messageKey'], d: string): boolean {
  try {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(Buffer.from(d, 'base64url'));
    // An uncompressed point: 4, x, y (SEC 1 §2.3.3).
    const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
    return pair.getPublicKey().equals(point);
  } catch {
    return false;
  }
}

async function makeKeys(file: string): Promise<HeldKeys> {
  const owner = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const message = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const text = printKeySet([
    { kid: OWNER_KID, alg: 'EdDSA', use: 'sig', ...(await exportJWK(owner.privateKey)) },
    { kid: MESSAGE_KID, alg: 'ECDH-ES+A256KW', use: 'enc', ...(await exportJWK(message.privateKey)) },
  ]);
  await keyFileWritten(file, ELSEWHERE, createPrivateFile(file, text));
  // Another process may have been first: what stands in the file counts, whoever wrote it.
  return parseHeld((await readKeyFile(file)) ?? '', file);
}

function malformed(file: string, fault: string, hint: string): PosternError {
  return new PosternError('owner-keys-malformed', `${file} cannot be used: ${fault}.`, { hint, facts: { file } });
}

function missing({ content, data }: OwnerKeyFiles): PosternError {
  return new PosternError(
    'owner-keys-missing',
    `The owner's private keys are not on this machine: there is no ${data}.`,
    {
      hint: `Run this on the machine where they were made, or copy its owner.json there. If they are lost, remove ${content}: the next build makes new ones, and what was sealed for the old ones stays unread.`,
      facts: { publicKeys: content, privateKeys: data },
    },
  );
}

function mismatch(kid: string, { content, data }: OwnerKeyFiles): PosternError {
  return new PosternError(
    'owner-key-mismatch',
    `The key "${kid}" in ${data} is not the private half of the one in ${content}.`,
    {
      hint: `Restore the owner.json that belongs to ${content}; or, if the one in the data folder is right, remove ${content}: the next build writes it again.`,
      facts: { kid, privateKeys: data, publicKeys: content },
    },
  );
}
