import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { exportSPKI, importJWK } from 'jose';
import { PosternError } from '../federation/errors.ts';
import { hasPrivateMembers, multikeyOf, parseKeySet } from '../federation/signatures/jwk.ts';

/** The public halves of the blog's keys, as the actor document carries them. */
export interface PublicKeys {
  /** SubjectPublicKeyInfo, for `publicKey.publicKeyPem`. */
  readonly publicKeyPem: string;
  /** For `assertionMethod` (FEP-521a). */
  readonly publicKeyMultibase: string;
  /** Of keys that took the place of others. Absent: the first. */
  readonly generation?: number;
}

/**
 * Reads `keys.json` of the content folder: undefined when there is none yet. A file that cannot be used is a `PosternError`
 * `public-keys-malformed`, which never repeats what is in the file: somebody may have put a private key there.
 */
export async function loadPublicKeys(contentFolder: string): Promise<PublicKeys | undefined> {
  const file = path.join(contentFolder, 'keys.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return undefined;
    throw fault;
  }
  const value = parseJson(text);
  if (hasPrivateMembers(value)) throw unusable(file, 'it holds private keys, and content/ is public', LEAKED);
  const keys = parseKeySet(value);
  if ('fault' in keys) throw unusable(file, keys.fault, 'Restore it from git, or remove it to have it written again.');
  const publicKey = await importJWK({ ...keys.rsa }, 'RS256', { extractable: true });
  if (publicKey instanceof Uint8Array) throw unusable(file, 'its key is not an RSA key', 'Restore it from git.');
  const { generation } = keys;
  return {
    publicKeyPem: await exportSPKI(publicKey),
    publicKeyMultibase: multikeyOf(keys),
    ...(generation === 1 ? {} : { generation }),
  };
}

const LEAKED = 'Take it out of git and its history; whoever has seen it can sign as the blog, so make new keys.';

function unusable(file: string, fault: string, hint: string): PosternError {
  return new PosternError('public-keys-malformed', `${file} cannot be used: ${fault}.`, { hint, facts: { file } });
}

/** `JSON.parse` quotes what it could not read, so its own error must not get out. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
