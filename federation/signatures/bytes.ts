const encoder = new TextEncoder();

/** Gives the UTF-8 bytes of `text`; header text is ASCII in practice, so this is also its wire form. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Gives the padded standard base64 of `bytes` (RFC 4648 §4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * Decodes padded standard base64 (RFC 4648 §4), or gives undefined. Only the canonical spelling is taken: otherwise one
 * signature could be written in several ways, and a replay would look new.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const binary = atob(text);
  if (btoa(binary) !== text) return undefined;
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
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
