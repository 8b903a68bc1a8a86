import {
  createCipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { Message } from '../federation/interaction.ts';
import { MESSAGE_KID } from '../federation/signatures/owner-jwk.ts';
import { sha256 } from './crypto.ts';
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

/**
 * Seals a message so that nobody but the holder of the private half can read it; gives a JWE in its compact form. By node's own
 * means: an inbox that starts for one request would load more for this than for all else it does. jose opens it.
 */
export async function sealMessage(jwk: MessageJwk, message: Message): Promise<string> {
  try {
    // Only what is public goes on, whatever stands in the rules.
    const { kty = '', crv = '', x = '', y = '' } = jwk;
    const publicKey = createPublicKey({ key: { kty, crv, x, y }, format: 'jwk' });
    return encrypt(publicKey, Buffer.from(JSON.stringify(message)));
  } catch {
    throw new PosternError('message-key-unusable', `The public key "${MESSAGE_KID}" of the rules cannot be used.`, {
      hint: 'Restore content/owner.json from git and build again; until then the message is asked for once more.',
    });
  }
}

/** RFC 7516 §5.1: a content key of its own, wrapped by what a key pair of its own and the recipient's key agree on. */
function encrypt(publicKey: KeyObject, plaintext: Buffer): string {
  const ephemeral = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { kty, crv, x, y } = ephemeral.publicKey.export({ format: 'jwk' });
  const header = encoded({ alg: ALG, enc: ENC, kid: MESSAGE_KID, epk: { kty, crv, x, y } });
  const agreed = diffieHellman({ privateKey: ephemeral.privateKey, publicKey });
  const contentKey = randomBytes(32);
  // RFC 3394 §2.2.3.1: the default initial value.
  const wrap = createCipheriv('id-aes256-wrap', derivedKey(agreed), Buffer.alloc(8, 0xa6));
  const wrapped = Buffer.concat([wrap.update(contentKey), wrap.final()]);
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', contentKey, iv).setAAD(Buffer.from(header));
  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const parts = [wrapped, iv, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return [header, ...parts].join('.');
}

/** The Concat KDF in its one round of SHA-256: for `ALG`, without names of the parties, 256 bits (RFC 7518 §4.6.2). */
function derivedKey(agreed: Buffer): Uint8Array {
  const algorithm = Buffer.from(ALG);
  const other = [numbered(algorithm.length), algorithm, numbered(0), numbered(0), numbered(256)];
  return sha256(Buffer.concat([numbered(1), agreed, ...other]));
}

function numbered(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function encoded(json: object): string {
  return Buffer.from(JSON.stringify(json)).toString('base64url');
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
