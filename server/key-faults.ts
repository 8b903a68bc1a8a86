import { PosternError } from './errors.ts';

/** The two key files: the published one in the content folder, the private one in the data folder. */
export interface KeyFiles {
  readonly content: string;
  readonly data: string;
}

/** `private-keys-malformed`: `fault` says what is wrong, never what is written there. */
export function malformedKeys(source: string, fault: string): PosternError {
  return new PosternError('private-keys-malformed', `The private keys in ${source} cannot be used: ${fault}.`, {
    hint: 'They must be the JWK Set that Postern wrote to keys.json in its data folder, whole. Restore it from a backup.',
    facts: { source },
  });
}

/** `private-keys-missing`: the public halves are there alone. */
export function missingPrivateKeys(files: KeyFiles): PosternError {
  return new PosternError('private-keys-missing', `${files.content} is there, but its private keys are not.`, {
    hint: `Put the keys.json of the machine where they were made at ${files.data}, or its content in POSTERN_PRIVATE_KEYS. If they are lost, or this blog is a copy of another, remove ${files.content}: new keys are made at the next start, and servers that know the old ones need time to accept them.`,
    facts: { publicKeys: files.content, privateKeys: files.data },
  });
}

/** `key-mismatch`: both halves are there, and are not of one key. */
export function keyMismatch(kid: string, source: string, file: string): PosternError {
  return new PosternError(
    'key-mismatch',
    `The key "${kid}" in ${source} is not the private half of the one in ${file}.`,
    {
      hint: `Peers check signatures with the published key, so nothing would be accepted. Restore the keys that belong to ${file}, or, if those in ${source} are right, remove ${file}: it is written again from them.`,
      facts: { kid, privateKeys: source, publicKeys: file },
    },
  );
}
