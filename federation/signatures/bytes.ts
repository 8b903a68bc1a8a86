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

/** Gives the padded standard base64 of `bytes` (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [one = 0, two = 0, three = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    text += ALPHABET.charAt(one >> 2) + ALPHABET.charAt(((one & 3) << 4) | (two >> 4));
    text += at + 1 < bytes.length ? ALPHABET.charAt(((two & 15) << 2) | (three >> 6)) : '=';
    text += at + 2 < bytes.length ? ALPHABET.charAt(three & 63) : '=';
  }
  return text;
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
