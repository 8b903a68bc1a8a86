const encoder = new TextEncoder();

/** Gives the UTF-8 bytes of `text`; header text is ASCII in practice, so this is also its wire form. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** What each character code stands for; 64 and more: no digit. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = ALPHABET.indexOf(String.fromCharCode(code));
  return digit === -1 ? 64 : digit;
});

const CODES = Uint8Array.from(ALPHABET, (digit) => digit.charCodeAt(0));
const PADDING = '='.charCodeAt(0);

/** Where digits are put together: a signature of 256 bytes has 344, and each delivery has one. */
const SCRATCH = new Uint8Array(1_024);
const decoder = new TextDecoder();

/** Gives the padded standard base64 of `bytes` (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  const length = Math.ceil(bytes.length / 3) * 4;
  const codes = length <= SCRATCH.length ? SCRATCH : new Uint8Array(length);
  for (let at = 0, to = 0; at < bytes.length; at += 3, to += 4) {
    const left = bytes.length - at;
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    codes[to] = CODES[bits >> 18] ?? 0;
    codes[to + 1] = CODES[(bits >> 12) & 63] ?? 0;
    codes[to + 2] = left > 1 ? (CODES[(bits >> 6) & 63] ?? 0) : PADDING;
    codes[to + 3] = left > 2 ? (CODES[bits & 63] ?? 0) : PADDING;
  }
  return decoder.decode(codes.subarray(0, length));
}

/**
 * Decodes padded standard base64 (RFC 4648 §4), or gives undefined. Only the canonical spelling is taken: otherwise one
 * signature could be written in several ways, and a replay would look new. Each request has two: `atob` and a check by
 * `btoa` cost as much as half a verification.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const { length } = text;
  if (length % 4 !== 0) return undefined;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  let bits = 0;
  let held = 0;
  let written = 0;
  for (let at = 0; at < length - padding; at += 1) {
    const digit = DIGITS[text.charCodeAt(at)] ?? 64;
    if (digit > 63) return undefined;
    held = ((held << 6) | digit) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[written] = held >> bits;
    written += 1;
  }
  // What is left of the last digit must be nothing.
  return (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

/** Decodes unpadded base64url (RFC 4648 §5), as JWK members are written, or gives undefined. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  const standard = text.replaceAll('-', '+').replaceAll('_', '/');
  return fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
}

/** Says whether two byte strings are equal. Not constant-time: what it compares here is public (digests). */
export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
