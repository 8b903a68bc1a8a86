import { toBase64 } from './bytes.ts';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** A base58 number costs time quadratic in its length; the longest that is needed holds 64 bytes (a proof value). */
const LONGEST = 128;
/** Multicodec `ed25519-pub` (0xed) as an unsigned varint. */
const ED25519_PUBLIC = [0xed, 0x01] as const;
/** The fixed head of an Ed25519 SubjectPublicKeyInfo (RFC 8410 §4). */
const ED25519_SPKI_HEAD = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00] as const;

/** Gives `z` + base58btc of `bytes` (Multibase). Leading zero bytes become leading `1`s. */
export function toMultibase(bytes: Uint8Array): string {
  const digits: number[] = [];
  for (const byte of bytes) {
    let carry = byte;
    for (let i = 0; i < digits.length; i++) {
      carry += (digits[i] ?? 0) << 8;
      digits[i] = carry % 58;
      carry = Math.floor(carry / 58);
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58);
  }
  const zeros = leading(bytes, 0);
  return `z${'1'.repeat(zeros)}${digits
    .reverse()
    .map((digit) => ALPHABET.charAt(digit))
    .join('')}`;
}

/** Decodes `z` + base58btc (Multibase) of at most 128 characters, or gives undefined for anything else. */
export function fromMultibase(text: string): Uint8Array | undefined {
  if (!text.startsWith('z') || text.length > LONGEST) return undefined;
  const values = [...text.slice(1)].map((character) => ALPHABET.indexOf(character));
  if (values.includes(-1)) return undefined;
  const bytes: number[] = [];
  for (const value of values) {
    let carry = value;
    for (let i = 0; i < bytes.length; i++) {
      carry += (bytes[i] ?? 0) * 58;
      bytes[i] = carry & 0xff;
      carry >>= 8;
    }
    for (; carry > 0; carry >>= 8) bytes.push(carry & 0xff);
  }
  return Uint8Array.from([...new Array<number>(leading(values, 0)).fill(0), ...bytes.reverse()]);
}

/** Gives the Multikey form of a raw 32-byte Ed25519 public key: `z6Mk…` (FEP-521a). */
export function toEd25519Multikey(publicKey: Uint8Array): string {
  return toMultibase(Uint8Array.from([...ED25519_PUBLIC, ...publicKey]));
}

/** Gives the raw 32-byte Ed25519 public key of a Multikey (FEP-521a), or undefined when it is of another type. */
export function fromEd25519Multikey(multikey: string): Uint8Array | undefined {
  const bytes = fromMultibase(multikey);
  if (bytes?.length !== 34 || bytes[0] !== ED25519_PUBLIC[0] || bytes[1] !== ED25519_PUBLIC[1]) return undefined;
  return bytes.slice(2);
}

/** Gives the SPKI PEM of a raw 32-byte Ed25519 public key (RFC 8410 §4). */
export function ed25519Pem(publicKey: Uint8Array): string {
  const spki = toBase64(Uint8Array.from([...ED25519_SPKI_HEAD, ...publicKey]));
  return `-----BEGIN PUBLIC KEY-----\n${spki}\n-----END PUBLIC KEY-----\n`;
}

function leading(values: ArrayLike<number>, value: number): number {
  let count = 0;
  while (count < values.length && values[count] === value) count++;
  return count;
}
