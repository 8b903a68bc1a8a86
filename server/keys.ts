import path from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, importJWK } from 'jose';
import { toSeconds } from '../federation/dates.ts';
import { hasPrivateMembers, kidsOf, multikeyOf, type PublicKeySet, parseKeySet } from '../federation/signatures/jwk.ts';
import { PosternError } from './errors.ts';
import { type HeldKeys, type HeldPair, parsePrivateKeys } from './held-keys.ts';
import { type KeyFiles, keyMismatch, malformedKeys, missingPrivateKeys } from './key-faults.ts';
import { keyFileWritten, parseKeyFile, printKeySet, readKeyFile } from './key-files.ts';
import type { SigningKeys } from './ports.ts';
import { createPrivateFile, readNow, replaceFile } from './private-files.ts';
import { shownSigningKeys } from './shown-keys.ts';

/** The public halves of one generation, as the actor document carries them. */
export interface PublicPair {
  /** SubjectPublicKeyInfo, for `publicKey.publicKeyPem`. */
  readonly publicKeyPem: string;
  /** For `assertionMethod` (FEP-521a). */
  readonly publicKeyMultibase: string;
}

/** The blog's keys, both halves; those that `content/keys.json` publishes. */
export interface Keys extends PublicPair {
  readonly held: HeldKeys;
  readonly published: HeldPair;
  /** The public halves of every generation that is held. */
  readonly pairs: readonly PublicPair[];
  /** The keys that sign requests and activities, under the ids that `actor` gives them: those that the live site shows. */
  signingKeys(actor: string): SigningKeys;
}

/** Where the site that is live on this machine lies, below the data folder. */
export const LIVE_SITE = 'site';

export interface KeyPlaces {
  readonly dataFolder: string;
  readonly contentFolder: string;
  /** The value of `POSTERN_PRIVATE_KEYS`, instead of the file in the data folder. Blank is as good as absent. */
  readonly privateKeys?: string;
}

const ENVIRONMENT = 'POSTERN_PRIVATE_KEYS';

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
  if (published === undefined) await writePublic(files.content, own.public);
  return keysOf(places, own, published === undefined ? own : pairOf(own, published, files.content));
}

/** The two key files of a blog. */
export function filesOf(places: Pick<KeyPlaces, 'contentFolder' | 'dataFolder'>): KeyFiles {
  return { content: path.join(places.contentFolder, 'keys.json'), data: path.join(places.dataFolder, 'keys.json') };
}

/** Writes the public halves that the next build publishes. */
export function writePublic(file: string, { rsa, ed25519 }: PublicKeySet): Promise<void> {
  return keyFileWritten(file, ELSEWHERE, replaceFile(file, printKeySet([rsa, ed25519])));
}

/** Replaces the private halves. */
export function writePrivate(file: string, text: string): Promise<void> {
  return keyFileWritten(file, ELSEWHERE, replaceFile(file, text, 0o600));
}

/** The private halves of what is published: while keys change, two generations are held. */
function pairOf(own: HeldKeys, published: PublicKeySet, file: string): HeldPair {
  const { generation, rsa, ed25519 } = published;
  const pair = own.pairs.find((each) => each.public.generation === generation);
  if (pair?.public.rsa.n !== rsa.n || pair.public.rsa.e !== rsa.e) throw keyMismatch(rsa.kid, own.source, file);
  if (pair.public.ed25519.x !== ed25519.x) throw keyMismatch(ed25519.kid, own.source, file);
  return pair;
}

async function keysOf(places: KeyPlaces, held: HeldKeys, published: HeldPair): Promise<Keys> {
  const pairs = await Promise.all(held.pairs.map((pair) => publicPairOf(pair, held.source)));
  const own = pairs[held.pairs.indexOf(published)] ?? (await publicPairOf(published, held.source));
  const { data } = filesOf(places);
  let first: HeldKeys | undefined = held;
  return {
    ...own,
    held,
    published,
    pairs,
    signingKeys: (actor) =>
      shownSigningKeys({
        actor,
        siteFolder: path.join(places.dataFolder, LIVE_SITE),
        otherwise: published.public.generation,
        // The command that changes keys is another process than the server, which signs with what is there by then.
        held: () => {
          const known = first;
          first = undefined;
          if (known || held.source === ENVIRONMENT) return known ?? held;
          const text = readNow(data);
          return text === undefined ? held : parsePrivateKeys(text, data);
        },
      }),
  };
}

async function publicPairOf({ public: keys }: HeldPair, source: string): Promise<PublicPair> {
  const publicKey = await importJWK({ ...keys.rsa }, 'RS256', { extractable: true });
  if (publicKey instanceof Uint8Array) throw malformedKeys(source, 'its RSA key is not a key pair');
  return { publicKeyPem: await exportSPKI(publicKey), publicKeyMultibase: multikeyOf(keys) };
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
  if (places.privateKeys?.trim()) return parsePrivateKeys(places.privateKeys, ENVIRONMENT);
  const text = await readKeyFile(file);
  return text === undefined ? undefined : parsePrivateKeys(text, file);
}

async function makeKeys(file: string): Promise<HeldKeys> {
  const text = printKeySet(await makeGeneration(1, toSeconds(Date.now())));
  await keyFileWritten(file, ELSEWHERE, createPrivateFile(file, text));
  // Another process may have been first: what stands in the file counts, whoever wrote it.
  return parsePrivateKeys((await readKeyFile(file)) ?? '', file);
}

/** Makes the two private keys of a generation, as JWKs under the ids of it. */
export async function makeGeneration(
  generation: number,
  made: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const kids = kidsOf(generation);
  const rsa = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const ed25519 = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return [
    { kid: kids.rsa, alg: 'RS256', use: 'sig', made, ...(await exportJWK(rsa.privateKey)) },
    { kid: kids.ed25519, alg: 'EdDSA', use: 'sig', made, ...(await exportJWK(ed25519.privateKey)) },
  ];
}
