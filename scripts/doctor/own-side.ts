import { join } from 'node:path';
import { hasPrivateMembers, type PublicKeySet, parseKeySet } from '../../federation/signatures/jwk.ts';
import { PosternError } from '../../server/errors.ts';
import { createSigning, type SignPost } from '../../server/http/signing.ts';
import { parseKeyFile, readKeyFile } from '../../server/key-files.ts';
import { loadKeys } from '../../server/keys.ts';
import { loadOwnerKeys } from '../../server/owner-keys.ts';
import type { Patient } from './patient.ts';

/** What this folder has of the blog that is looked at. A fault is a message and what to do about it. */
export interface OwnSide {
  readonly published?: PublicKeySet;
  readonly publishedFault?: KeyFault;
  /** Signs as the blog; absent where the private keys are not here. */
  readonly signPost?: SignPost;
  readonly privateFault?: KeyFault;
  /** The public halves of all that can sign: while keys change, those of before too. */
  readonly held?: readonly PublicKeySet[];
  /** How many bytes the private keys take in an environment. */
  readonly privateBytes?: number;
  readonly isInEnvironment?: boolean;
  readonly ownerKey?: Readonly<Record<string, string>>;
}

export interface KeyFault {
  readonly message: string;
  readonly hint: string;
}

/** Reads what is there and makes nothing: on another machine than the server the private keys are often absent. */
export async function openOwnSide({ settings, addresses }: Patient): Promise<OwnSide | undefined> {
  if (settings === undefined) return undefined;
  const published = await readPublished(settings.contentFolder);
  const text =
    settings.privateKeys ?? (await readKeyFile(join(settings.dataFolder, 'keys.json')).catch(() => undefined));
  const owner = await faultOr(loadOwnerKeys(settings));
  return {
    ...('fault' in published ? { publishedFault: published.fault } : { published: published.keys }),
    ...(text === undefined || 'fault' in published ? {} : await readPrivate(settings, addresses.actor)),
    ...(text === undefined
      ? {}
      : { privateBytes: variableSize(text), isInEnvironment: settings.privateKeys !== undefined }),
    ...('value' in owner ? { ownerKey: owner.value.ownerKey } : {}),
  };
}

async function readPublished(contentFolder: string): Promise<{ keys: PublicKeySet } | { fault: KeyFault }> {
  const file = join(contentFolder, 'keys.json');
  const read = await faultOr(readKeyFile(file));
  if ('fault' in read) return read;
  if (read.value === undefined) {
    const hint = 'Commit the content/keys.json that the first npm start or npm run build wrote.';
    return { fault: { message: `There is no ${file}.`, hint } };
  }
  const value = parseKeyFile(read.value);
  if (hasPrivateMembers(value)) {
    const hint =
      'Take the file out of git and its history; whoever has seen it can sign as the blog, so make new keys.';
    return { fault: { message: `${file} holds private keys, and content/ is public.`, hint } };
  }
  const keys = parseKeySet(value);
  return 'fault' in keys
    ? { fault: { message: `${file} cannot be used: ${keys.fault}.`, hint: 'Restore it from git.' } }
    : { keys };
}

async function readPrivate(
  settings: NonNullable<Patient['settings']>,
  actor: string,
): Promise<Pick<OwnSide, 'signPost' | 'privateFault' | 'held'>> {
  const loaded = await faultOr(loadKeys(settings));
  return 'fault' in loaded
    ? { privateFault: loaded.fault }
    : {
        signPost: createSigning(loaded.value.signingKeys(actor)).signPost,
        held: loaded.value.held.pairs.map((pair) => pair.public),
      };
}

/** How many bytes a key file takes as a variable: `$(cat …)` and forms drop the line break at its end. */
export function variableSize(text: string): number {
  return Buffer.byteLength(text.trim());
}

async function faultOr<T>(work: Promise<T>): Promise<{ readonly value: T } | { readonly fault: KeyFault }> {
  try {
    return { value: await work };
  } catch (error) {
    if (!(error instanceof PosternError)) throw error;
    return { fault: { message: error.message, hint: error.hint } };
  }
}
