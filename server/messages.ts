import type { Message } from '../federation/interaction.ts';
import { MESSAGE_KID } from '../federation/signatures/owner-jwk.ts';
import { PosternError } from './errors.ts';
import { parseMessage } from './parse-message.ts';

/**
 * How a message is sealed: ECDH-ES on P-256, which every Web Crypto has without a warning (X25519 is experimental in Node.js
 * before 22.13), a key for each message, and AES-256-GCM. (RFC 7518 §4.6, §5.3)
 */
const ALG = 'ECDH-ES+A256KW';
const ENC = 'A256GCM';

/** A public or private key as it lies in a key file or in the rules. */
export type MessageJwk = Readonly<Record<string, string>>;

/** Seals a message so that nobody but the holder of the private half can read it; gives a JWE in its compact form. */
export async function sealMessage(jwk: MessageJwk, message: Message): Promise<string> {
  const plaintext = new TextEncoder().encode(JSON.stringify(message));
  // Private messages are rare: nobody else waits until this is loaded.
  const { CompactEncrypt } = await import('jose/jwe/compact/encrypt');
  try {
    // Only what is public goes on, whatever stands in the rules.
    const { kty = '', crv = '', x = '', y = '' } = jwk;
    return await new CompactEncrypt(plaintext)
      .setProtectedHeader({ alg: ALG, enc: ENC, kid: MESSAGE_KID })
      .encrypt({ kty, crv, x, y, alg: ALG });
  } catch {
    throw new PosternError('message-key-unusable', `The public key "${MESSAGE_KID}" of the rules cannot be used.`, {
      hint: 'Restore content/owner.json from git and build again; until then the message is asked for once more.',
    });
  }
}

/**
 * Opens what `sealMessage` gave.
 *
 * @throws PosternError `message-not-opened` when it was sealed for another key or was changed. No message, hint or fact
 *   holds a word of it.
 */
export async function openMessage(privateJwk: MessageJwk, jwe: string): Promise<Message> {
  const { compactDecrypt } = await import('jose/jwe/compact/decrypt');
  try {
    const { plaintext } = await compactDecrypt(
      jwe,
      { ...privateJwk, kty: privateJwk.kty ?? '', alg: ALG },
      { keyManagementAlgorithms: [ALG], contentEncryptionAlgorithms: [ENC] },
    );
    return parseMessage(JSON.parse(new TextDecoder().decode(plaintext)));
  } catch {
    throw new PosternError('message-not-opened', 'A message was sealed for another key than the one that is here.', {
      hint: 'Put the owner.json that belongs to it into the data folder, or remove the message unread.',
    });
  }
}
