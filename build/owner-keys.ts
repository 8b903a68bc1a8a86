import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { PosternError } from '../federation/errors.ts';
import type { Rules } from '../federation/rules.ts';
import { hasPrivateMembers } from '../federation/signatures/jwk.ts';
import { parseOwnerKeySet } from '../federation/signatures/owner-jwk.ts';

/** The public halves of the owner's keys, as the rules carry them. */
export type OwnerKeys = Pick<Rules, 'messageKey' | 'ownerKey'>;

/**
 * Reads `owner.json` of the content folder; nothing when there is none. A file that cannot be used is a `PosternError`
 * `owner-keys-malformed`, which never repeats what is in the file: somebody may have put a private key there.
 */
export async function loadOwnerKeys(contentFolder: string): Promise<OwnerKeys> {
  const file = path.join(contentFolder, 'owner.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return {};
    throw fault;
  }
  const value = parseJson(text);
  if (hasPrivateMembers(value)) throw unusable(file, 'it holds private keys, and content/ is public', LEAKED);
  const keys = parseOwnerKeySet(value);
  if ('fault' in keys) throw unusable(file, keys.fault, 'Restore it from git, or remove it to have it written again.');
  return keys;
}

const LEAKED =
  'Take it out of git and its history; whoever has seen it can read the messages and give commands, so make new keys: remove it, and owner.json in the data folder.';

function unusable(file: string, fault: string, hint: string): PosternError {
  return new PosternError('owner-keys-malformed', `${file} cannot be used: ${fault}.`, { hint, facts: { file } });
}

/** `JSON.parse` quotes what it could not read, so its own error must not get out. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
